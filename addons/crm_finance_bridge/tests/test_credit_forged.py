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

    def test_defaults_of_a_call(self):
        """R193: nor by a default that the caller sends along, or has saved."""
        self._limit(amount=10.0)
        paid, other = self._invoice(10.0), self._transaction(self._order(11.0), 11.0)
        self._pay(paid, 10.0)
        groups = "sales_team.group_sale_salesman,account.group_account_invoice"  # Odoo: payments are not for others
        order = self.env["sale.order"].with_user(self._user("fin_seller_biller", groups))
        forged = {"default_amount_total": 1.0, "default_invoice_status": "invoiced"}
        order = order.with_context(default_transaction_ids=[Command.set(other.ids)], **forged)
        values = {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": self.service.id})]}
        order = order.create({**values, "user_id": order.env.uid})
        self.assertEqual((order.amount_total, order.invoice_status), (100.0, "no"))
        self.assertFalse(order.sudo().transaction_ids)
        line = self.env["sale.order.line"].with_user(self.salesman)
        order = self._order(11.0)
        values = {"order_id": order.id, "product_id": self.service.id}
        forged = {"default_price_total": 1.0, "default_invoice_status": "invoiced", "default_qty_invoiced": 1.0}
        mine = line.with_context(default_invoice_lines=[Command.set(paid.invoice_line_ids.ids)], **forged)
        mine = mine.create(values)
        self.assertFalse(mine.invoice_lines)
        self.assertEqual((mine.price_total, mine.invoice_status, mine.qty_invoiced), (100.0, "no", 0.0))
        self._forbidden(line.create, {**values, "invoice_status": "invoiced"})
        confirmed = self._confirmed(10.0)
        values.pop("order_id")
        self._refused(line.with_context(default_order_id=confirmed.id).create, values)
        values = {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": self.service.id})]}
        mine = self.env["sale.order"].with_user(self.salesman)
        self._refused(mine.with_context(default_state="sale").create, values)

    def test_decision_by_defaults_of_a_call(self):
        """R193: a request starts as a draft without approvals, whatever defaults its maker sends along or has saved."""
        self.company.crm_credit_second_amount = 5000.0
        other = self._user("forged_approver", "account.group_account_manager")
        forged = {"default_approver_id": other.id, "default_origin": "direct", "default_amount_before": 9.0}
        Request = self.env["crm.credit.request"].with_user(self.finance)
        values = {"partner_id": self.customer.id, "company_id": self.company.id, "no_limit": True, "amount": 0.0}
        values["reason"] = "Forged"
        request = Request.with_context(default_state="second", default_version=7, **forged).create(values)
        self.env["ir.default"].set("crm.credit.request", "state", "second", user_id=self.finance.id)
        for made in (request, Request.create(values)):
            self.assertEqual((made.state, made.origin, made.version), ("draft", "request", 0))
            self.assertFalse(made.approver_id or made.amount_before)
            with self.assertRaises(AccessError):
                made.action_approve()

    def test_ordinary_work_goes_on(self):
        """R193: a salesperson creates, copies, changes, confirms and invoices orders, and marks them as delivered."""
        values = {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": self.service.id})]}
        order = self.env["sale.order"].with_user(self.salesman).create(values).copy()
        order.order_line.product_uom_qty = 2.0
        # The web client sends the list of invoice lines with each new line, empty.
        empty = {"product_id": self.service.id, "invoice_lines": []}
        order.write({"order_line": [Command.create(empty)]})
        order.order_line[-1:].unlink()
        order.order_line.copy({"order_id": order.id})
        order.action_confirm()
        order.order_line.write({"qty_delivered": 1.0})
        invoice = order._create_invoices()
        self.assertEqual((len(invoice), order.invoice_status), (1, "invoiced"))
        order.order_line.write({"invoice_status": "invoiced"})  # as Odoo's timesheets do: it is so
