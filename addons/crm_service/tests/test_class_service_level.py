from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestClassServiceLevel(ServiceCommon):
    def test_ticket_takes_the_service_level_of_the_class(self):
        """R050: a class A customer's ticket runs by the policy of class A, others by the ordinary choice."""
        gold = self.policy.copy({"name": "Gold", "response_hours": 1, "sequence": 1})
        self.customer.customer_role = "agent"
        self.stranger.customer_role = "direct"
        policies = self.env["crm.customer.class.policy"]
        policies._ensure(self.company)
        policies.search([("company_id", "=", self.company.id), ("customer_class", "=", "a")]).sla_policy_id = gold
        self.env["crm.scorecard"]._run(self.company)
        tickets = self.env["crm.ticket"].with_user(self.agent)
        ticket = tickets.create({"name": "Broken", "partner_id": self.contact.id, "team_id": self.team.id})
        self.assertEqual(ticket.policy_id, gold)
        self.assertIn("'Gold' is promised to customers of Class A", ticket.policy_reason)
        other = tickets.create({"name": "Broken", "partner_id": self.stranger.id, "team_id": self.team.id})
        self.assertEqual(other.policy_id, self.policy, "a policy of a class is for that class only")
        other.partner_id = self.customer
        self.assertEqual(other.policy_id, gold, "known later who it is")
        gold.priority_from = "3"
        ticket = tickets.create({"name": "Broken", "partner_id": self.contact.id, "team_id": self.team.id})
        self.assertEqual(ticket.policy_id, self.policy, "the class's policy does not fit this ticket")

    def test_tickets_count_as_cost_to_serve(self):
        """R053: three tickets at 25 and no margin make a candidate."""
        self.customer.customer_role = "direct"
        for number in range(3):
            self.env["crm.ticket"].create({"name": f"T{number}", "partner_id": self.contact.id})
        self.env["crm.scorecard"]._run(self.company)
        found = self.env["crm.give.up"]._find(self.company)
        line = found.filtered(lambda item: item.partner_id == self.customer)
        self.assertEqual((line.ticket_count, line.cost_to_serve), (3, 75))
