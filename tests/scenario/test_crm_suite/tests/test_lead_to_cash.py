"""One customer from the first enquiry to the money and back: what each document knows comes from the one before it.

Typed by people in the whole story: the enquiry, one product with its quantity, dates of receipt
and shipment by acting on that day, the text of a ticket. Everything else is asserted to be derived.
"""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import LeadToCashCommon

QUANTITY = 20.0


@tagged("post_install", "-at_install")
class TestLeadToCash(LeadToCashCommon):
    def test_lead_to_cash(self):
        """R008, R009, R047, R068, R072, R076, R084, R131, R136, R172, R178: one chain, nothing typed twice."""
        with freeze_time("2026-03-02 09:00:00"):
            campaign = self.marketer_plans_a_campaign()
            lead = self.an_enquiry_answers_it(campaign)
            order = self.seller_quotes(lead)
        with freeze_time("2026-03-09 09:00:00"):
            self.manager_runs_scorecards("2026-03-09")
            self.assertEqual(self.customer_class(order.partner_id), "c", "nothing bought yet")
            self.seller_confirms(order)
            purchase = self.buyer_orders(order)
        with freeze_time("2026-03-14 09:00:00"):
            self.buyer_receives(purchase)
            picking = self.storekeeper_ships(order)
        with freeze_time("2026-03-15 09:00:00"):
            invoice = self.accountant_invoices(order, picking)
        with freeze_time("2026-05-20 09:00:00"):
            self.invoice_is_overdue(invoice)
            following = self.next_order_is_held(order, invoice)
        with freeze_time("2026-05-21 09:00:00"):
            payment = self.accountant_collects(invoice)
            self.money_is_collected(invoice, payment, order, lead, campaign)
            self.seller_confirms(following)
            self.marketer_sees_the_return(campaign, invoice)
        with freeze_time("2026-05-26 09:00:00"):
            ticket = self.agent_opens_ticket(order)
            self.customer_page_tells_all(order, ticket, invoice, picking)
            self.manager_runs_scorecards("2026-05-26")
            self.assertEqual(self.customer_class(order.partner_id), "a")

    # === MARKETER: CAMPAIGN === #

    def marketer_plans_a_campaign(self):
        env = self.person("marketer")
        return env["utm.campaign"].create(
            {"title": "Spring tools", "date_start": "2026-02-15", "date_end": "2026-04-15", "budget": 1000.0}
        )

    # === SELLER: LEAD, QUOTATION, ORDER === #

    def an_enquiry_answers_it(self, campaign):
        """The lead of the enquiry becomes an opportunity; the customer is made from the lead."""
        env = self.person("seller")
        lead = env["crm.lead"].create(
            {
                "name": "Drills for two workshops",
                "type": "lead",
                "partner_name": "Ostermere Joinery",
                "contact_name": "Vera Lund",
                "email_from": "vera@ostermere-joinery.example",
                "campaign_id": campaign.id,
            }
        )
        self.assertEqual(lead.user_id, env.user)
        lead.convert_opportunity(False)
        lead._handle_partner_assignment(create_missing=True)
        contact = lead.partner_id
        self.assertEqual(contact.name, lead.contact_name)
        self.assertEqual(contact.email, lead.email_from)
        self.assertEqual(contact.commercial_partner_id.name, lead.partner_name)
        # Master data that people decide on once: role and terms.
        company = contact.commercial_partner_id.sudo()
        company.write({"customer_role": "franchisee", "property_payment_term_id": self.terms.id})
        return lead

    def seller_quotes(self, lead):
        """The quotation asks for product and quantity alone."""
        env = self.person("seller")
        action = lead.action_new_quotation()
        form = Form(env["sale.order"].with_context(**action["context"]))
        with form.order_line.new() as line:
            line.product_id = self.product.with_env(env)
            line.product_uom_qty = QUANTITY
        order = form.save()
        self.assertEqual(order.opportunity_id, lead)
        self.assertEqual(order.partner_id, lead.partner_id)
        self.assertEqual(order.campaign_id, lead.campaign_id)
        self.assertEqual((order.user_id, order.team_id), (lead.user_id, lead.team_id))
        self.assertEqual(order.payment_term_id, self.terms, "from the company that the contact belongs to")
        self.assertEqual(order.order_line.price_unit, 250.0, "from the product")
        self.assertEqual(order.amount_untaxed, 5000.0)
        return order

    def seller_confirms(self, order):
        order = self.seen_by("seller", order)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    # === BUYER: PURCHASE AND RECEIPT === #

    def buyer_orders(self, order):
        """The order has made the request for quotation: vendor, product, quantity and price stand in it."""
        purchase = self.seen_by("buyer", order.sudo()._get_purchase_orders())
        self.assertEqual(len(purchase), 1)
        self.assertEqual(purchase.state, "draft")
        self.assertEqual(purchase.partner_id, self.vendor)
        line = purchase.order_line
        self.assertEqual((line.product_id, line.product_qty), (self.product, QUANTITY))
        self.assertEqual(line.price_unit, 150.0, "the vendor's price")
        purchase.button_confirm()
        receipt = purchase.picking_ids
        self.assertEqual((receipt.move_ids.product_id, receipt.move_ids.product_uom_qty), (self.product, QUANTITY))
        delivery = order.sudo().picking_ids
        self.assertEqual(delivery.state, "waiting", "the order waits for its goods")
        return purchase

    def buyer_receives(self, purchase):
        receipt = self.seen_by("buyer", purchase.picking_ids)
        self.assertEqual(receipt.move_ids.quantity, QUANTITY, "filled in from the purchase")
        self.assertIs(receipt.button_validate(), True)
        self.assertEqual(purchase.order_line.qty_received, QUANTITY)

    # === STOREKEEPER: SHIPMENT === #

    def storekeeper_ships(self, order):
        picking = self.seen_by("storekeeper", order.sudo().picking_ids)
        self.assertEqual(picking.partner_id, order.partner_shipping_id)
        self.assertEqual(picking.state, "assigned", "the receipt reserved the goods for this order")
        self.assertEqual((picking.move_ids.product_id, picking.move_ids.quantity), (self.product, QUANTITY))
        self.assertIs(picking.button_validate(), True)
        self.assertEqual(order.order_line.qty_delivered, QUANTITY)
        flow = self.person("manager")["crm.order.flow"].search([("order_line_id", "=", order.order_line.id)])
        self.assertEqual((flow.qty_ordered, flow.qty_delivered), (QUANTITY, QUANTITY))
        self.assertEqual(flow.status, "shipped")
        return picking

    # === ACCOUNTANT: INVOICE, OPEN ITEMS, COLLECTION === #

    def accountant_invoices(self, order, picking):
        invoice = self.seen_by("accountant", order)._create_invoices()
        self.assertEqual(invoice.commercial_partner_id, order.partner_id.commercial_partner_id)
        self.assertEqual((invoice.campaign_id, invoice.team_id), (order.campaign_id, order.team_id))
        self.assertEqual(invoice.invoice_user_id, order.user_id)
        self.assertEqual(invoice.invoice_payment_term_id, order.payment_term_id)
        line = invoice.invoice_line_ids
        self.assertEqual((line.product_id, line.quantity), (self.product, picking.move_ids.quantity))
        self.assertEqual(line.price_unit, order.order_line.price_unit)
        invoice.action_post()
        self.assertEqual(invoice.amount_total, order.amount_total)
        self.assertEqual(str(invoice.invoice_date_due), "2026-04-14", "30 days after 15 March")
        return invoice

    def invoice_is_overdue(self, invoice):
        """36 days after the due date the whole invoice stands in the bucket 31 to 60."""
        OpenItem = self.person("accountant")["crm.open.item"]
        item = OpenItem.with_context(as_of="2026-05-20").search([("move_id", "=", invoice.id)])
        self.assertEqual(item.bucket, "31_60")
        self.assertEqual(item.days_overdue, 36)
        self.assertEqual(item.residual, invoice.amount_total)
        self.assertEqual(item.partner_id, invoice.commercial_partner_id)
        self.assertEqual(item.campaign_id, invoice.campaign_id)
        earlier = OpenItem.with_context(as_of="2026-04-14").search([("move_id", "=", invoice.id)])
        self.assertEqual(earlier.bucket, "not_due", "on the due date nothing is overdue")

    # === CONTROLLER: HOLD ON THE NEXT ORDER === #

    def next_order_is_held(self, order, invoice):
        customer = order.partner_id.commercial_partner_id
        self.person("controller")["crm.credit.limit"].create(
            {"partner_id": customer.id, "company_id": self.company.id, "hold_rule": "hold", "max_days_overdue": 30}
        )
        following = self.seen_by("seller", order).copy()
        self.assertEqual(following.order_line.product_uom_qty, QUANTITY)
        self.assertEqual(following.partner_id, order.partner_id)
        with self.assertRaises(UserError) as held, self.cr.savepoint():
            following.action_confirm()
        self.assertIn("36", str(held.exception), "days overdue are named")
        self.assertEqual(following.state, "draft")
        self.assertEqual(invoice.payment_state, "not_paid")
        return following

    def accountant_collects(self, invoice):
        """The payment is registered from the invoice: amount, customer and reference come from it."""
        env = self.person("accountant")
        wizard = (
            env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create({})
        )
        self.assertEqual(wizard.amount, invoice.amount_total)
        payment = wizard._create_payments()
        self.assertEqual(payment.partner_id, invoice.commercial_partner_id)
        self.assertEqual(invoice.amount_residual, 0.0)
        return payment

    def money_is_collected(self, invoice, payment, order, lead, campaign):
        collected = self.person("accountant")["crm.collection"].search([("move_id", "=", invoice.id)])
        self.assertRecordValues(
            collected,
            [
                {
                    "amount": invoice.amount_total,
                    "payment_id": payment.id,
                    "order_id": order.id,
                    "opportunity_id": lead.id,
                    "campaign_id": campaign.id,
                    "partner_id": invoice.commercial_partner_id.id,
                    "days_late": 37,
                }
            ],
        )
        flow = self.person("manager")["crm.order.flow"].search([("order_line_id", "=", order.order_line.id)])
        flow.invalidate_recordset()
        self.assertEqual(flow.status, "paid")
        self.assertEqual(flow.amount_collected, order.amount_untaxed)

    # === MARKETER: RETURN === #

    def marketer_sees_the_return(self, campaign, invoice):
        """No cost yet, then a bill of 500 on the campaign: return = (collected - 500) / 500."""
        seen = self.seen_by("marketer", campaign)
        row = seen.env["crm.campaign.return"].search([("campaign_id", "=", campaign.id)])
        self.assertEqual(row.collected, invoice.amount_total)
        self.assertEqual(row.return_state, "no_cost")
        bill = self.person("accountant")["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "invoice_date": "2026-05-21",
                "campaign_id": campaign.id,
                "invoice_line_ids": [
                    Command.create({"name": "Printed leaflets", "quantity": 1, "price_unit": 500.0, "tax_ids": []})
                ],
            }
        )
        bill.action_post()
        row.invalidate_recordset()
        self.assertEqual(row.cost, 500.0)
        self.assertAlmostEqual(row.return_rate, (invoice.amount_total - 500.0) / 500.0)

    # === AGENT: TICKET === #

    def agent_opens_ticket(self, order):
        """Subject and order line are entered; goods, quantity, customer, delivery and invoice follow."""
        env = self.person("agent")
        form = Form(env["crm.ticket"])
        form.name = "Two chucks wobble"
        form.sale_order_line_id = order.order_line.with_env(env)
        ticket = form.save()
        self.assertEqual(ticket.partner_id, order.partner_id)
        self.assertEqual((ticket.product_id, ticket.quantity), (self.product, QUANTITY))
        self.assertEqual(ticket.sale_order_id, order)
        self.assertEqual(ticket.picking_id, order.sudo().picking_ids)
        self.assertEqual(ticket.move_id, order.sudo().invoice_ids)
        self.assertTrue(ticket.number)
        return ticket

    # === MANAGER: CUSTOMER PAGE, SCORECARD, CLASS === #

    def customer_page_tells_all(self, order, ticket, invoice, picking):
        customer = order.partner_id.commercial_partner_id
        events = self.person("manager")["crm.customer.event"].search([("partner_id", "=", customer.id)], order="date")
        documents = {(event.res_model, event.res_id) for event in events}
        for record in (order.opportunity_id, order, picking, invoice, ticket):
            self.assertIn((record._name, record.id), documents)

    def manager_runs_scorecards(self, date):
        self.person("manager")["crm.scorecard"]._run(self.company, date)

    def customer_class(self, contact):
        return self.seen_by("manager", contact.commercial_partner_id).customer_class
