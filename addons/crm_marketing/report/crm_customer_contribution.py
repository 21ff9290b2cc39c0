from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from .crm_insight_fact import WINDOW

ABILITY = [
    ("credit", "Credit left"),
    ("spend", "No limit set, has bought"),
    ("limit", "Credit used up"),
    ("overdue", "Owes overdue money"),
]


class CrmCustomerContribution(models.Model):
    """Customers of a window of days by what they contribute, and whether they are able to buy more.

    Contribution: sales less known cost of the window (see `crm.insight.fact`), company currency. Ability on the last
    day: overdue money first, then Odoo's credit limit against what is open, else the best calendar year so far.
    """

    _name = "crm.customer.contribution"
    _inherit = ["crm.fact", "crm.insight.fact"]
    _description = "Contribution and Ability to Buy"
    _auto = False
    _order = "place, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    place = fields.Integer(string="Rank", readonly=True, aggregator=None, depends_context=WINDOW)
    contribution = fields.Monetary(readonly=True, depends_context=WINDOW, help="Sales less cost where it is known.")
    share = fields.Float(
        string="Share %", readonly=True, digits=(5, 2), depends_context=WINDOW, help="Of all positive contributions."
    )
    revenue = fields.Monetary(string="Sales", readonly=True, depends_context=WINDOW)
    past_spend = fields.Monetary(
        string="Best Year", readonly=True, depends_context=WINDOW, help="Sales of the best calendar year so far."
    )
    credit_limit = fields.Monetary(readonly=True, help="0: no limit set.")
    open_amount = fields.Monetary(string="Open", readonly=True, depends_context=WINDOW)
    overdue = fields.Monetary(readonly=True, depends_context=WINDOW)
    capacity = fields.Monetary(
        string="Able to Buy for",
        readonly=True,
        depends_context=WINDOW,
        help="What is left of the credit limit; without a limit, the best year. Nothing while money is overdue.",
    )
    ability = fields.Selection(ABILITY, readonly=True, depends_context=WINDOW)
    reason = fields.Char(string="Why", compute="_compute_reason")

    _depends = {
        "account.move": ["commercial_partner_id", "company_id", "invoice_date", "move_type", "state"],
        "account.move.line": ["amount_residual", "balance", "display_type", "product_id", "quantity", "reconciled"],
        "res.partner": ["credit_limit", "user_id"],
    }

    @api.depends("ability", "contribution", "capacity")
    @api.depends_context("lang")
    def _compute_reason(self):
        for row in self:
            money = {
                name: row.currency_id.format(row[name])
                for name in ("contribution", "credit_limit", "open_amount", "overdue", "past_spend")
            }
            texts = {
                "overdue": self.env._("Contributed %(contribution)s; %(overdue)s is overdue", **money),
                "limit": self.env._(
                    "Contributed %(contribution)s; %(open_amount)s of a limit of %(credit_limit)s is open", **money
                ),
                "credit": self.env._(
                    "Contributed %(contribution)s; %(open_amount)s of a limit of %(credit_limit)s is open", **money
                ),
                "spend": self.env._(
                    "Contributed %(contribution)s; bought for %(past_spend)s in the best year", **money
                ),
            }
            row.reason = texts.get(row.ability)

    @property
    def _table_query(self) -> SQL:
        first, last = self._insight_window()
        stop = last + relativedelta(days=1)
        return SQL(
            """SELECT *, CASE ability WHEN 'credit' THEN credit_limit - open_amount
                                      WHEN 'spend' THEN past_spend ELSE 0 END AS capacity
                 FROM (SELECT money.*, CASE WHEN overdue > 0 THEN 'overdue'
                                            WHEN credit_limit > 0 AND open_amount >= credit_limit THEN 'limit'
                                            WHEN credit_limit > 0 THEN 'credit' ELSE 'spend' END AS ability
                         FROM (%(money)s) money) judged""",
            money=self._money(first, last, stop),
        )

    @api.model
    def _money(self, first, last, stop):
        """One row a customer: contribution with rank and share, limit, open and overdue money, best year."""
        return SQL(
            """SELECT sold.partner_id::bigint * %(factor)s + sold.company_id AS id, sold.company_id, sold.partner_id,
                      company.currency_id, partner.user_id AS partner_user_id, sold.contribution, sold.revenue,
                      RANK() OVER (PARTITION BY sold.company_id ORDER BY sold.contribution DESC) AS place,
                      100.0 * GREATEST(sold.contribution, 0)
                          / NULLIF(SUM(GREATEST(sold.contribution, 0)) OVER (PARTITION BY sold.company_id), 0) AS share,
                      GREATEST(COALESCE(year.best, 0), 0) AS past_spend,
                      COALESCE((partner.credit_limit ->> sold.company_id::text)::numeric, limits.fallback, 0)
                          AS credit_limit,
                      COALESCE(item.open_amount, 0) AS open_amount, COALESCE(item.overdue, 0) AS overdue
                 FROM (SELECT company_id, partner_id, SUM(sales - COALESCE(cost, 0)) AS contribution,
                              SUM(sales) AS revenue
                         FROM (%(lines)s) line GROUP BY company_id, partner_id) sold
                 JOIN res_partner partner ON partner.id = sold.partner_id
                 JOIN res_company company ON company.id = sold.company_id
                 JOIN (VALUES %(limits)s) limits (company_id, fallback) ON limits.company_id = sold.company_id
                 LEFT JOIN (%(years)s) year
                   ON year.partner_id = sold.partner_id AND year.company_id = sold.company_id
                 LEFT JOIN (SELECT company_id, partner_id, SUM(residual) AS open_amount,
                                   SUM(residual) FILTER (WHERE days_overdue > 0 AND residual > 0) AS overdue
                              FROM %(items)s item GROUP BY company_id, partner_id) item
                   ON item.partner_id = sold.partner_id AND item.company_id = sold.company_id""",
            factor=self._id_factor(),
            lines=self._insight_lines(first, stop),
            limits=self._limits(),
            years=self._years(stop),
            items=self.env["crm.open.item"].sudo().with_context(as_of=last)._table_sql,
        )

    @api.model
    def _limits(self):
        """Rows (company, limit of partners that have none of their own)."""
        partner = self.env["res.partner"].sudo()
        field = partner._fields["credit_limit"]
        return SQL(", ").join(
            SQL("(%s, %s::numeric)", company.id, field.get_company_dependent_fallback(partner.with_company(company)))
            for company in self._insight_companies()
        )

    @api.model
    def _years(self, stop):
        """Query of (company_id, partner_id, best): sales of the best calendar year before `stop`."""
        metric = self.env["crm.metric"]
        sales = SQL(" UNION ALL ").join(
            SQL(
                """SELECT move.company_id, move.commercial_partner_id AS partner_id,
                          SUM(move.amount_untaxed_signed) AS amount
                     FROM account_move move WHERE %s
                    GROUP BY move.company_id, move.commercial_partner_id, EXTRACT(YEAR FROM move.invoice_date)""",
                metric._sales_where(company, None, stop),
            )
            for company in self._insight_companies().sudo()
        )
        return SQL(
            "SELECT company_id, partner_id, MAX(amount) AS best FROM (%s) sale GROUP BY company_id, partner_id", sales
        )

    def action_open_customer(self):
        self.ensure_one()
        return self._open_form(self.partner_id)
