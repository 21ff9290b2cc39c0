from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..tools import target as rules

SOURCES = {
    "ordered": "order_line", "margin": "order_line", "quantity": "order_line", "invoiced": "invoice",
    "collected": "collection", "visits": "visit", "new_customers": "new_customer",
}  # fmt: skip


class CrmTargetLine(models.Model):
    """A month or week of a target; what was reached is read from the records, never stored."""

    _name = "crm.target.line"
    _description = "Period of a Target"
    _order = "target_id, date_from"

    target_id = fields.Many2one("crm.target", "Whole Target", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="target_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    scope = fields.Selection(related="target_id.scope", store=True)
    measure = fields.Selection(related="target_id.measure", store=True)
    state = fields.Selection(related="target_id.state", store=True)
    user_id = fields.Many2one(related="target_id.user_id", store=True, index=True)
    team_id = fields.Many2one(related="target_id.team_id", store=True, index=True)
    territory_id = fields.Many2one(related="target_id.territory_id", store=True)
    date_from = fields.Date("From", required=True, index=True)
    date_to = fields.Date("Until", required=True)
    weight = fields.Float(default=1.0, help="Share of this period where the profile is own weights.")
    amount = fields.Float("Target", digits=(16, 2), required=True)
    actual = fields.Float("Reached", digits=(16, 2), compute="_compute_actual")
    attainment = fields.Float("Attainment (%)", digits=(16, 1), compute="_compute_actual", aggregator=None)

    _unique_period = models.Constraint("UNIQUE (target_id, date_from)", "A target has one amount a period.")

    @api.constrains("amount")
    def _check_amount(self):
        """A change of one period is a change of the whole."""
        self.target_id._check_lines()

    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.target_id.name}: {line._period_name()}"

    def _period_name(self):
        """May, or week 18."""
        if self.target_id.unit == "week":
            return self.env._("week %(number)s", number=self.date_from.isocalendar().week)
        return format_date(self.env, self.date_from, date_format="LLLL")

    @api.depends("amount")
    def _compute_actual(self):
        actuals = self._actuals()
        for line in self:
            line.actual = actuals.get(line.id, 0.0)
            line.attainment = rules.attainment(line.actual, line.amount) or 0.0

    def _actuals(self):
        """{id: reached} of all lines in one statement a measure.

        The figure is the company's: whoever may read the target may read what it measures, so the facts are read
        without record rules; companies stay apart.
        """
        lines = self.filtered(lambda line: isinstance(line.id, int))
        result = {}
        for measure, batch in lines.sudo().grouped("measure").items():
            result.update(batch._actuals_of(measure))
        return result

    def _actuals_of(self, measure):
        facts = self.env["crm.performance"].sudo()
        start, stop = min(self.mapped("date_from")), max(self.mapped("date_to"))
        if SOURCES[measure] not in facts._parts():
            return {}
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    WITH fact AS MATERIALIZED (%(facts)s)
                    SELECT line.id, COALESCE(SUM(fact.%(measure)s), 0)::float
                      FROM crm_target_line line
                      JOIN crm_target target ON target.id = line.target_id
                      LEFT JOIN fact ON fact.company_id = target.company_id
                           AND fact.date BETWEEN line.date_from AND line.date_to AND %(scope)s
                     WHERE line.id IN %(lines)s GROUP BY line.id
                    """,
                    facts=facts._facts(start, stop, {SOURCES[measure]}),
                    measure=SQL.identifier(measure),
                    scope=self._scope_condition(),
                    lines=tuple(self.ids),
                )
            )
        )

    @api.model
    def _scope_condition(self) -> SQL:
        """Whether a fact belongs to the target; territories and categories take their parts with them."""
        return SQL(
            """CASE target.scope
                    WHEN 'user' THEN fact.user_id = target.user_id
                    WHEN 'team' THEN fact.team_id = target.team_id
                    WHEN 'partner' THEN fact.partner_id = (
                         SELECT commercial_partner_id FROM res_partner WHERE id = target.partner_id)
                    WHEN 'territory' THEN fact.territory_id IN (
                         SELECT part.id FROM crm_territory part
                           JOIN crm_territory whole ON whole.id = target.territory_id
                          WHERE part.parent_path LIKE whole.parent_path || '%%')
                    WHEN 'categ' THEN fact.product_categ_id IN (
                         SELECT part.id FROM product_category part
                           JOIN product_category whole ON whole.id = target.product_categ_id
                          WHERE part.parent_path LIKE whole.parent_path || '%%')
                    ELSE TRUE END"""
        )

    @api.model
    def _season(self, target):
        """{calendar month: reached} in the year before, of the target's subject and measure."""
        facts = self.env["crm.performance"].sudo()
        if SOURCES[target.measure] not in facts._parts():
            return {}
        stop = target.date_from - relativedelta(days=1)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT EXTRACT(MONTH FROM fact.date)::int, SUM(fact.%(measure)s)::float
                     FROM crm_target target JOIN (%(facts)s) fact ON fact.company_id = target.company_id AND %(scope)s
                    WHERE target.id = %(target)s GROUP BY 1""",
                measure=SQL.identifier(target.measure),
                facts=facts._facts(stop - relativedelta(years=1, days=-1), stop, {SOURCES[target.measure]}),
                scope=self._scope_condition(),
                target=target.id,
            )
        )
        return dict(rows)
