"""Goods that were ordered and are never delivered: a rest that is cancelled or returned is no exposure."""

import random

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .credit_common import CreditCommon

OPEN = ("draft", "waiting", "confirmed", "partially_available", "assigned")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditClosed(CreditCommon):
    def _waiting(self, order):
        return order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))

    def _back(self, picking, quantity, to_refund=True):
        context = {"active_id": picking.id, "active_ids": picking.ids, "active_model": "stock.picking"}
        wizard = self.env["stock.return.picking"].with_context(**context).create({})
        wizard.product_return_moves[0].quantity = quantity
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.to_refund = to_refund
        back.move_ids.quantity = quantity
        back.move_ids.picked = True
        back.button_validate()

    def _oracle(self):
        """What the orders of the customer are still to be invoiced for, told from the deliveries one by one."""
        total = 0.0
        for order in self.env["sale.order"].search([("partner_id", "=", self.customer.id), ("state", "=", "sale")]):
            if order.invoice_status == "invoiced":
                continue
            for line in order.order_line:
                ordered = line.product_uom_qty
                if line.product_id == self.goods:
                    moves = order.picking_ids.move_ids.filtered(lambda move, own=line: move.sale_line_id == own)
                    coming = sum(
                        move.product_uom._compute_quantity(move.product_uom_qty, line.product_uom_id)
                        for move in moves
                        if move.state in OPEN and move.location_dest_id.usage == "customer"
                    )
                    ordered = min(ordered, line.qty_delivered + coming)
                billed = sum(
                    item.product_uom_id._compute_quantity(item.quantity, line.product_uom_id)
                    for item in line.invoice_lines
                    if item.move_id.move_type == "out_invoice" and item.parent_state != "cancel"
                )
                rest = max(ordered - billed, line.qty_delivered - line.qty_invoiced, 0.0)
                total += line.price_total * rest / line.product_uom_qty
        return total

    def test_purchase_called_off_closes_no_order(self):
        """R193: goods that the supplier was to ship stay ordered when that purchase is cancelled."""
        order = self._goods((10.0, 10.0))
        waiting = self._waiting(order)
        waiting.do_unreserve()
        waiting.move_ids.location_id = self.env.ref("stock.stock_location_suppliers")
        waiting.move_ids._action_cancel()
        self.assertEqual(order.picking_ids.move_ids.mapped("state"), ["cancel"])
        self.assertEqual(self._row()["uninvoiced"], 100.0)

    def test_cancelled_back_order_is_no_exposure(self):
        """R193: 6 of 10 delivered and the rest cancelled leave 60 of 100, before and after the invoice."""
        order = self._goods((10.0, 10.0))
        self._ship(order, 6.0)
        self.assertEqual(self._row()["uninvoiced"], 100.0, "the back-order is on its way")
        self._waiting(order).action_cancel()
        row = self._row()
        self.assertEqual((row["uninvoiced"], row["shipped"], row["exposure"]), (60.0, 60.0, 60.0))
        invoice = order._create_invoices()
        self.assertEqual((self._row()["uninvoiced"], self._row()["draft"]), (0.0, 60.0))
        invoice.action_post()
        row = self._row()
        self.assertEqual((row["uninvoiced"], row["receivable"]), (0.0, 60.0))

    def test_cancelled_delivery_and_more_ordered(self):
        """R193: an order whose delivery is cancelled whole is closed; what is ordered anew counts again."""
        order = self._goods((10.0, 10.0))
        self._waiting(order).action_cancel()
        self.assertEqual(self._row()["uninvoiced"], 0.0)
        order.order_line.write({"product_uom_qty": 12.0, "price_unit": 10.0})
        self.assertEqual(sum(self._waiting(order).move_ids.mapped("product_uom_qty")), 12.0)
        self.assertEqual(self._row()["uninvoiced"], 120.0)

    def test_returned_for_a_credit_note(self):
        """R193: 4 of 10 taken back before the invoice leave 60; taken back without a credit note all 100."""
        order = self._goods((10.0, 10.0))
        self._back(self._ship(order), 4.0)
        self.assertEqual((order.order_line.qty_delivered, self._row()["uninvoiced"]), (6.0, 60.0))
        other = self._goods((10.0, 1.0))
        self._back(self._ship(other), 4.0, to_refund=False)
        self.assertEqual(self._row()["uninvoiced"], 70.0)

    def test_invoiced_as_ordered_stays_whole(self):
        """R193: goods invoiced as ordered are owed whether they are delivered or not."""
        self.goods.invoice_policy = "order"
        order = self._goods((10.0, 10.0))
        self._ship(order, 6.0)
        self._waiting(order).action_cancel()
        self.assertEqual(self._row()["uninvoiced"], 100.0)

    def test_unit_of_measure_and_steps(self):
        """R193: a dozen ordered, delivered in two steps: each move counts once, in the unit of the line."""
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        warehouse.delivery_steps = "pick_ship"
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._goods((2.0, 120.0, {"product_uom_id": dozen.id}))
        self.assertEqual(self._row()["uninvoiced"], 240.0)
        pick = self._waiting(order)
        pick.move_ids.write({"quantity": 12.0, "picked": True})
        pick.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self._row()["uninvoiced"], 240.0)
        rest = self._waiting(order).filtered(lambda picking: picking.location_dest_id.usage != "customer")
        rest.action_cancel()
        self.assertEqual(self._row()["uninvoiced"], 120.0)
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 1.0)
        self.assertEqual((self._row()["uninvoiced"], self._row()["shipped"]), (120.0, 120.0))

    def test_random_orders_equal_the_oracle(self):
        """R193: orders delivered, cancelled, returned and invoiced at random, told one by one."""
        tax = self.env["account.tax"].create({"name": "20 %", "amount": 20.0, "type_tax_use": "sale"})
        draw = random.Random(193)
        for number in range(12):
            lines = [
                (
                    draw.randint(1, 10),
                    draw.choice((2.5, 10.0, 40.0)),
                    {
                        "product_id": draw.choice((self.goods, self.goods, self.service)).id,
                        "tax_ids": [Command.set(draw.choice(([], tax.ids)))],
                    },
                )
                for _line in range(draw.randint(1, 3))
            ]
            order = self._goods(*lines)
            if self._waiting(order) and draw.random() < 0.8:
                waiting = self._waiting(order)
                for move in waiting.move_ids:
                    move.quantity = draw.randint(1, int(move.product_uom_qty))
                waiting.move_ids.picked = True
                waiting.with_context(skip_backorder=True).button_validate()
                if draw.random() < 0.4:
                    self._back(waiting, 1.0, to_refund=draw.random() < 0.5)
            if draw.random() < 0.5:
                self._waiting(order).action_cancel()
            if draw.random() < 0.5 and any(line.qty_to_invoice > 0 for line in order.order_line):
                invoice = order._create_invoices()
                if draw.random() < 0.7:
                    invoice.action_post()
            with self.subTest(number=number):
                self.assertAlmostEqual(self._row()["uninvoiced"], self._oracle(), 2)
