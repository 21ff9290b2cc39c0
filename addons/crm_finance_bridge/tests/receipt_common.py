"""An accountant with receipts to match, for the tests of matching."""

from odoo.fields import Command

from .common import FinanceCommon


class ReceiptCommon(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls._user("fin_reader", "account.group_account_readonly")
        cls.Match = cls.env["crm.receipt.match"].with_user(cls.biller)
        cls.bank = cls.company_data["default_journal_bank"]

    def _read(self, company=None):
        """The live proposals after a fresh look, as the accountant sees them."""
        self.env["crm.receipt.ledger"]._refresh(company or self.company)
        return self.Match.search([("state", "in", ("proposed", "unmatched"))])

    def _of(self, payment):
        """The live proposal of a payment or bank line."""
        matches = self._read()
        field = "statement_line_id" if payment._name == "account.bank.statement.line" else "move_line_id.payment_id"
        return matches.filtered(lambda match: match.mapped(field) == payment)

    def _money(self, amount, memo="", partner=None, date="2026-02-01"):
        payment = self._receipt(amount, date, partner)
        payment.memo = memo
        return payment

    def _bank_line(self, amount, text="", **values):
        return self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "date": "2026-02-03", "payment_ref": text, "amount": amount, **values}
        )

    def _early_term(self, computation):
        """2 % off within ten days, else 30 days net; `computation`: how tax takes part in the discount."""
        return self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": computation,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )

    def _balance(self, partner=None):
        """Brute force: what the posted receivable entries say the customer owes."""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", (partner or self.customer).id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        return round(sum(lines.mapped("balance")), 2), round(sum(lines.mapped("amount_residual")), 2)
