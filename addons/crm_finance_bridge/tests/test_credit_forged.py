"""The figures by which an order is judged are the server's: no user writes them, by whatever call."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditForged(CreditCommon):
    def _forbidden(self, act, *arguments):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            act(*arguments)

    def test_figures_of_an_order(self):
        """R193: total, rate, status and payments of an order are not written by its salesperson."""
        self._limit(amount=10.0)
        order = self._order(11.0)
        mine, other = order.with_user(self.salesman), self._transaction(self._order(11.0), 11.0)
        forged = (
            {"amount_total": 1.0},
            {"currency_rate": 1000.0},
            {"invoice_status": "invoiced"},
            {"transaction_ids": [Command.link(other.id)]},
            {"order_line": [Command.update(order.order_line.id, {"price_total": 1.0})]},
        )
        for values in forged:
            with self.subTest(values=values):
                self._forbidden(mine.write, values)
                self._refused(mine.action_confirm)
        values = {"partner_id": self.customer.id, "amount_total": 1.0}
        self._forbidden(mine.create, values)
        self._forbidden(mine.create, [{"partner_id": self.customer.id}, values])
        self.assertEqual(order.amount_total, 11.0)

    def test_figures_of_a_line(self):
        """R193: nor the total, the state, the invoices or the invoiced quantity of a line."""
        self._limit(amount=10.0)
        order = self._confirmed(10.0)
        line, invoice = order.order_line.with_user(self.salesman), self._invoice(10.0)
        forged = (
            {"price_total": 1.0},
            {"state": "draft", "price_unit": 11.0},
            {"qty_invoiced": 1.0},
            {"invoice_status": "invoiced"},
            {"invoice_lines": [Command.link(invoice.invoice_line_ids.id)]},
        )
        for values in forged:
            with self.subTest(values=values):
                self._forbidden(line.write, values)
                self._refused(line.write, {"price_unit": 10.01})
        self._forbidden(line.create, {"order_id": order.id, "product_id": self.service.id, "price_total": 0.0})

    def test_ordinary_work_goes_on(self):
        """R193: a salesperson creates, copies, changes, confirms and invoices orders, and marks them as delivered."""
        values = {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": self.service.id})]}
        order = self.env["sale.order"].with_user(self.salesman).create(values).copy()
        order.order_line.product_uom_qty = 2.0
        order.order_line.copy({"order_id": order.id})
        order.action_confirm()
        order.order_line.write({"qty_delivered": 1.0})
        invoice = order._create_invoices()
        self.assertEqual((len(invoice), order.invoice_status), (1, "invoiced"))
        order.order_line.write({"invoice_status": "invoiced"})  # as Odoo's timesheets do: it is so
