"""A seeded ledger of everything that can happen to a receivable."""

import random
from collections import Counter
from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import UserError, ValidationError

FIRST_DAY = date(2024, 1, 1)
DAYS = 700


class RandomLedger:
    """Makes documents for one company; `done` counts what was made, so that a test can tell that it happened."""

    def __init__(self, env, company, partners, currencies, seed, bank=None):
        self.env = env(context=dict(env.context, allowed_company_ids=company.ids))
        self.company = company
        self.partners = partners
        self.currencies = currencies
        self.random = random.Random(seed)
        self.done = Counter()
        self.moves = self.env["account.move"]
        self.journals = {
            kind: self.env["account.journal"].search(
                [*self.env["account.journal"]._check_company_domain(company), ("type", "=", kind)], limit=1
            )
            for kind in ("sale", "bank", "general")
        }
        self.receivable = partners[0].with_company(company).property_account_receivable_id
        self.revenue = self.env["account.account"].search(
            [*self.env["account.account"]._check_company_domain(company), ("account_type", "=", "income")], limit=1
        )
        self.terms = self.env["account.payment.term"].create(
            [
                {
                    "name": "Half now, half in 60 days",
                    "line_ids": [
                        Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                        Command.create({"value": "percent", "value_amount": 50, "nb_days": 60}),
                    ],
                },
                {
                    "name": "2 % within 10 days",
                    "early_discount": True,
                    "discount_percentage": 2,
                    "discount_days": 10,
                    "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
                },
                {
                    "name": "30 days",
                    "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
                },
            ]
        )

    def run(self, steps):
        kinds = (
            "invoice", "invoice", "invoice", "invoice", "refund", "pay", "pay", "pay", "pay_part", "write_off",
            "early_discount", "on_account", "allocate", "statement", "entry", "unreconcile", "reset", "pay_group",
        )  # fmt: skip
        for step in range(steps):
            if step % 15 == 0:
                self._analyze()
            kind = self.random.choice(kinds)
            try:
                with self.env.cr.savepoint():
                    if getattr(self, f"_{kind}")():
                        self.done[kind] += 1
            except (UserError, ValidationError):
                self.done["refused"] += 1
                self.env.invalidate_all()
        self.env.flush_all()
        return self

    def _analyze(self):
        """Give the planner the numbers of this transaction: core's search for payments takes seconds without."""
        self.env.flush_all()
        self.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile, account_payment")

    def day(self, after=FIRST_DAY, within=DAYS):
        return after + timedelta(days=self.random.randrange(within))

    def amount(self):
        return round(self.random.uniform(5, 5000), 2)

    def open_invoices(self):
        return self.moves.filtered(lambda move: move.state == "posted" and move.amount_residual > 0).sorted("id")

    def pick(self):
        invoices = self.open_invoices().filtered(lambda move: move.move_type == "out_invoice")
        return self.random.choice(invoices) if invoices else None

    def _invoice(self):
        lines = [
            Command.create(
                {"name": "Goods", "quantity": self.random.randint(1, 5), "price_unit": self.amount(),
                 "account_id": self.revenue.id, "tax_ids": [Command.clear()]}
            )
            for _line in range(self.random.randint(1, 3))
        ]  # fmt: skip
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.random.choice(self.partners).id,
                "journal_id": self.journals["sale"].id,
                "currency_id": self.random.choice(self.currencies).id,
                "invoice_date": self.day(),
                "invoice_payment_term_id": self.random.choice(self.terms).id,
                "invoice_line_ids": lines,
            }
        )
        move.action_post()
        self.moves += move
        return True

    def _refund(self):
        invoice = self.pick()
        if not invoice:
            return False
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = wizard.create({"journal_id": invoice.journal_id.id, "date": self.day(invoice.date, 90)})
        action = wizard.reverse_moves()
        refund = self.env["account.move"].browse(action["res_id"])
        line = refund.invoice_line_ids[0]
        line.price_unit = round(line.price_unit * self.random.choice((1, 0.5, 0.1)), 2)
        refund.action_post()
        self.moves += refund
        if self.random.random() < 0.7:
            lines = (invoice + refund).line_ids.filtered(lambda item: item.account_type == "asset_receivable")
            lines.filtered(lambda item: not item.reconciled).reconcile()
        return True

    def _register(self, invoices, **values):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoices.ids)
        values = {"group_payment": True, "payment_date": self.day(max(invoices.mapped("date")), 120), **values}
        return wizard.create(values)

    def _pay(self):
        invoice = self.pick()
        if not invoice:
            return False
        wizard = self._register(invoice)
        if self.random.random() < 0.3:  # in another currency: an exchange difference
            wizard.currency_id = self.random.choice(self.currencies)
        wizard._create_payments()
        return True

    def _pay_group(self):
        invoices = self.open_invoices().filtered(lambda move: move.move_type == "out_invoice")
        if not invoices:
            return False
        first = self.random.choice(invoices)
        invoices = invoices.filtered(
            lambda move: move.partner_id == first.partner_id and move.currency_id == first.currency_id
        )[:3]
        self._register(invoices | first)._create_payments()
        return True

    def _pay_part(self):
        invoice = self.pick()
        if not invoice:
            return False
        wizard = self._register(invoice, installments_mode="full")
        wizard.amount = round(invoice.amount_residual * self.random.uniform(0.1, 0.9), 2)
        wizard._create_payments()
        return True

    def _write_off(self):
        invoice = self.pick()
        if not invoice:
            return False
        wizard = self._register(invoice, installments_mode="full")
        wizard.amount = round(invoice.amount_residual * self.random.uniform(0.9, 0.99), 2)
        wizard.payment_difference_handling = "reconcile"
        wizard.writeoff_account_id = self.revenue
        wizard._create_payments()
        return True

    def _early_discount(self):
        invoices = self.open_invoices().filtered(
            lambda move: move.invoice_payment_term_id.early_discount and move.amount_residual == move.amount_total
        )
        if not invoices:
            return False
        invoice = self.random.choice(invoices)
        self._register(invoice, payment_date=invoice.date + timedelta(days=5))._create_payments()
        return True

    def _on_account(self):
        self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.random.choice(self.partners).id,
                "journal_id": self.journals["bank"].id,
                "currency_id": self.random.choice(self.currencies).id,
                "amount": self.amount(),
                "date": self.day(),
            }
        ).action_post()
        return True

    def _allocate(self):
        """Match what lies on account with an open invoice of the customer."""
        invoice = self.pick()
        if not invoice:
            return False
        ours = invoice.line_ids.filtered(lambda item: item.account_type == "asset_receivable" and not item.reconciled)
        credits_ = self.env["account.move.line"].search(
            [
                ("partner_id", "=", invoice.partner_id.id),
                ("account_id", "=", ours[:1].account_id.id),
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("balance", "<", 0),
            ],
            limit=2,
        )
        if not credits_:
            return False
        (ours + credits_).reconcile()
        return True

    def _statement(self):
        """A bank line settles an invoice directly, in full or in part, at times with a charge kept by the bank.

        At times the customer deducts a credit note of his: the line settles both.
        """
        invoices = self.open_invoices().filtered(
            lambda move: move.move_type == "out_invoice" and move.currency_id == self.company.currency_id
        )
        if not invoices:
            return False
        invoice = self.random.choice(invoices)
        amount = round(invoice.amount_residual * self.random.choice((1, 0.4)), 2)
        charge = round(amount * 0.01, 2) if self.random.random() < 0.5 else 0
        deducted = self.open_invoices().filtered(
            lambda move: (
                move.move_type == "out_refund"
                and move.currency_id == invoice.currency_id
                and move.partner_id == invoice.partner_id
                and move.amount_residual < amount - charge
            )
        )[: self.random.randrange(2)]
        line = self.env["account.bank.statement.line"].create(
            {
                "payment_ref": "Transfer",
                "journal_id": self.journals["bank"].id,
                "partner_id": invoice.partner_id.id,
                "amount": amount - charge - deducted.amount_residual,
                "date": self.day(invoice.date, 100),
            }
        )
        _liquidity, suspense, _other = line.with_context(skip_account_move_synchronization=True)._seek_for_lines()
        if charge or deducted:
            commands = [Command.update(suspense.id, {"account_id": self.receivable.id, "balance": -amount})]
            if charge:
                commands.append(Command.create({"name": "Charge", "account_id": self.revenue.id, "balance": charge}))
            if deducted:
                account = {"account_id": self.receivable.id, "partner_id": invoice.partner_id.id}
                commands.append(Command.create({"name": "Deducted", "balance": deducted.amount_residual, **account}))
            line.move_id.with_context(skip_account_move_synchronization=True).write({"line_ids": commands})
        else:
            suspense.account_id = self.receivable
        ours = invoice.line_ids.filtered(lambda item: item.account_type == "asset_receivable" and not item.reconciled)
        (suspense + ours).reconcile()
        if deducted:
            lines = (line.move_id + deducted).line_ids
            lines.filtered(
                lambda item: (
                    item.account_id == self.receivable
                    and not item.reconciled
                    and (item.name == "Deducted" or item.move_id == deducted)
                )
            ).reconcile()
        return True

    def _entry(self):
        balance = self.amount() * self.random.choice((1, -1))
        partner = self.random.choice([*self.partners.ids, False])
        self.env["account.move"].create(
            {
                "date": self.day(),
                "journal_id": self.journals["general"].id,
                "line_ids": [
                    Command.create({"account_id": self.receivable.id, "partner_id": partner, "balance": balance}),
                    Command.create({"account_id": self.revenue.id, "balance": -balance}),
                ],
            }
        ).action_post()
        return True

    def _unreconcile(self):
        partials = self.env["account.partial.reconcile"].search([("company_id", "=", self.company.id)])
        if not partials:
            return False
        (self.random.choice(partials).debit_move_id).remove_move_reconcile()
        return True

    def _reset(self):
        """Back to draft: since Odoo 19 the partials survive."""
        paid = self.moves.filtered(lambda move: move.state == "posted" and move.amount_residual < move.amount_total)
        if not paid:
            return False
        move = self.random.choice(paid.sorted("id"))
        move.button_draft()
        if self.random.random() < 0.4:
            move.action_post()
        return True
