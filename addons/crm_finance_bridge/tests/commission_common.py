"""A plan on collected money and its month-ends, for the tests of commission."""

from collections import defaultdict
from decimal import Decimal

from odoo import Command
from odoo.addons.crm_custom.tests.oracle import exact

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

    def close(self, month):
        """Compute a month and approve all that is provisional until then."""
        self.compute(month)
        domain = [("company_id", "=", self.company.id), ("state", "=", "draft"), ("user_id", "!=", False)]
        self.approve(self.env["crm.commission.statement"].search([*domain, ("month", "<=", month)]))

    def totals(self, plan):
        """{person: commission} without zeros."""
        found = defaultdict(Decimal)
        for line in self.env["crm.commission.line"].search([("plan_id", "=", plan.id)]):
            found[line.user_id] += exact(line.amount)
        return {user: float(amount) for user, amount in found.items() if amount}

    def snapshot(self):
        names = ("plan_id", "user_id", "month", "origin_month", "source_key", "kind", "base_amount", "amount", "rate")
        lines = self.env["crm.commission.line"].search([("company_id", "=", self.company.id)])
        return sorted(str([str(line[name]) for name in names]) for line in lines)

    def compute_twice(self, month):
        closed = self.env["crm.commission.statement"].search([("state", "=", "approved")])
        before = {statement: statement.amount_total for statement in closed}
        self.compute(month)
        first = self.snapshot()
        self.compute(month)
        self.assertEqual(self.snapshot(), first, "a second computation changes nothing")
        self.assertEqual({statement: statement.amount_total for statement in closed}, before, "closed ones stay")
