from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestTicketIdentification(ServiceCommon):
    """Whoever logs a ticket is offered the customer, and the share of known customers counts tickets."""

    def test_ticket_form_offers_the_matching_customer(self):
        """R058.1: who logs a ticket is offered the customer by name, mail or phone, before making a new one."""
        self.customer.phone = "+32 2 555 12 34"
        partners = self.env["res.partner"].with_user(self.agent)
        for typed in ("Bergman Glas", "office@bergmann.test", "02 555 12 34"):
            found = partners.web_name_search(typed, {"display_name": {}})
            self.assertIn(self.customer.id, [row["id"] for row in found], typed)
        [match] = partners.crm_near_matches({"email": "office@bergmann.test"})
        self.assertEqual(match["id"], self.customer.id)
        arch = self.env["crm.ticket"].with_user(self.agent).get_view(view_type="form")["arch"]
        self.assertIn("crm_near_matches", arch)

    def test_share_of_tickets_of_known_customers(self):
        """R058: tickets count as a touchpoint, known or not."""
        tickets = self.env["crm.ticket"].create(
            [{"name": "Crack", "partner_id": self.customer.id, "team_id": self.team.id}]
            + [{"name": f"Who? {number}", "team_id": self.team.id} for number in range(3)]
        )
        self.env.flush_all()
        rows = self.env["crm.identification"].search([("res_model", "=", "crm.ticket"), ("res_id", "in", tickets.ids)])
        self.assertEqual(sum(rows.mapped("share")) / len(rows), 25)
