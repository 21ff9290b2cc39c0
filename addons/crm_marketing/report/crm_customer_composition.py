from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from .crm_insight_fact import WINDOW

AGE_BANDS = [
    ("1", "Under 25"),
    ("2", "25 to 34"),
    ("3", "35 to 44"),
    ("4", "45 to 54"),
    ("5", "55 to 64"),
    ("6", "65 and over"),
    ("unknown", "Not entered"),
    ("company", "A company"),
]
AGE_STARTS = (25, 35, 45, 55, 65)  # first year of the bands 2 to 6
MEASURES = ("customers", "revenue", "margin")


class CrmCustomerComposition(models.Model):
    """Who the customers are: industry, occupation, age band, type and region, against the days before.

    One row a customer and company with sales in the window (see `crm.insight.fact`) or in as many days before it.
    Sales: posted invoice lines, untaxed, less credit notes, company currency; margin: sales less cost where the cost
    is known, as in the metric 'margin'. Age at the last day; of a company there is none.
    """

    _name = "crm.customer.composition"
    _inherit = ["crm.fact", "crm.insight.fact"]
    _description = "Customer Composition"
    _auto = False
    _order = "revenue desc, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    occupation = fields.Char(readonly=True)
    age_band = fields.Selection(AGE_BANDS, string="Age", readonly=True, depends_context=WINDOW)
    customer_role = fields.Selection(
        lambda self: [
            *self.env["res.partner"]._fields["customer_role"]._description_selection(self.env),
            ("none", self.env._("No role")),
        ],
        string="Type",
        readonly=True,
    )
    is_company = fields.Boolean(string="A Company", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    state_id = fields.Many2one("res.country.state", string="Region", readonly=True)
    city = fields.Char(readonly=True)
    customers = fields.Integer(readonly=True, depends_context=WINDOW)
    customers_before = fields.Integer(readonly=True, depends_context=WINDOW)
    customers_change = fields.Float(
        string="Customers %", readonly=True, aggregator="avg", depends_context=WINDOW, help="Change in percent."
    )
    revenue = fields.Monetary(string="Sales", readonly=True, depends_context=WINDOW)
    revenue_before = fields.Monetary(string="Sales before", readonly=True, depends_context=WINDOW)
    revenue_change = fields.Float(
        string="Sales %", readonly=True, aggregator="avg", depends_context=WINDOW, help="Change in percent."
    )
    margin = fields.Monetary(readonly=True, depends_context=WINDOW, help="Of the sales whose cost is known.")
    margin_before = fields.Monetary(readonly=True, depends_context=WINDOW)
    margin_change = fields.Float(
        string="Margin %", readonly=True, aggregator="avg", depends_context=WINDOW, help="Change in percent."
    )
    uncosted = fields.Monetary(string="Sales without cost", readonly=True, depends_context=WINDOW)

    _depends = {
        "account.move": ["commercial_partner_id", "company_id", "invoice_date", "move_type", "state"],
        "account.move.line": ["balance", "display_type", "product_id", "quantity"],
        "res.partner": [
            *("city", "country_id", "crm_birthdate", "crm_occupation", "customer_role", "industry_id", "is_company"),
            *("state_id", "user_id"),
        ],
    }

    @property
    def _table_query(self) -> SQL:
        first, last = self._insight_window()
        changes = SQL(", ").join(
            SQL(
                "100.0 * (sold.%(now)s - sold.%(before)s) / NULLIF(GREATEST(sold.%(before)s, 0), 0) AS %(change)s",
                now=SQL.identifier(name),
                before=SQL.identifier(f"{name}_before"),
                change=SQL.identifier(f"{name}_change"),
            )
            for name in MEASURES
        )
        return SQL(
            """SELECT sold.partner_id::bigint * %(factor)s + sold.company_id AS id, sold.*, company.currency_id,
                      partner.user_id AS partner_user_id, partner.industry_id, partner.is_company,
                      COALESCE(NULLIF(TRIM(partner.crm_occupation), ''), %(nothing)s) AS occupation,
                      COALESCE(partner.customer_role, 'none') AS customer_role, partner.country_id,
                      partner.state_id, COALESCE(NULLIF(TRIM(partner.city), ''), %(nothing)s) AS city,
                      CASE WHEN partner.is_company THEN 'company' WHEN partner.crm_birthdate IS NULL THEN 'unknown'
                           ELSE (1 + WIDTH_BUCKET(EXTRACT(YEAR FROM AGE(%(last)s::date, partner.crm_birthdate)),
                                                  %(starts)s::numeric[]))::text END AS age_band,
                      %(changes)s
                 FROM (%(sold)s) sold
                 JOIN res_partner partner ON partner.id = sold.partner_id
                 JOIN res_company company ON company.id = sold.company_id""",
            factor=self._id_factor(),
            nothing=self.env._("Not entered"),
            last=last,
            starts=list(AGE_STARTS),
            changes=changes,
            sold=self._sold(first, last),
        )

    @api.model
    def _sold(self, first, last):
        """Query of (company_id, partner_id, measures of the window and of as many days before)."""
        start = first - (last - first) - relativedelta(days=1)
        return SQL(
            """SELECT company_id, partner_id,
                      MAX(CASE WHEN day >= %(first)s THEN 1 ELSE 0 END) AS customers,
                      MAX(CASE WHEN day < %(first)s THEN 1 ELSE 0 END) AS customers_before,
                      COALESCE(SUM(sales) FILTER (WHERE day >= %(first)s), 0) AS revenue,
                      COALESCE(SUM(sales) FILTER (WHERE day < %(first)s), 0) AS revenue_before,
                      COALESCE(SUM(sales - cost) FILTER (WHERE day >= %(first)s), 0) AS margin,
                      COALESCE(SUM(sales - cost) FILTER (WHERE day < %(first)s), 0) AS margin_before,
                      COALESCE(SUM(sales) FILTER (WHERE day >= %(first)s AND cost IS NULL), 0) AS uncosted
                 FROM (%(lines)s) line GROUP BY company_id, partner_id""",
            first=first,
            lines=self._insight_lines(start, last + relativedelta(days=1)),
        )

    def _read_group_select(self, aggregate_spec, query):
        """The change of a group is that of its sums."""
        for name in MEASURES:
            if aggregate_spec == f"{name}_change:avg":
                return SQL(
                    "100.0 * (SUM(%(now)s) - SUM(%(before)s)) / NULLIF(GREATEST(SUM(%(before)s), 0), 0)",
                    now=self._field_to_sql(self._table, name, query),
                    before=self._field_to_sql(self._table, f"{name}_before", query),
                )
        return super()._read_group_select(aggregate_spec, query)

    def action_open_customer(self):
        self.ensure_one()
        return self._open_form(self.partner_id)
