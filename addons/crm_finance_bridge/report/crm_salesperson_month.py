from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

MONTHS = 24
SOURCES = {"order_line", "order", "collection", "target"}


class CrmSalespersonMonth(models.Model):
    """Orders, collections, target and place of each salesperson by month, as `crm.performance` counts them.

    Amounts in company currency; ordered amounts without tax. Places count among the salespeople of the company in the
    month; equal amounts share a place. The last 24 months. A salesperson sees the own rows, but the place among all.
    """

    _name = "crm.salesperson.month"
    _inherit = ["crm.salesperson.row.mixin"]
    _description = "Salesperson's Month"
    _auto = False
    _order = "month DESC, rank"
    _rec_name = "month"

    orders = fields.Integer(readonly=True)
    ordered = fields.Monetary(readonly=True)
    target_ordered = fields.Monetary(readonly=True)
    attainment = fields.Float("Ordered % of Target", readonly=True, digits=(16, 1), aggregator="avg")
    collected = fields.Monetary(readonly=True)
    target_collected = fields.Monetary(readonly=True)
    attainment_collected = fields.Float("Collected % of Target", readonly=True, digits=(16, 1), aggregator="avg")
    rank = fields.Integer("Place", readonly=True, aggregator=None, help="By the money collected.")
    rank_ordered = fields.Integer("Order Place", readonly=True, aggregator=None, help="By the orders.")
    people = fields.Integer("Of", readonly=True, aggregator=None, help="Salespeople of the company in the month.")
    target_state = fields.Selection(
        [("none", "No Target Set"), ("missed", "Below Target"), ("reached", "Target Reached")], "Target", readonly=True
    )

    _depends = {"crm.performance": []}

    @property
    def _table_query(self) -> SQL:
        today = fields.Date.context_today(self)
        start = today.replace(day=1) - relativedelta(months=MONTHS - 1)
        # The parts themselves: places need no territories, which cost a look-up a row.
        parts = self.env["crm.performance"].sudo()._parts(start, fields.Date.end_of(today, "month"))
        return SQL(
            """
            SELECT %(id)s AS id,
                   sums.*,
                   100 * sums.ordered / NULLIF(sums.target_ordered, 0) AS attainment,
                   100 * sums.collected / NULLIF(sums.target_collected, 0) AS attainment_collected,
                   (RANK() OVER (month_of ORDER BY sums.collected DESC))::int AS rank,
                   (RANK() OVER (month_of ORDER BY sums.ordered DESC))::int AS rank_ordered,
                   (COUNT(*) OVER month_of)::int AS people,
                   CASE WHEN sums.target_ordered = 0 AND sums.target_collected = 0 THEN 'none'
                        WHEN sums.ordered >= sums.target_ordered AND sums.collected >= sums.target_collected
                        THEN 'reached' ELSE 'missed' END AS target_state
              FROM (
                    SELECT DATE_TRUNC('month', fact.date)::date AS month, fact.company_id, company.currency_id,
                           fact.user_id, SUM(fact.orders)::int AS orders, SUM(fact.ordered) AS ordered,
                           SUM(fact.target_ordered) AS target_ordered, SUM(fact.collected) AS collected,
                           SUM(fact.target_collected) AS target_collected
                      FROM (%(facts)s) fact JOIN res_company company ON company.id = fact.company_id
                     WHERE fact.user_id IS NOT NULL
                     GROUP BY 1, fact.company_id, company.currency_id, fact.user_id
                   ) sums
            WINDOW month_of AS (PARTITION BY sums.company_id, sums.month)
            """,
            id=self._sql_id("sums"),
            facts=SQL(" UNION ALL ").join(part for name, part in parts.items() if name in SOURCES),
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """A ratio of sums, not a mean of ratios; nothing where no target is set."""
        name = aggregate_spec.partition(":")[0]
        if name not in ("attainment", "attainment_collected"):
            return super()._read_group_select(aggregate_spec, query)
        kind = "ordered" if name == "attainment" else "collected"
        reached, target = (self._field_to_sql(self._table, field, query) for field in (kind, f"target_{kind}"))
        return SQL("100.0 * SUM(%s) / NULLIF(SUM(%s), 0)", reached, target)

    def action_open_performance(self):
        """Open the orders, payments and targets that the row is made of."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_performance_action")
        domain = [
            ("user_id", "=", self.user_id.id),
            ("company_id", "=", self.company_id.id),
            ("date", ">=", self.month),
            ("date", "<=", fields.Date.end_of(self.month, "month")),
        ]
        return {**action, "name": self.display_name, "domain": domain, "context": {}}
