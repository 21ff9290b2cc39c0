"""Down payments that exceed what is delivered, and goods taken in part payment."""

import random

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditDeposit(CreditCommon):
    def _down(self, order, percent, pay=True):
        """The invoice of a down payment, paid in full."""
        values = {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": "percentage"}
        wizard = self.env["sale.advance.payment.inv"].create({**values, "amount": percent})
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        if pay:
            self._pay(invoice, invoice.amount_total)
        return invoice

    def _regular(self, order, post=True):
        invoice = order._create_invoices(final=True)
        if post:
            invoice.action_post()
        return invoice

    def _parts(self):
        row = self._row()
        return row["receivable"], row["unapplied"], row["uninvoiced"], row["draft"], row["exposure"]

    # === DOWN PAYMENT BEYOND WHAT IS DELIVERED === #

    def test_regular_invoice_that_is_a_credit_note(self):
        """R193: 100 % paid in advance and 6 of 10 delivered: 400 still to come, 400 in hand, nothing at risk."""
        order = self._goods((10.0, 100.0))
        self._down(order, 100.0)
        self._ship(order, 6.0)
        refund = self._regular(order, post=False)
        self.assertEqual((refund.move_type, refund.amount_total), ("out_refund", 400.0))
        self.assertEqual(self._parts(), (0.0, 0.0, 400.0, -400.0, 0.0))
        refund.action_post()
        self.assertEqual(self._parts(), (0.0, -400.0, 400.0, 0.0, 0.0))
        self._ship(order)
        self.assertEqual((self._row()["uninvoiced"], self._row()["shipped"]), (400.0, 400.0))
        self._regular(order)
        self.assertEqual(self._parts(), (400.0, -400.0, 0.0, 0.0, 0.0))

    def test_half_paid_and_less_delivered(self):
        """R193: 50 % paid in advance and 4 of 10 delivered: the rest of 600 less the credit note of 100."""
        order = self._goods((10.0, 100.0))
        self._down(order, 50.0)
        self._ship(order, 4.0)
        self._regular(order)
        self.assertEqual(self._parts(), (0.0, -100.0, 600.0, 0.0, 500.0))

    def test_random_down_payments_equal_the_oracle(self):
        """R193: what is ordered less what is paid, however it was invoiced and with goods taken in part payment."""
        tax = self.env["account.tax"].create({"name": "20 %", "amount": 20.0, "type_tax_use": "sale"})
        draw, paid, orders = random.Random(1932), 0.0, self.env["sale.order"]
        for number in range(14):
            taxes = {"tax_ids": [Command.set(draw.choice(([], tax.ids)))]}
            lines = [(draw.randint(4, 10), draw.choice((10.0, 50.0)), taxes) for _line in range(draw.randint(1, 2))]
            if draw.random() < 0.5:
                lines.append((-draw.randint(1, 2), 10.0, {**taxes, "product_id": self.service.id}))
            order = self._goods(*lines)
            orders += order
            if draw.random() < 0.8:
                invoice = self._down(order, draw.choice((30.0, 50.0, 100.0)), pay=False)
                if draw.random() < 0.7:
                    self._pay(invoice, invoice.amount_total)
                    paid += invoice.amount_total
            for _step in range(draw.randint(0, 2)):
                if not self._open(order):
                    break
                for move in (waiting := self._open(order)).move_ids:
                    move.quantity = draw.randint(1, int(move.product_uom_qty))
                waiting.move_ids.picked = True
                waiting.with_context(skip_backorder=True).button_validate()
                if draw.random() < 0.7:
                    self._regular(order, post=draw.random() < 0.8)
            if draw.random() < 0.3:
                self._open(order).action_cancel()
            with self.subTest(number=number):
                self.assertAlmostEqual(self._row()["exposure"], self._oracle(orders) - paid, 2)

    def _open(self, order):
        return order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))

    def _oracle(self, orders):
        """What the orders come to in the end, or are invoiced for if that is more."""
        total = 0.0
        for order in orders:
            value = 0.0
            for line in order.order_line.filtered(lambda line: not line.is_downpayment and not line.display_type):
                closed = line.product_id == self.goods and not self._open(order)
                wanted = line.qty_delivered if closed else line.product_uom_qty
                value += line.price_total * wanted / line.product_uom_qty
            total += max(value, sum(order.invoice_ids.mapped("amount_total_signed")))
        return total

    # === NEGATIVE QUANTITY === #

    def test_goods_taken_in_part_payment(self):
        """R193: 10 at 100 less 3 at 100 taken back are 700, before and after the goods move and are invoiced."""
        values = {"type": "consu", "invoice_policy": "delivery", "taxes_id": [Command.clear()]}
        old = self.env["product.product"].create({"name": "Used goods", **values})
        order = self._goods((10.0, 100.0), (-3.0, 100.0, {"product_id": old.id}))
        self.assertEqual(self._parts(), (0.0, 0.0, 700.0, 0.0, 700.0))
        waiting = self._open(order)
        waiting.filtered(lambda picking: picking.location_dest_id.usage == "customer").button_validate()
        self.assertEqual((self._row()["uninvoiced"], self._row()["shipped"]), (700.0, 700.0))
        self._open(order).button_validate()
        self.assertEqual(order.order_line.mapped("qty_delivered"), [10.0, -3.0])
        self.assertEqual((self._row()["uninvoiced"], self._row()["shipped"]), (700.0, 700.0))
        self._regular(order)
        self.assertEqual(self._parts(), (700.0, 0.0, 0.0, 0.0, 700.0))

    def test_service_taken_off_partly_invoiced(self):
        """R193: of 10 at 100 less 1 at 200 half is invoiced: 400 open and 400 to invoice."""
        used = {"product_id": self.service.id}
        order = self._goods((10.0, 100.0, used), (-1.0, 200.0, used))
        self.assertEqual(self._row()["uninvoiced"], 800.0)
        invoice = order._create_invoices(final=True)
        for line in invoice.invoice_line_ids:
            line.quantity /= 2
        invoice.action_post()
        self.assertEqual(self._parts(), (400.0, 0.0, 400.0, 0.0, 800.0))

    def test_part_payment_credited_alone(self):
        """R193: the line taken off is credited first: 1000 to invoice less a credit note of 200."""
        used = {"product_id": self.service.id}
        order = self._goods((10.0, 100.0), (-1.0, 200.0, used))
        refund = self._regular(order)
        self.assertEqual(refund.move_type, "out_refund")
        self.assertEqual(self._parts(), (0.0, -200.0, 1000.0, 0.0, 800.0))

    # === PREPAYMENT === #

    def test_down_payment_of_one_order_ships_no_other(self):
        """R195: what the down payment of an order left is that order's: another, unpaid, does not ship on it."""
        self._limit(hold_rule="prepaid")
        paid = self._goods((10.0, 100.0))
        self._down(paid, 100.0)
        self._ship(paid, 6.0)
        self._regular(paid)
        unpaid = self._goods((4.0, 100.0))
        self.assertIn("400.00", self._refused(self._ship, unpaid))
        self._receipt(150.0)
        self.assertIn("250.00", self._refused(self._ship, unpaid))
        self._invoice(150.0)  # claims the receipt, not what the order has paid
        self._ship(paid, 2.0)
        self._ship(paid)
        self.assertEqual(paid.order_line.filtered("product_id").mapped("qty_delivered")[:1], [10.0])
        self.assertIn("400.00", self._refused(self._ship, unpaid))

    def test_credit_note_of_two_orders_counts_once(self):
        """R195: of a credit note that is half used, each of its orders has half of its own part."""
        orders = self._goods((10.0, 100.0)) + self._goods((10.0, 100.0))
        for order, quantity in zip(orders, (6.0, 8.0), strict=True):
            self._down(order, 100.0)
            self._ship(order, quantity)
        note = orders._create_invoices(final=True)
        self.assertEqual((note.move_type, note.amount_total), ("out_refund", 600.0))
        note.action_post()
        self.assertEqual(dict(orders[0]._credit_deposits()), {orders[0].id: 400.0, orders[1].id: 200.0})
        (note + self._invoice(300.0)).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(note.amount_residual, 300.0)
        self.assertEqual(dict(orders[0]._credit_deposits()), {orders[0].id: 200.0, orders[1].id: 100.0})

    def test_down_payment_of_a_closed_order_is_free(self):
        """R195: once the rest of the order is cancelled, what its down payment left pays another order."""
        self._limit(hold_rule="prepaid")
        paid = self._goods((10.0, 100.0))
        self._down(paid, 100.0)
        self._ship(paid, 6.0)
        self._regular(paid)
        unpaid = self._goods((4.0, 100.0))
        self._refused(self._ship, unpaid)
        self._open(paid).action_cancel()
        self._ship(unpaid)
        self.assertEqual(unpaid.order_line.qty_delivered, 4.0)

    def test_order_paid_in_advance_passes_the_limit(self):
        """R193: beyond the limit an order paid in advance ships its rest, whatever its invoices so far look like."""
        self._limit(amount=1000.0)
        order = self._goods((10.0, 100.0))
        self._down(order, 100.0)
        self._ship(order, 6.0)
        self._regular(order)
        self._invoice(1500.0)
        self._ship(order)
        self.assertEqual(order.order_line.filtered("product_id").mapped("qty_delivered")[:1], [10.0])
