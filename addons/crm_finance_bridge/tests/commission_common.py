"""A plan on collected money and its month-ends, for the tests of commission."""

from odoo import Command

from .common import FinanceCommon


class CommissionCommon(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.commission.plan"].search([]).state = "closed"
        cls.leader = cls._user("fin_leader", "sales_team.group_sale_manager")
        cls.team = cls.env["crm.team"].create(
            {"name": "Hardware", "company_id": cls.company.id, "user_id": cls.leader.id}
        )
        cls.company.crm_commission_journal_id = cls.company_data["default_journal_misc"]
        cls.company.crm_commission_account_id = cls.company_data["default_account_expense"]
        cls.engine = cls.env["crm.commission.run"]

    @classmethod
    def plan(cls, rate=5.0, rules=None, activate=True, **values):
        rules = rules or [{"kind": "rate", "rate": rate}]
        plan = cls.env["crm.commission.plan"].create(
            {
                "name": "Plan",
                "company_id": cls.company.id,
                "date_from": "2026-01-01",
                "rule_ids": [Command.create({"sequence": place, **rule}) for place, rule in enumerate(rules)],
                **values,
            }
        )
        if activate:
            plan.with_user(cls.finance).action_activate()
        return plan

    @classmethod
    def compute(cls, month="2026-02-28"):
        return cls.engine._run(cls.company, cls.env["crm.wage"]._fields["month"].to_date(month))

    def statement(self, user=None, month="2026-02-01"):
        return self.env["crm.commission.statement"].search(
            [("company_id", "=", self.company.id), ("user_id", "=", (user or self.salesman).id), ("month", "=", month)]
        )

    def approve(self, statement):
        statement.with_user(self.finance).action_approve()

    def credit(self, invoice, amount=None, date="2026-03-05", reconcile=False):
        """A credit note of the invoice (of a part of it), not matched unless asked."""
        refund = invoice._reverse_moves([{"invoice_date": date, "date": date}])
        if amount:
            refund.invoice_line_ids.price_unit = amount
        refund.action_post()
        if reconcile:
            lines = (invoice + refund).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
            lines.filtered(lambda line: not line.reconciled).reconcile()
        return refund

    def pay_back(self, refund, date="2026-03-20"):
        """The money of a credit note goes back to the customer."""
        return self._register_payment(refund, payment_date=date)
