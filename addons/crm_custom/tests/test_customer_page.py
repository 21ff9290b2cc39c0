from dateutil.relativedelta import relativedelta
from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import SQL

from .common import CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestCustomerPage(CustomerCommon):
    """One customer from lead to cash, seen by its salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer("Aldbrook", "direct", cls.salesman)
        cls.contact = cls.env["res.partner"].create({"name": "Ann", "parent_id": cls.customer.id})
        cls.foreign = cls.make_customer("Foreign", "direct", cls.colleague)
        cls.goods = cls.env["product.product"].create(
            {"name": "Chair", "type": "consu", "list_price": 50, "taxes_id": [Command.clear()]}
        )

    def make_order(self, quantity=4, partner=None, **vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.contact).id,
                "user_id": self.salesman.id,
                "order_line": [Command.create({"product_id": self.goods.id, "product_uom_qty": quantity})],
                **vals,
            }
        )
        order.action_confirm()
        return order

    def ship(self, order, quantity):
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()

    def fresh(self, record, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(user or self.salesman)

    def make_chain(self):
        lead = self.env["crm.lead"].create(
            {"name": "Chairs", "partner_id": self.contact.id, "type": "opportunity", "user_id": self.salesman.id}
        )
        order = self.make_order(opportunity_id=lead.id)
        lead.action_set_won()
        self.ship(order, 4)
        invoice = order._create_invoices()
        invoice.action_post()
        payment = self.pay(invoice)
        return lead, order, invoice, payment

    def test_timeline_interleaves_every_record_of_the_chain(self):
        """R008, R009, R082: opportunity, quotation, order, delivery, invoice, payment, meeting and call in one list."""
        lead, order, invoice, payment = self.make_chain()
        refund = self.bill(self.customer, 30, 2, "out_refund")
        meeting = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2026-06-20 09:00:00",
                "stop": "2026-06-20 10:00:00",
                "partner_ids": [Command.set(self.contact.ids)],
                "user_id": self.salesman.id,
            }
        )
        call = self.customer.activity_schedule("mail.mail_activity_data_call", summary="Ask", user_id=self.salesman.id)
        call.action_feedback("done")
        self.env.flush_all()
        events = self.env["crm.customer.event"].with_user(self.salesman).search([("partner_id", "=", self.customer.id)])
        found = {(event.kind, event.res_model, event.res_id) for event in events}
        self.assertEqual(
            found,
            {
                ("lead", "crm.lead", lead.id),
                ("won", "crm.lead", lead.id),
                ("quotation", "sale.order", order.id),
                ("order", "sale.order", order.id),
                ("delivery", "stock.picking", order.picking_ids.id),
                ("invoice", "account.move", invoice.id),
                ("refund", "account.move", refund.id),
                ("payment", "account.payment", payment.id),
                ("meeting", "calendar.event", meeting.id),
                ("activity", "res.partner", self.customer.id),
            },
        )
        self.assertEqual(len(events), len(set(events.ids)))
        dates = events.mapped("date")
        self.assertEqual(dates, sorted(dates, reverse=True))
        amounts = {event.kind: event.amount for event in events}
        self.assertEqual((amounts["invoice"], amounts["payment"], amounts["refund"]), (200, 200, -30))
        opened = events.filtered(lambda event: event.kind == "order").action_open()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("sale.order", order.id))
        page = self.fresh(self.customer)
        self.assertEqual(page.crm_event_ids, events)
        self.assertIn(order, page.crm_recent_order_ids)
        self.assertEqual((page.crm_delivery_count, page.crm_invoice_count), (1, 2))

    def test_private_meetings_and_cancelled_records_stay_out(self):
        """R009: a private meeting, a draft invoice and a cancelled payment are no events."""
        self.env["calendar.event"].create(
            {
                "name": "Secret",
                "start": "2026-06-20 09:00:00",
                "stop": "2026-06-20 10:00:00",
                "privacy": "private",
                "partner_ids": [Command.set(self.customer.ids)],
            }
        )
        invoice = self.bill(self.customer, 10)
        payment = self.pay(invoice)
        payment.action_cancel()
        invoice.button_draft()
        self.env.flush_all()
        events = self.env["crm.customer.event"].search([("partner_id", "=", self.customer.id)])
        self.assertFalse(events.filtered(lambda event: event.kind in ("meeting", "invoice", "payment")))

    def test_order_to_cash_status_follows_the_records(self):
        """R009, R082: ordered, shipped, invoiced and collected on order, opportunity and customer, step by step."""
        lead = self.env["crm.lead"].create(
            {"name": "Chairs", "partner_id": self.contact.id, "type": "opportunity", "user_id": self.salesman.id}
        )
        self.assertEqual(self.fresh(lead).flow_text, "No confirmed order yet")
        order = self.make_order(opportunity_id=lead.id)

        def status(record):
            record = self.fresh(record)
            return (
                record.flow_stage,
                record.flow_ordered,
                record.flow_delivered,
                record.flow_invoiced,
                record.flow_collected,
            )

        self.assertEqual(status(order), ("to_ship", 200, 0, 0, 0))
        self.assertEqual(self.fresh(self.customer).crm_to_ship, 200)
        self.ship(order, 3)
        self.assertEqual(status(order), ("part_shipped", 200, 150, 0, 0))
        self.assertEqual(self.fresh(self.customer).crm_to_ship, 50)
        self.ship(order, 1)
        self.assertEqual(status(order), ("shipped", 200, 200, 0, 0))
        self.assertEqual(self.fresh(self.customer).crm_on_order, 200)
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(status(order), ("invoiced", 200, 200, 200, 0))
        self.assertEqual(self.fresh(self.customer).crm_on_order, 0)
        self.pay(invoice, 50)
        self.assertEqual(status(order), ("part_paid", 200, 200, 200, 50))
        self.pay(invoice)
        self.assertEqual(status(order), ("paid", 200, 200, 200, 200))
        self.assertEqual(status(lead), status(order))
        mine = self.fresh(order)
        self.assertEqual(self.env["account.move"].search(mine.action_flow_invoices()["domain"]), invoice)
        self.assertEqual(self.env["stock.picking"].search(mine.action_flow_deliveries()["domain"]), order.picking_ids)
        money = self.env["crm.collection"].with_user(self.salesman).search(mine.action_flow_collections()["domain"])
        self.assertEqual(sum(money.mapped("amount")), 200)
        self.assertEqual(len(self.env["crm.order.flow"].search(mine.action_flow_lines()["domain"])), 1)

    def test_money_equals_the_ledger_and_is_for_the_own_salesperson(self):
        """R008: open and overdue amounts equal the posted receivables; a colleague and a clerk do not see them."""
        self.bill(self.customer, 300, 50)
        self.bill(self.customer, 100, 5)
        self.pay(self.bill(self.contact, 70, 60), 20)
        page = self.fresh(self.customer)
        self.assertTrue(page.crm_money_visible)
        self.assertEqual(page.crm_open_amount, self.customer.sudo().credit)
        self.assertEqual((page.crm_open_amount, page.crm_overdue_amount), (450, 350))
        self.assertEqual(self.fresh(self.contact).crm_open_amount, 450)
        items = self.env["crm.open.item"].with_user(self.salesman).search(page.action_crm_open_items()["domain"])
        self.assertEqual(sum(items.mapped("residual")), 450)
        for user in (self.colleague, self.clerk):
            other = self.fresh(self.customer, user)
            self.assertFalse(other.crm_money_visible)
            self.assertEqual((other.crm_open_amount, other.crm_overdue_amount), (0, 0))
        self.assertEqual(self.fresh(self.customer, self.manager).crm_open_amount, 450)
        self.bill(self.foreign, 600, 60, move_type="out_refund")
        page = self.fresh(self.foreign, self.colleague)
        self.assertEqual((page.crm_open_amount, page.crm_overdue_amount), (-600, 0), "owed to the customer")
        events = self.env["crm.customer.event"]
        self.assertFalse(events.with_user(self.colleague).search([("partner_id", "=", self.customer.id)]))
        with self.assertRaises(AccessError):
            events.with_user(self.clerk).search([])

    def test_events_by_id_are_read_from_their_own_records(self):
        """R008: the page reads the few events it shows, not all quotations, invoices and payments there are."""
        self.make_chain()
        self.env.flush_all()
        events = self.env["crm.customer.event"].with_user(self.salesman)
        shown = events.search([("partner_id", "=", self.customer.id)])
        names = ["date", "kind", "name", "amount", "res_model", "res_id"]
        self.assertLess(4, len(set(shown.mapped("kind"))))
        each = {row["id"]: row for row in shown.read(names)}
        self.env.invalidate_all()
        self.assertEqual({event.id: event.read(names)[0] for event in events.browse(shown.ids)}, each)
        lead = shown.filtered(lambda event: event.kind == "lead")
        query = events.with_user(self.manager)._search([("id", "in", lead.ids)])
        [[[plan]]] = self.env.execute_query(SQL("EXPLAIN (FORMAT JSON) %s", query.select()))
        tables, waiting = set(), [plan["Plan"]]
        while waiting:
            node = waiting.pop()
            waiting += node.get("Plans", [])
            tables.add(node.get("Relation Name"))
        self.assertIn("crm_lead", tables)
        self.assertFalse(tables & {"sale_order", "stock_picking", "account_move", "account_payment", "mail_activity"})

    def test_two_companies_do_not_mix(self):
        """R008, R009: money, orders and events of another company stay there."""
        other = self.setup_other_company(name="Second company")["company"]
        self.bill(self.customer, 111, company=other)
        self.bill(self.customer, 40)
        page = self.fresh(self.customer)
        self.assertEqual(page.crm_open_amount, 40)
        self.assertEqual(set(page.crm_event_ids.mapped("company_id")), {self.company})
        self.manager.company_ids |= other
        there = self.customer.with_user(self.manager).with_context(allowed_company_ids=other.ids)
        self.assertEqual(there.crm_open_amount, 111)
        self.assertEqual(there.crm_currency_id, other.currency_id)

    def test_forms_open_for_each_role(self):
        """R008: the customer page opens for salesperson, manager and clerk; a new customer has no page yet."""
        self.make_order()
        self.run_cards()
        for user in (self.salesman, self.manager, self.clerk):
            with self.with_user(user.login):
                form = Form(self.customer.with_env(self.env))
                self.assertEqual(form.name, "Aldbrook")
        view = self.env["res.partner"].with_user(self.clerk).get_view(view_type="form")["arch"]
        self.assertNotIn("customer_360", view)
        view = self.env["res.partner"].with_user(self.salesman).get_view(view_type="form")["arch"]
        self.assertIn("customer_360", view)

    def test_a_biller_opens_a_new_contact(self):
        """A contact that is not saved yet has no orders to count."""
        biller = new_test_user(
            self.env, "page_biller", groups="account.group_account_invoice,base.group_partner_manager"
        )
        with self.with_user(biller.login), Form(self.env["res.partner"]) as form:
            self.assertEqual(form.crm_behaviour_text, "not enough orders for a rhythm")
            form.name = "Brandnew"

    def test_lists_of_10_and_100_customers_take_the_same_queries(self):
        """R008.1: class, last order, open quotations and balance in a list cost a fixed number of queries."""
        partners = self.env["res.partner"].create(
            [{"name": f"N{i}", "is_company": True, "user_id": self.salesman.id} for i in range(100)]
        )
        self.env["sale.order"].create([{"partner_id": partner.id} for partner in partners])

        def count(some):
            some = self.fresh(some)
            before = self.cr.sql_log_count
            some.read(["customer_class", "crm_last_order_date", "crm_quotation_count", "crm_open_amount"])
            return self.cr.sql_log_count - before

        count(partners)
        self.assertEqual(count(partners[:10]), count(partners))
        self.assertEqual(partners[0].with_user(self.salesman).crm_quotation_count, 1)

    def test_status_of_10_and_100_orders_takes_the_same_queries(self):
        """R009: the order-to-cash status of a list of orders costs a fixed number of queries."""
        orders = self.env["sale.order"].create(
            [{"partner_id": self.customer.id, "user_id": self.salesman.id} for _number in range(100)]
        )

        def count(some):
            some = self.fresh(some)
            before = self.cr.sql_log_count
            some.read(["flow_stage", "flow_collected"])
            return self.cr.sql_log_count - before

        count(orders)
        self.assertEqual(count(orders[:10]), count(orders))

    def test_last_order_and_quotations(self):
        """R008.1: the last order is the newest confirmed one; drafts count as open quotations."""
        self.make_order().date_order = fields.Datetime.now() - relativedelta(days=9)
        self.make_order().date_order = fields.Datetime.now() - relativedelta(days=3)
        self.env["sale.order"].create({"partner_id": self.contact.id, "user_id": self.salesman.id})
        page = self.fresh(self.customer)
        self.assertEqual(page.crm_last_order_date, fields.Datetime.now() - relativedelta(days=3))
        self.assertEqual(page.crm_quotation_count, 1)
        self.assertFalse(self.fresh(self.foreign).crm_last_order_date)
