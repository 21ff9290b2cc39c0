"""The main steps of the story in Chromium, each person logged in with the rights of the job."""

from odoo.tests import HttpCase, tagged

from .common import LeadToCashCommon


@tagged("post_install", "-at_install", "is_tour")
class TestLeadToCashTour(LeadToCashCommon, HttpCase):
    def walk(self, role, record, tour):
        """Open the record in the web client as the person and walk the tour."""
        url = f"/odoo/{record._name}/{record.id}"
        self.start_tour(url, f"lead_to_cash_{tour}", login=self.people[role].login, timeout=180)

    def test_lead_to_cash_in_the_client(self):
        """R008, R068, R072, R076, R084: the chain is walked by buttons, no document is typed anew."""
        seller = self.person("seller")
        customer = self.env["res.partner"].create(
            {"name": "Ostermere Joinery", "is_company": True, "user_id": seller.uid, "customer_role": "franchisee"}
        )
        lead = seller["crm.lead"].create(
            {"name": "Drills for two workshops", "type": "opportunity", "partner_id": customer.id}
        )
        self.walk("seller", lead, "seller")
        order = lead.order_ids
        self.assertEqual(order.state, "sale")
        self.assertEqual((order.partner_id, order.amount_untaxed), (customer, 5000.0))
        self.walk("buyer", order.sudo()._get_purchase_orders(), "buyer")
        self.walk("storekeeper", order.sudo().picking_ids, "storekeeper")
        self.assertEqual(order.order_line.qty_delivered, 20.0)
        invoice = self.seen_by("accountant", order)._create_invoices()
        invoice.action_post()
        self.walk("agent", order, "agent")
        ticket = self.person("agent")["crm.ticket"].search([("sale_order_line_id", "=", order.order_line.id)])
        self.assertEqual((ticket.product_id, ticket.move_id), (self.product, invoice))
        self.assertEqual(ticket.partner_id, customer)
        self.person("manager")["crm.scorecard"]._run(self.company)
        self.walk("manager", customer, "manager")
