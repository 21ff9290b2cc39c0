from odoo.fields import Command
from odoo.tools import SQL

from .common import FinanceCommon


class CollectCommon(FinanceCommon):
    """Two overdue invoices of one customer, and how to promise and dispute them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._invoice(100.0, "2026-01-01", "2026-02-01")
        cls.second = cls._invoice(200.0, "2026-01-15", "2026-02-15")
        cls.company.crm_promise_grace_days = 3
        cls.cause = cls.env.ref("crm_finance_bridge.crm_dispute_cause_price_list")

    def _item(self, move):
        return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def _promise(self, amount=None, day="2026-03-10", user=None, lines=None, **values):
        values = {"partner_id": self.customer.id, "date": day, **values}
        if lines:
            values["line_ids"] = [
                Command.create({"move_line_id": self._item(move).id, "amount": share}) for move, share in lines
            ]
        else:
            values["amount"] = amount
        return self.env["crm.payment.promise"].with_user(user or self.biller).create(values)

    def _dispute(self, move, amount, user=None, **values):
        return (
            self.env["crm.dispute"]
            .with_user(user or self.biller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "cause_id": self.cause.id,
                    "line_ids": [Command.create({"move_line_id": self._item(move).id, "amount": amount})],
                    **values,
                }
            )
        )

    def _promised(self, day, **kwargs):
        query = self.env["crm.payment.promise"]._promised_query(self.company.ids, day, **kwargs)
        return [
            (item, float(amount), when)
            for item, amount, when in self.env.execute_query(
                SQL("SELECT line_id, amount, date FROM (%s) promised ORDER BY 1, 3", query)
            )
        ]

    def _disputed(self, day):
        query = self.env["crm.dispute"]._disputed_query(self.company.ids, day)
        return {item: float(amount) for item, amount in self.env.execute_query(query)}
