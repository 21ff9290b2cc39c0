from odoo import fields, models
from odoo.tools import SQL, date_utils

PERIODS = [("month", "This Month"), ("quarter", "This Quarter"), ("year", "This Year")]


class CrmRanking(models.Model):
    """Place of every branch (company), team and salesperson by orders and by collections, as of now.

    Rows are computed when read, so a confirmed order or a posted payment moves the ranks at once. Amounts in the
    currency of the current company at today's rate; companies: those selected.
    """

    _name = "crm.ranking"
    _description = "Ranking of Branches and Salespeople"
    _auto = False
    _order = "period, kind, rank, id"
    _rec_name = "name"

    period = fields.Selection(PERIODS, readonly=True)
    kind = fields.Selection(
        [("company", "Branch"), ("team", "Sales Team"), ("user", "Salesperson")], "Ranking of", readonly=True
    )
    company_id = fields.Many2one("res.company", "Branch", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    name = fields.Char(compute="_compute_name")
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_from = fields.Date("From", readonly=True)
    rank = fields.Integer("Place", readonly=True, aggregator=None)
    rank_collected = fields.Integer("Money Place", readonly=True, aggregator=None)
    ordered = fields.Monetary(readonly=True)
    invoiced = fields.Monetary(readonly=True)
    collected = fields.Monetary(readonly=True)
    target_ordered = fields.Monetary(readonly=True)
    attainment = fields.Float("Ordered % of Target", digits=(16, 1), readonly=True, aggregator=None)
    target_state = fields.Selection(
        [("none", "No Target Set"), ("missed", "Below Target"), ("reached", "Target Reached")], "Target", readonly=True
    )

    _depends = {"crm.performance": []}

    def _compute_name(self):
        for row in self:
            row.name = (row.sudo()[f"{row.kind}_id"] if row.kind else row.company_id).display_name

    @property
    def _table_query(self) -> SQL:
        today = fields.Date.context_today(self)
        facts = self.env["crm.performance"].sudo()
        sources = {"order_line", "invoice", "collection", "target"}
        periods = [(number, name, date_utils.start_of(today, name)) for number, (name, _label) in enumerate(PERIODS)]
        return SQL(
            """
            SELECT (sums.key * 3 + sums.kind_number) * 3 + sums.period_number AS id, sums.period, sums.kind,
                   CASE WHEN sums.kind = 'company' THEN sums.key END AS company_id,
                   CASE WHEN sums.kind = 'team' THEN sums.key END AS team_id,
                   CASE WHEN sums.kind = 'user' THEN sums.key END AS user_id,
                   %(currency)s::int AS currency_id, sums.date_from,
                   sums.ordered, sums.invoiced, sums.collected, sums.target_ordered,
                   RANK() OVER (PARTITION BY sums.period, sums.kind ORDER BY sums.ordered DESC) AS rank,
                   RANK() OVER (PARTITION BY sums.period, sums.kind ORDER BY sums.collected DESC) AS rank_collected,
                   100 * sums.ordered / NULLIF(sums.target_ordered, 0) AS attainment,
                   CASE WHEN sums.target_ordered = 0 THEN 'none' WHEN sums.ordered >= sums.target_ordered
                        THEN 'reached' ELSE 'missed' END AS target_state
              FROM (
                SELECT period.name AS period, period.number AS period_number, period.first AS date_from,
                       kind.name AS kind, kind.number AS kind_number, kind.key,
                       SUM(fact.ordered * rate.rate) AS ordered, SUM(fact.invoiced * rate.rate) AS invoiced,
                       SUM(fact.collected * rate.rate) AS collected,
                       SUM(fact.target_ordered * rate.rate) AS target_ordered
                  FROM (%(facts)s) fact
                  JOIN %(rates)s ON rate.company_id = fact.company_id
                  JOIN (VALUES %(periods)s) AS period(number, name, first) ON fact.date >= period.first
                  CROSS JOIN LATERAL (VALUES (0, 'company', fact.company_id), (1, 'team', fact.team_id),
                                             (2, 'user', fact.user_id)) AS kind(number, name, key)
                 WHERE kind.key IS NOT NULL AND fact.company_id IN %(companies)s
                 GROUP BY period.name, period.number, period.first, kind.name, kind.number, kind.key
              ) sums
            """,
            currency=self.env.company.currency_id.id,
            facts=facts._facts(periods[-1][2], today, sources),
            rates=self._rates(today),
            periods=SQL(", ").join(SQL("(%s, %s, %s::date)", *period) for period in periods),
            companies=tuple(self.env.companies.ids),
        )

    def _rates(self, today) -> SQL:
        """Rate from each selected company's currency into the current company's."""
        target = self.env.company.currency_id
        rows = [
            SQL("(%s, %s::numeric)", company.id, company.currency_id._get_conversion_rate(
                company.currency_id, target, self.env.company, today))
            for company in self.env.companies.sudo()
        ]  # fmt: skip
        return SQL("(VALUES %s) AS rate(company_id, rate)", SQL(", ").join(rows))

    def action_open_performance(self):
        """Open what the row is made of."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_performance_action")
        field = f"{self.kind}_id"
        domain = [(field, "=", self[field].id), ("date", ">=", self.date_from)]
        return {**action, "name": self.name, "domain": domain, "context": {}}
