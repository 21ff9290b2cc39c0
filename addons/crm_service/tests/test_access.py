from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestAccess(ServiceCommon):
    def test_agent_works_in_his_companies_only(self):
        """R091: an agent of one company neither reads nor opens tickets of another."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        team = self.env["crm.service.team"].sudo().create({"name": "There", "company_id": other.id})
        colleague = self._user("colleague", "crm_service.group_service_user", other)
        mine = self._ticket()
        theirs = self._ticket(colleague, team_id=team.id, company_id=other.id)
        Ticket = self.env["crm.ticket"]
        self.assertEqual(Ticket.with_user(self.agent).search([("id", "in", (mine + theirs).ids)]), mine)
        self.assertEqual(Ticket.with_user(colleague).search([("id", "in", (mine + theirs).ids)]), theirs)
        with self.assertRaises(AccessError):
            theirs.with_user(self.agent).read(["name"])
        with self.assertRaises(AccessError):
            self._ticket(team_id=team.id, company_id=other.id)
        for model in ("crm.sla.clock", "crm.sla.event", "crm.sla.policy", "crm.service.team"):
            records = self.env[model].with_user(colleague).search([])
            self.assertLessEqual(records.company_id, other, model)

    def test_agent_may_not_configure_nor_delete(self):
        """R091: set-up and deletion are the manager's; clocks and events are nobody's to write."""
        ticket = self._ticket()
        manager = self._user("manager", "crm_service.group_service_manager")
        for record in (self.team, self.policy, self._stage("new"), self.defect):
            with self.assertRaises(AccessError):
                record.with_user(self.agent).name = "x"
            record.with_user(manager).name = "y"
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent).unlink()
        for user in (self.agent, manager):
            with self.assertRaises(AccessError):
                ticket.clock_ids.with_user(user).write({"deadline": False})
            with self.assertRaises(AccessError):
                self.env["crm.sla.event"].with_user(user).create({"ticket_id": ticket.id, "kind": "solve"})
        ticket.with_user(manager).unlink()

    def test_salesperson_reads_the_tickets_of_his_customers(self):
        """R086: the salesperson follows his customers' tickets and changes nothing."""
        seller = self._user("seller", "sales_team.group_sale_salesman")
        self.customer.user_id = seller
        mine, other = self._ticket(partner_id=self.contact.id), self._ticket(partner_id=self.stranger.id)
        found = self.env["crm.ticket"].with_user(seller).search([("id", "in", (mine + other).ids)])
        self.assertEqual(found, mine)
        with self.assertRaises(AccessError):
            mine.with_user(seller).name = "x"
        form = Form(mine.with_user(seller))
        self.assertEqual(form.number, mine.number)

    def test_accountant_reads_disputes_only(self):
        """R084: finance sees what is disputed, not every question."""
        biller = self._user("biller", "account.group_account_invoice")
        order = self._deliver()
        line = order.order_line
        dispute = self._ticket(sale_order_line_id=line.id, category_id=self.dispute.id)
        question = self._ticket(sale_order_line_id=line.id)
        found = self.env["crm.ticket"].with_user(biller).search([("id", "in", (dispute + question).ids)])
        self.assertEqual(found, dispute)
        self.assertEqual(Form(dispute.with_user(biller)).disputed_amount, 125)

    def test_employee_without_a_role_sees_no_ticket(self):
        """R091: tickets are for service, sales and finance."""
        employee = self._user("employee", "base.group_user")
        ticket = self._ticket(partner_id=self.customer.id)
        with self.assertRaises(AccessError):
            ticket.with_user(employee).read(["name"])
        self.assertEqual(self.customer.with_user(employee).crm_ticket_count, 0)

    def test_agent_opens_the_records_behind_the_ticket_and_cannot_change_them(self):
        """R086: order, delivery and invoice open in their own forms for an agent, read only."""
        order = self._deliver()
        for record in (order, order.picking_ids, order.invoice_ids, self.customer):
            mine = record.with_user(self.agent)
            views = mine.get_views([(False, "form")])
            names = {
                name: {}
                for name in views["models"][record._name]["fields"]
                if f'name="{name}"' in views["views"]["form"]["arch"]
            }
            self.assertTrue(mine.web_read(names), record._name)
        for record in (order, order.picking_ids, order.invoice_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.agent).write({"company_id": self.company.id})
        with self.assertRaises(AccessError):
            self._deliver_quotation().with_user(self.agent).read(["name"])

    def _deliver_quotation(self):
        return self.env["sale.order"].create({"partner_id": self.customer.id})
