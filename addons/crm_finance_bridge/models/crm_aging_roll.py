from odoo import api, fields, models
from odoo.addons.crm_custom.tools.aging import BUCKETS
from odoo.tools import SQL

from ..tools import roll_rate


class CrmAgingRoll(models.Model):
    """What became of the money of an age bucket by the next month end: settled, or open in which bucket.

    Followed item by item between two month ends, invoices and other debits only; company currency, amounts positive.
    The rates expect how much of today's receivables will grow old.
    """

    _name = "crm.aging.roll"
    _inherit = ["crm.bucket.mixin"]
    _description = "Roll Rates of Receivables"
    _order = "date desc, company_id, sequence, id"

    _bucket_fields = ("bucket", "outcome")

    kpi_id = fields.Many2one("crm.receivable.kpi", "Month", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Month End", required=True, help="Compared with the month end before.")
    sequence = fields.Integer(aggregator=None)
    bucket = fields.Selection(selection="_selection_bucket", string="Age Before", required=True)
    outcome = fields.Selection(selection="_selection_outcome", required=True)
    amount = fields.Monetary(help="Of what was open in the bucket at the month end before.")
    base = fields.Monetary(
        "Open Before", aggregator=None, help="All that was open in the bucket at the month end before."
    )
    rate = fields.Float(
        "Share (%)",
        digits=(5, 1),
        aggregator="avg",
        help="Of what was open in the bucket; its outcomes add up to 100. Over several months weighted by amount.",
    )

    @api.model
    def _selection_outcome(self):
        return [(roll_rate.SETTLED, self.env._("Settled")), *self._selection_bucket()]

    @api.depends("bucket", "outcome", "date")
    def _compute_display_name(self):
        buckets, outcomes = dict(self._selection_bucket()), dict(self._selection_outcome())
        for roll in self:
            roll.display_name = f"{buckets.get(roll.bucket)} → {outcomes.get(roll.outcome)}"

    def _read_group_select(self, aggregate_spec, query):
        """The share of a group: its amount of what was open. Each month and bucket has a row an outcome, so that the
        sum of `base` counts what was open once an outcome."""
        if aggregate_spec != "rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        amount, base, outcome = (SQL.identifier(self._table, name) for name in ("amount", "base", "outcome"))
        return SQL("100 * SUM(%s) * COUNT(DISTINCT %s) / NULLIF(SUM(%s), 0)", amount, outcome, base)

    @api.model
    def _insert(self, kpi):
        """The moves between the month end before and this one: each bucket that held money, each outcome."""
        found = self._moves(kpi.company_id, fields.Date.subtract(kpi.date.replace(day=1), days=1), kpi.date)
        rates = roll_rate.rates(found)
        amounts = {(before, after): amount for before, after, amount in found}
        moves = [
            (before, after, amounts.get((before, after), 0.0))
            for before in rates
            for after in (roll_rate.SETTLED, *BUCKETS)
        ]
        bases = {before: sum(amount for key, _after, amount in found if key == before) for before in rates}
        self.create(
            [
                {
                    "kpi_id": kpi.id,
                    "company_id": kpi.company_id.id,
                    "date": kpi.date,
                    "sequence": BUCKETS.index(before),
                    "bucket": before,
                    "outcome": after,
                    "amount": amount,
                    "base": bases[before],
                    "rate": rates[before].get(after, 0.0) * 100,
                }
                for before, after, amount in moves
            ]
        )

    @api.model
    def _moves(self, company, start, end):
        """[(bucket at `start`, bucket at `end` or "settled", amount)] of the debits open at `start`, in one query."""
        scans = []
        for day in (start, end):
            Item = self.env["crm.open.item"].sudo().with_context(as_of=day, allowed_company_ids=company.ids)
            query = Item._search([("company_id", "=", company.id), ("residual", ">", 0)])
            scans.append(query.select(*(SQL.identifier(Item._table, name) for name in ("id", "bucket", "residual"))))
        return self.env.execute_query(
            SQL(
                """
                WITH pair AS (
                    SELECT old.bucket AS before, new.bucket AS after, old.residual AS amount,
                           LEAST(old.residual, COALESCE(new.residual, 0)) AS rest
                      FROM (%s) old LEFT JOIN (%s) new ON new.id = old.id
                )
                SELECT before, after, SUM(rest) FROM pair WHERE rest > 0 GROUP BY 1, 2
                 UNION ALL
                SELECT before, %s, SUM(amount - rest) FROM pair GROUP BY 1 HAVING SUM(amount - rest) > 0
                """,
                *scans,
                roll_rate.SETTLED,
            )
        )

    @api.model
    def _rates(self, company, as_of, months=12):
        """{bucket: {outcome: share 0 to 1}} over the month ends of the last months; empty without history."""
        rows = self.sudo()._read_group(
            [
                ("company_id", "=", company.id),
                ("date", "<=", as_of),
                ("date", ">", fields.Date.subtract(as_of, months=months)),
            ],
            ["bucket", "outcome"],
            ["amount:sum"],
        )
        return roll_rate.rates(rows)
