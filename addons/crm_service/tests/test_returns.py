from ast import literal_eval

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestReturns(ServiceCommon):
    """An agent without stock and accounting rights returns goods and asks for the credit note, within his ticket."""

    def _wizard(self, action, model):
        return Form(self.env[model].with_user(self.agent).with_context(**action["context"]))

    def test_return_and_credit_note_equal_odoos_records(self):
        """R085: three of ten glasses come back: the return, the order, the credit note and its amount agree."""
        order = self._deliver(quantities=((self.glass, 10), (self.jug, 2)))
        line = order.order_line.filtered(lambda item: item.product_id == self.glass)
        ticket = self._ticket(sale_order_line_id=line.id, category_id=self.defect.id)
        ticket.quantity = 3

        wizard = self._wizard(ticket.action_return(), "stock.return.picking").save()
        filled = {item.product_id: item.quantity for item in wizard.product_return_moves}
        self.assertEqual(filled, {self.glass: 3, self.jug: 0})
        action = wizard.action_create_returns()
        back = ticket.return_ids.with_env(self.env)
        self.assertEqual(action["res_id"], back.id)
        self.assertNotIn("default_ticket_id", action["context"])
        self.assertEqual((back.return_id, back.partner_id), (order.picking_ids - back, self.customer))
        self.assertEqual(back.move_ids.product_uom_qty, 3)
        self.assertEqual(back.move_ids.sale_line_id, line)
        back.move_ids.quantity = 3
        back.button_validate()
        self.assertEqual(line.qty_delivered, 7)

        reversal = self._wizard(ticket.action_refund(), "account.move.reversal").save()
        self.assertTrue(reversal.ticket_line_only)
        self.assertEqual(reversal.ticket_quantity, 3)
        reversal.refund_moves()
        invoice = order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        refund = ticket.refund_ids.with_env(self.env)
        self.assertRecordValues(refund, [{"state": "draft", "reversed_entry_id": invoice.id, "amount_total": 37.5}])
        self.assertRecordValues(
            refund.invoice_line_ids, [{"product_id": self.glass.id, "quantity": 3, "price_unit": 12.5}]
        )
        refund.action_post()
        self.assertEqual(line.qty_invoiced, 7)
        self.assertEqual(refund.partner_id, self.customer)
        self.assertEqual((ticket.return_count, ticket.refund_count), (1, 1))
        notes = " ".join(ticket.message_ids.mapped("body"))
        self.assertIn(back.name, notes)
        # What came back cannot come back again.
        ticket.quantity = 10
        again = self._wizard(ticket.action_return(), "stock.return.picking").save()
        self.assertEqual(sum(again.product_return_moves.mapped("quantity")), 7)

    def test_replacement_is_sent_and_linked(self):
        """R085: a return for exchange makes the return and the new shipment, both on the ticket."""
        order = self._deliver(invoice=False)
        ticket = self._ticket(sale_order_line_id=order.order_line.id)
        ticket.quantity = 4
        self._wizard(ticket.action_return(), "stock.return.picking").save().action_create_exchanges()
        self.assertEqual(len(ticket.return_ids), 2)
        moves = {picking.picking_type_code: picking.move_ids.product_uom_qty for picking in ticket.return_ids}
        self.assertEqual(moves, {"incoming": 4, "outgoing": 4})

    def test_whole_invoice_can_be_credited(self):
        """R085: without the tick the credit note is Odoo's own, of the whole invoice."""
        order = self._deliver(quantities=((self.glass, 10), (self.jug, 2)))
        ticket = self._ticket(sale_order_line_id=order.order_line[0].id)
        form = self._wizard(ticket.action_refund(), "account.move.reversal")
        form.ticket_line_only = False
        form.save().refund_moves()
        self.assertEqual(ticket.refund_ids.amount_total, order.invoice_ids[0].amount_total)

    def test_agent_cannot_use_the_wizards_for_other_documents(self):
        """R085: the rights of the wizards end at the documents of the ticket."""
        order, foreign = self._deliver(), self._deliver(self.stranger)
        ticket = self._ticket(sale_order_line_id=order.order_line.id)
        Return = self.env["stock.return.picking"].with_user(self.agent)
        move = foreign.picking_ids.move_ids
        lines = [(0, 0, {"product_id": self.glass.id, "move_id": move.id, "quantity": 1})]
        for ticket_id in (ticket.id, False):
            wizard = Return.create({"picking_id": foreign.picking_ids.id, "ticket_id": ticket_id})
            wizard.product_return_moves = [(5, 0, 0), *lines]
            with self.assertRaises(AccessError):
                wizard.action_create_returns()
        # The move of a foreign delivery under the picking of the ticket.
        wizard = Return.create({"picking_id": order.picking_ids.id, "ticket_id": ticket.id})
        wizard.product_return_moves = [(5, 0, 0), *lines]
        with self.assertRaises(AccessError):
            wizard.action_create_returns()
        # More than was shipped.
        wizard = Return.create({"picking_id": order.picking_ids.id, "ticket_id": ticket.id})
        wizard.product_return_moves.quantity = 11
        with self.assertRaises(AccessError):
            wizard.action_create_returns()
        Reversal = self.env["account.move.reversal"].with_user(self.agent)
        journal = order.invoice_ids.journal_id
        for ticket_id in (ticket.id, False):
            context = {"active_model": "account.move", "active_ids": foreign.invoice_ids.ids}
            wizard = Reversal.with_context(**context).create({"ticket_id": ticket_id, "journal_id": journal.id})
            with self.assertRaises(AccessError):
                wizard.refund_moves()
        context = {"active_model": "account.move", "active_ids": order.invoice_ids.ids}
        wizard = Reversal.with_context(**context).create({"ticket_id": ticket.id, "journal_id": journal.id})
        with self.assertRaises(AccessError):
            wizard.modify_moves()
        self.assertFalse(foreign.invoice_ids.reversal_move_ids | order.invoice_ids.reversal_move_ids)

    def test_nothing_to_return_or_credit_is_said(self):
        """R085: before delivery and invoice the buttons tell what is missing."""
        ticket = self._ticket(partner_id=self.customer.id)
        with self.assertRaises(UserError):
            ticket.action_return()
        with self.assertRaises(UserError):
            ticket.action_refund()

    def test_odoos_wizards_without_a_ticket_are_unchanged(self):
        """R085: returns and credit notes made elsewhere carry no ticket."""
        order = self._deliver()
        context = {"active_model": "stock.picking", "active_id": order.picking_ids.id}
        wizard = self.env["stock.return.picking"].with_context(**context).create({})
        wizard.action_create_returns_all()
        back = order.picking_ids.filtered("return_id")
        self.assertFalse(back.ticket_id)
        self.assertEqual(back.move_ids.product_uom_qty, 10)

    def test_dispute_from_invoice_and_order(self):
        """R084: one click on the invoice or order; the amount is in finance's list and on the invoice at once."""
        order = self._deliver(quantities=((self.glass, 10), (self.jug, 2)))
        invoice = order.invoice_ids
        finance = self._user("finance", "account.group_account_invoice")
        listed = self.env.ref("crm_service.crm_ticket_action_dispute")
        for document, amount in ((invoice, 205), (order, 205)):
            action = document.with_user(self.agent).action_new_crm_dispute()
            form = Form(self.env["crm.ticket"].with_user(self.agent).with_context(**action["context"]))
            form.name = "Price is wrong"
            ticket = form.save()
            self.assertEqual((ticket.category_kind, ticket.disputed_amount), ("dispute", amount))
            seen = (
                self.env["crm.ticket"].with_user(finance).search([*literal_eval(listed.domain), ("id", "=", ticket.id)])
            )
            self.assertEqual(seen.disputed_amount, amount)
        self.assertEqual(invoice.with_user(finance).crm_disputed_amount, 205)
        one = self._deliver(quantities=((self.glass, 4),))
        action = one.invoice_ids.with_user(self.agent).action_new_crm_dispute()
        ticket = Form(self.env["crm.ticket"].with_user(self.agent).with_context(**action["context"]))
        ticket.name = "Two are missing"
        ticket.quantity = 2
        self.assertEqual(ticket.save().disputed_amount, 25)
