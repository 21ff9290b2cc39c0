"""Money per order, campaign and salesperson; what is no money."""

from datetime import timedelta
from decimal import Decimal

from odoo import Command, fields
from odoo.addons.sale.tests.common import TestSaleCommon
from odoo.tests import tagged

from ..tools.split import largest_remainder
from .oracle import exact


@tagged("post_install", "-at_install")
class TestCollection(TestSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_currency("EUR", rates=[("1900-01-01", 1.0), ("2026-01-01", 0.8)])
        cls.service = cls.company_data["product_service_order"]
        cls.service.taxes_id = False
        cls.campaigns = cls.env["utm.campaign"].create([{"title": "Spring"}, {"title": "Fair"}])
        cls.bank = cls.company_data["default_journal_bank"]

    def order(self, price, **values):
        line = {"product_id": self.service.id, "product_uom_qty": 1, "price_unit": price, "tax_ids": [Command.clear()]}
        order = self.env["sale.order"].create(
            {"partner_id": self.partner_a.id, "order_line": [Command.create(line)], **values}
        )
        order.action_confirm()
        return order

    def invoice(self, orders, day="2026-03-01", post=True):
        invoice = orders._create_invoices(grouped=False)
        invoice.invoice_date = day
        invoice.invoice_payment_term_id = False
        invoice.invoice_date_due = day
        if post:
            invoice.action_post()
        return invoice

    def pay(self, invoices, amount=None, day="2026-03-11", **values):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create({"payment_date": day, "group_payment": True, "journal_id": self.bank.id})
        )
        if amount is not None:
            wizard.amount = amount
        if values:
            wizard.write(values)
        return wizard._create_payments()

    def parts(self, *domain):
        return self.env["crm.collection"].search([("company_id", "=", self.company_data["company"].id), *domain])

    def test_invoice_of_several_orders_is_split_by_largest_remainder(self):
        prices = [100, 100, 100, 37.5]
        orders = self.env["sale.order"].union(
            *(self.order(price, campaign_id=self.campaigns[number % 2].id) for number, price in enumerate(prices))
        )
        invoice = self.invoice(orders)
        self.assertEqual(len(invoice), 1)
        for amount in (100.00, 0.05, 33.34):
            self.pay(invoice, amount)
        for payment in self.parts(("move_id", "=", invoice.id)).payment_id:
            parts = self.parts(("payment_id", "=", payment.id)).sorted(lambda part: part.order_id.id)
            expected = largest_remainder(exact(payment.amount), [Decimal(str(price)) for price in prices])
            expected = {order: part for order, part in zip(orders.sorted("id"), expected, strict=True) if part}
            self.assertEqual({part.order_id: exact(part.amount) for part in parts}, expected)
            self.assertEqual(sum(exact(part.amount) for part in parts), exact(payment.amount))
            for part in parts:
                self.assertEqual(part.campaign_id, part.order_id.campaign_id)
        ids = self.parts().ids
        self.assertEqual(len(ids), len(set(ids)))
        self.env.invalidate_all()
        self.assertEqual(self.parts().ids, ids)

    def test_lines_of_no_order_are_a_share_of_their_own(self):
        order = self.order(60)
        invoice = self.invoice(order, post=False)
        invoice.invoice_line_ids = [
            Command.create({"name": "Freight", "price_unit": 40, "quantity": 1, "tax_ids": [Command.clear()]})
        ]
        invoice.action_post()
        self.pay(invoice, 50)
        parts = self.parts(("move_id", "=", invoice.id))
        self.assertEqual({part.order_id: part.amount for part in parts}, {order: 30, self.env["sale.order"]: 20})

    def test_write_off_is_not_money(self):
        invoice = self.invoice(self.order(1000))
        self.pay(
            invoice,
            980,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertEqual(invoice.amount_residual, 0)
        self.assertRecordValues(self.parts(("move_id", "=", invoice.id)), [{"amount": 980, "amount_currency": 980}])

    def collected_less_a_credit_note(self, charge):
        """What a bank line of 80 collects by an invoice of 100 + charge, and pays back by a credit note of 20."""
        invoice = self.invoice(self.order(100 + charge))
        refund = self._reverse_invoice(self.invoice(self.order(20)), post=True)
        line = self.env["account.bank.statement.line"].create(
            {
                "payment_ref": "Transfer",
                "journal_id": self.company_data["default_journal_bank"].id,
                "partner_id": invoice.partner_id.id,
                "amount": 80,
                "date": "2026-05-20",
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        receivable = self.company_data["default_account_receivable"]
        account = {"account_id": receivable.id, "partner_id": invoice.partner_id.id}
        commands = [
            Command.update(suspense.id, {"balance": -100 - charge, **account}),
            Command.create({"name": "Deducted", "balance": 20, **account}),
        ]
        if charge:
            fee = self.company_data["default_account_expense"].id
            commands.append(Command.create({"name": "Charge", "balance": charge, "account_id": fee}))
        context = {"skip_account_move_synchronization": True, "skip_readonly_check": True}
        line.move_id.with_context(**context).write({"line_ids": commands})
        items = (line.move_id + invoice + refund).line_ids.filtered(lambda item: item.account_id == receivable)
        deducted = items.filtered(lambda item: item.name == "Deducted" or item.move_id == refund)
        deducted.remove_move_reconcile()
        deducted.reconcile()
        (items - deducted).reconcile()
        self.assertEqual((invoice.amount_residual, refund.amount_residual), (0, 0))
        return [round(sum(self.parts(("move_id", "=", move.id)).mapped("amount")), 2) for move in (invoice, refund)]

    def test_bank_line_of_an_invoice_less_a_credit_note(self):
        """80 in the bank is 80 collected to the cent, whatever it settles; charges lie with what the money is for."""
        self.assertEqual(self.collected_less_a_credit_note(0), [100, -20])
        self.assertEqual(self.collected_less_a_credit_note(5), [100, -20])

    def test_bank_line_of_three_invoices_less_charges(self):
        """98 in the bank for three invoices of 100 is 98 collected, though a share of each has to be rounded."""
        invoices = [self.invoice(self.order(amount)) for amount in (33.33, 33.33, 33.34)]
        line = self.env["account.bank.statement.line"].create(
            {
                "payment_ref": "Transfer",
                "journal_id": self.company_data["default_journal_bank"].id,
                "partner_id": invoices[0].partner_id.id,
                "amount": 98,
                "date": "2026-05-20",
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        receivable = self.company_data["default_account_receivable"]
        account = {"account_id": receivable.id, "partner_id": invoices[0].partner_id.id}
        context = {"skip_account_move_synchronization": True, "skip_readonly_check": True}
        line.move_id.with_context(**context).write(
            {
                "line_ids": [
                    Command.update(suspense.id, {"balance": -33.33, **account}),
                    Command.create({"name": "Second", "balance": -33.33, **account}),
                    Command.create({"name": "Third", "balance": -33.34, **account}),
                    Command.create(
                        {
                            "name": "Charge",
                            "balance": 2,
                            "account_id": self.company_data["default_account_expense"].id,
                        }
                    ),
                ]
            }
        )
        items = line.move_id.line_ids.filtered(lambda item: item.account_id == receivable).sorted("id")
        for invoice, item in zip(invoices, items, strict=True):
            ours = invoice.line_ids.filtered(lambda own: own.account_id == receivable)
            (ours + item).reconcile()
        parts = [self.parts(("move_id", "=", invoice.id)).amount for invoice in invoices]
        self.assertEqual([round(amount, 2) for amount in parts], [32.66, 32.67, 32.67])

    def test_early_payment_discount_is_not_money(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % within 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        invoice = self.invoice(self.order(1000), post=False)
        invoice.invoice_payment_term_id = term
        invoice.action_post()
        self.pay(invoice, day=invoice.invoice_date + timedelta(days=3))
        self.assertEqual(invoice.amount_residual, 0)
        part = self.parts(("move_id", "=", invoice.id))
        self.assertRecordValues(part, [{"amount": 980, "days_late": -27}])

    def test_credit_note_is_not_money_but_its_refund_is(self):
        invoice = self.invoice(self.order(200))
        refund = self._reverse_invoice(invoice, post=True)
        lines = (invoice + refund).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertEqual(set(lines.mapped("reconciled")), {True})
        self.assertFalse(self.parts(("move_id", "in", (invoice + refund).ids)))
        lines.remove_move_reconcile()
        self.pay(invoice)
        self.pay(refund)
        parts = self.parts(("move_id", "in", (invoice + refund).ids))
        self.assertEqual({part.move_id: part.amount for part in parts}, {invoice: 200, refund: -200})

    def test_exchange_difference_is_not_money(self):
        invoice = self.invoice(self.order(800, currency_id=self.foreign.id), day="2025-12-01", post=False)
        invoice.currency_id = self.foreign
        invoice.action_post()
        self.assertEqual(invoice.amount_total_signed, 800)  # one to one in 2025
        self.pay(invoice, day="2026-02-01", currency_id=self.foreign.id)
        self.assertTrue(invoice.line_ids.matched_credit_ids.exchange_move_id)
        part = self.parts(("move_id", "=", invoice.id))
        self.assertRecordValues(
            part, [{"amount": 1000, "amount_currency": 800, "date": fields.Date.to_date("2026-02-01")}]
        )

    def test_draft_invoice_that_kept_its_payment_is_not_collected(self):
        invoice = self.invoice(self.order(70))
        self.pay(invoice)
        self.assertTrue(self.parts(("move_id", "=", invoice.id)))
        invoice.button_draft()
        self.assertTrue(invoice.line_ids.matched_credit_ids, "Odoo 19 keeps the partial")
        self.assertFalse(self.parts(("move_id", "=", invoice.id)))

    def test_order_opportunity_and_people_come_along(self):
        lead = self.env["crm.lead"].create({"name": "Deal", "type": "opportunity", "partner_id": self.partner_a.id})
        order = self.order(10, opportunity_id=lead.id, campaign_id=self.campaigns[0].id)
        invoice = self.invoice(order)
        payment = self.pay(invoice)
        self.assertRecordValues(
            self.parts(("order_id", "=", order.id)),
            [
                {
                    "opportunity_id": lead.id,
                    "campaign_id": self.campaigns[0].id,
                    "payment_id": payment.id,
                    "journal_id": self.bank.id,
                    "payment_method_line_id": payment.payment_method_line_id.id,
                    "user_id": order.user_id.id,
                    "team_id": order.team_id.id,
                    "days_late": 10,
                }
            ],
        )
