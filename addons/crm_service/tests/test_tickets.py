from odoo.addons.mail.tests.common import freeze_all_time
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged, warmup

from .common import MONDAY, ServiceCommon


@tagged("post_install", "-at_install")
class TestTickets(ServiceCommon):
    def test_creating_nothing_is_no_error(self):
        """An empty batch makes nothing, as for every model of Odoo."""
        self.assertFalse(self.env["crm.ticket"].with_user(self.agent).create([]))

    def test_ticket_on_a_delivered_line_takes_everything_from_the_line(self):
        """R085, R091: product, quantity, customer, price, delivery and invoice are not typed a second time."""
        order = self._deliver(self.contact)
        action = order.order_line.with_user(self.agent).action_new_crm_ticket()
        form = Form(self.env["crm.ticket"].with_user(self.agent).with_context(**action["context"]))
        form.name = "Two glasses broken"
        ticket = form.save()
        self.assertRecordValues(
            ticket,
            [
                {
                    "sale_order_id": order.id,
                    "product_id": self.glass.id,
                    "partner_id": self.contact.id,
                    "commercial_partner_id": self.customer.id,
                    "partner_email": "anna@bergmann.test",
                    "picking_id": order.picking_ids.id,
                    "move_id": order.invoice_ids.id,
                    "quantity": 10,
                    "price_unit": 12.5,
                    "company_id": self.company.id,
                    "team_id": self.team.id,
                    "channel": "manual",
                    "stage_kind": "new",
                }
            ],
        )
        self.assertTrue(ticket.number.startswith("T"))
        self.assertEqual(order.crm_ticket_count, 1)
        self.assertEqual(self.contact.crm_ticket_count, 1)
        self.assertEqual(self.customer.crm_ticket_count, 1)
        self.assertEqual(order.picking_ids.crm_ticket_count, 1)
        self.assertEqual(order.invoice_ids.crm_ticket_count, 1)

    def test_delivery_and_order_of_one_line_open_the_ticket_on_that_line(self):
        """R085: from the order, the delivery or the invoice, the same ticket opens."""
        order = self._deliver()
        documents = (order, order.picking_ids, order.invoice_ids)
        for document in documents:
            context = document.with_user(self.agent).action_new_crm_ticket()["context"]
            self.assertEqual(context["default_sale_order_line_id"], order.order_line.id, document._name)

    def test_document_of_another_customer_is_refused(self):
        """R085: the goods of a ticket were sold to its customer."""
        order = self._deliver(self.stranger)
        with self.assertRaises(ValidationError):
            self._ticket(partner_id=self.customer.id, sale_order_line_id=order.order_line.id)
        ticket = self._ticket(sale_order_line_id=self._deliver().order_line.id)
        for name, document in (("move_id", order.invoice_ids), ("picking_id", order.picking_ids)):
            with self.assertRaises(ValidationError):
                ticket[name] = document

    def test_order_status_is_told_on_the_ticket(self):
        """R086: order, shipment and invoice status without leaving the ticket and without sales rights."""
        order = self._deliver()
        ticket = self._ticket(sale_order_line_id=order.order_line.id)
        self.assertIn(order.name, ticket.order_status)
        self.assertIn("10 of 10", ticket.order_status)
        self.assertIn(f"Not paid yet: {order.invoice_ids.name}", ticket.order_status)
        self.assertEqual(ticket.order_delivery_ids, order.picking_ids)
        self.assertEqual(ticket.order_invoice_ids, order.invoice_ids)
        read = ticket.order_invoice_ids.with_user(self.agent).read(["payment_state", "amount_residual"])
        self.assertEqual(read[0]["amount_residual"], 125)

    def test_dispute_shows_its_amount_on_the_invoice(self):
        """R084: the disputed share of the line is seen by finance on the invoice and in its list."""
        order = self._deliver(quantities=((self.glass, 10), (self.jug, 2)))
        line = order.order_line.filtered(lambda item: item.product_id == self.glass)
        ticket = self._ticket(sale_order_line_id=line.id, category_id=self.dispute.id)
        self.assertEqual(ticket.disputed_amount, 125)
        ticket.quantity = 4
        self.assertEqual(ticket.disputed_amount, 50)
        biller = self._user("biller", "account.group_account_invoice")
        invoice = order.invoice_ids.with_user(biller)
        self.assertEqual(invoice.crm_disputed_amount, 50)
        self.assertEqual(self.env["crm.ticket"].with_user(biller).search([]), ticket)
        ticket.action_solve()
        invoice.invalidate_recordset()
        self.assertEqual(invoice.crm_disputed_amount, 0)

    def test_dispute_of_a_whole_invoice_takes_what_is_open(self):
        """R084: without a line the open amount of the invoice is in dispute."""
        order = self._deliver(quantities=((self.glass, 10), (self.jug, 2)))
        ticket = self._ticket(move_id=order.invoice_ids.id, category_id=self.dispute.id)
        self.assertEqual(ticket.disputed_amount, 205)
        self.assertEqual(ticket.partner_id, self.customer)
        question = self._ticket(move_id=order.invoice_ids.id)
        self.assertEqual(question.disputed_amount, 0)

    def test_request_shows_number_channel_owner_priority_status_deadline(self):
        """R091: what an agent sees of each request; numbers follow each other."""
        with freeze_all_time(MONDAY):
            one, two = self._ticket(channel="phone"), self._ticket(channel="fax", priority="3")
            self.assertEqual(int(two.number[1:]) - int(one.number[1:]), 1)
            one.action_take()
        self.assertEqual((one.user_id, one.stage_kind), (self.agent, "open"))
        fields = {"number", "channel", "user_id", "priority", "stage_id", "deadline"}
        for view in ("list", "form"):
            arch = self.env["crm.ticket"].with_user(self.agent).get_view(view_type=view)["arch"]
            for name in fields:
                self.assertIn(f'name="{name}"', arch, view)
        # The queue: urgent first, then the nearest deadline.
        self.assertEqual(self.env["crm.ticket"].with_user(self.agent).search([])[:2], two + one)

    def test_stages_keep_dates_and_count_reopenings(self):
        """R091: solved, closed and reopened are dated and counted."""
        with freeze_all_time(MONDAY):
            ticket = self._ticket()
            ticket.action_solve()
            self.assertEqual(ticket.date_solved, MONDAY)
            ticket.stage_id = self._stage("closed")
            self.assertEqual(ticket.date_closed, MONDAY)
            ticket.action_reopen()
        self.assertFalse(ticket.date_solved)
        self.assertFalse(ticket.date_closed)
        self.assertEqual(ticket.reopen_count, 1)

    @warmup
    def test_queries_do_not_grow_with_the_number_of_tickets(self):
        """R091: a list of 100 tickets costs no more queries than a list of 10; a batch is created at once."""
        order = self._deliver()
        values = {"name": "x", "sale_order_line_id": order.order_line.id, "team_id": self.team.id}
        Ticket = self.env["crm.ticket"].with_user(self.agent)
        tickets = Ticket.create([dict(values, name=f"x{n}") for n in range(110)])
        self.env.flush_all()
        spec = dict.fromkeys(("number", "name", "deadline", "sla_state", "sla_label", "stage_id", "partner_id"), {})
        counts = []
        for size in (10, 100):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Ticket.web_search_read([("id", "in", tickets[:size].ids)], spec)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
        created = []
        for size in (10, 100):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Ticket.create([dict(values, name=f"y{n}") for n in range(size)])
            self.env.flush_all()
            created.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(created[1], created[0] + 8)
