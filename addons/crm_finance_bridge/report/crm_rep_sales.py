from odoo import api, fields, models
from odoo.tools import SQL

STATES = [
    ("none", "No baseline"),
    ("baseline", "Baseline year"),
    ("before", "Before the baseline"),
    ("running", "Running year"),
    ("below", "Below the baseline"),
    ("better", "Above the baseline"),
    ("reached", "Goal reached"),
]


class CrmRepSales(models.Model):
    """Invoiced sales of each salesperson by calendar year, beside the baseline year and the goal (ISM benefit 1).

    Posted invoices less credit notes by invoice date, untaxed, company currency (`account.move.amount_untaxed_signed`).
    Baseline = the salesperson's own sales of the company's baseline year; goal = that plus the percent of the
    settings. Who sold nothing in that year has no baseline. Only full years after the baseline year are judged.
    """

    _name = "crm.rep.sales"
    _description = "Yearly Sales per Salesperson"
    _auto = False
    _rec_name = "user_id"
    _order = "year desc, sales desc, id"

    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    year = fields.Char(readonly=True)
    date = fields.Date("Year Starts", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    sales = fields.Monetary("Invoiced Sales", readonly=True)
    baseline = fields.Monetary(readonly=True, help="Own sales of the baseline year.")
    goal = fields.Monetary(readonly=True)
    change = fields.Float("Change %", readonly=True, aggregator=None, digits=(16, 1), help="Against the baseline.")
    state = fields.Selection(STATES, readonly=True)

    _depends = {
        "account.move": [
            "amount_untaxed_signed",
            "company_id",
            "invoice_date",
            "invoice_user_id",
            "move_type",
            "state",
        ],
        "res.company": ["crm_profit_baseline_year", "crm_rep_goal", "currency_id"],
    }

    @property
    def _table_query(self) -> SQL:
        """States of full years after the baseline: specification in `tools.profit.goal_state`."""
        return SQL(
            """
            SELECT (sold.user_id::bigint * 4096 + sold.date_year) * %(factor)s + sold.company_id AS id, sold.user_id,
                   sold.date_year::varchar AS year, MAKE_DATE(sold.date_year, 1, 1) AS date, sold.company_id,
                   company.currency_id, sold.sales, past.sales AS baseline,
                   ROUND(past.sales * (1 + company.crm_rep_goal::numeric / 100), 2) AS goal,
                   (100 * (sold.sales - past.sales) / NULLIF(past.sales, 0))::float AS change,
                   CASE WHEN past.sales IS NULL THEN 'none'
                        WHEN sold.date_year = company.crm_profit_baseline_year THEN 'baseline'
                        WHEN sold.date_year < company.crm_profit_baseline_year THEN 'before'
                        WHEN sold.date_year >= EXTRACT(YEAR FROM %(today)s::date) THEN 'running'
                        WHEN sold.sales >= ROUND(past.sales * (1 + company.crm_rep_goal::numeric / 100), 2)
                        THEN 'reached'
                        WHEN sold.sales > past.sales THEN 'better' ELSE 'below' END AS state
              FROM (%(sold)s) sold
              JOIN res_company company ON company.id = sold.company_id
              LEFT JOIN (%(sold)s) past ON past.user_id = sold.user_id AND past.company_id = sold.company_id
                   AND past.date_year = company.crm_profit_baseline_year AND past.sales > 0
            """,
            factor=self.env["crm.customer.profit"]._id_factor(),
            sold=self._sold(),
            today=fields.Date.context_today(self),
        )

    @api.model
    def _sold(self):
        return SQL(
            """
            SELECT move.company_id, move.invoice_user_id AS user_id,
                   EXTRACT(YEAR FROM move.invoice_date)::int AS date_year,
                   SUM(move.amount_untaxed_signed) AS sales
              FROM account_move move
             WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND move.invoice_user_id IS NOT NULL
             GROUP BY 1, 2, 3
            """
        )

    def action_open_invoices(self):
        """The invoices behind the year's sales."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("invoice_user_id", "=", self.user_id.id),
                ("invoice_date", ">=", self.date),
                ("invoice_date", "<=", fields.Date.end_of(self.date, "year")),
            ],
        }
