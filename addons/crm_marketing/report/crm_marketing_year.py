from odoo import fields, models
from odoo.tools import SQL

STATES = [
    ("none", "Not enough data"),
    ("baseline", "Baseline"),
    ("reached", "Goal reached"),
    ("better", "Better than baseline"),
    ("worse", "Not better"),
]


class CrmMarketingYear(models.Model):
    """Marketing of a company by calendar year: what reaching, winning and keeping a customer has cost, beside the
    baseline year and the goals of the settings.

    Reached: customers with a valid touch that is neither a lead nor an order. New: first posted invoice in the year.
    Kept: invoiced in the year and the year before. Cost: posted campaign cost; of campaigns for both aims it is shared
    by the customers won and kept. Selling and administrative expense: accounts that say so. Revenue: income accounts.
    Company currency. Changes in percent against the baseline year, or the first year that has the figure.
    """

    _name = "crm.marketing.year"
    _description = "Marketing Year"
    _auto = False
    _order = "year desc, id desc"
    _rec_name = "name"
    _depends = {
        "crm.campaign.cost": ["amount", "campaign_id", "company_id", "date"],
        "utm.campaign": ["company_id", "crm_aim"],
        "crm.touch": ["campaign_id", "company_id", "date", "kind", "partner_id", "valid"],
        "account.move": ["commercial_partner_id", "company_id", "invoice_date", "move_type", "state"],
        "account.move.line": ["account_id", "balance", "company_id", "date", "parent_state"],
        "account.account": ["account_type", "crm_expense_group"],
        "res.company": [
            "crm_acquisition_reference", "crm_acquisition_reference_high", "crm_expense_goal_pct",
            "crm_marketing_baseline_year", "crm_reach_goal_pct", "currency_id",
        ],
    }  # fmt: skip

    name = fields.Char("Year", readonly=True)
    year = fields.Integer("Calendar Year", readonly=True, aggregator=None)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    cost = fields.Monetary("Campaign Cost", readonly=True)
    reached = fields.Integer("Customers Reached", readonly=True)
    cost_per_reached = fields.Monetary("Cost per Reached Customer", readonly=True, aggregator="avg")
    reach_change = fields.Float("Change (%)", readonly=True, aggregator=None)
    reach_goal = fields.Float("Goal (%)", readonly=True, aggregator=None)
    reach_state = fields.Selection(STATES, "Reaching", readonly=True)
    revenue = fields.Monetary(readonly=True)
    expense = fields.Monetary("Selling and Administrative", readonly=True)
    expense_share = fields.Float("Expense per Revenue (%)", readonly=True, aggregator="avg")
    expense_change = fields.Float("Expense Change (%)", readonly=True, aggregator=None)
    expense_goal = fields.Float("Expense Goal (%)", readonly=True, aggregator=None)
    expense_state = fields.Selection(STATES, "Expense", readonly=True)
    new_customers = fields.Integer(readonly=True)
    kept_customers = fields.Integer(readonly=True)
    cost_win = fields.Monetary("Cost of Winning", readonly=True)
    cost_keep = fields.Monetary("Cost of Keeping", readonly=True)
    cost_per_new = fields.Monetary("Cost per New Customer", readonly=True, aggregator="avg")
    cost_per_kept = fields.Monetary("Cost per Kept Customer", readonly=True, aggregator="avg")
    win_keep_ratio = fields.Float(
        "New / Kept", readonly=True, aggregator=None, help="Cost per new customer / cost per kept customer."
    )
    reference = fields.Float("Others Report", readonly=True, aggregator=None)
    reference_high = fields.Float("Others Report, High", readonly=True, aggregator=None)

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT id, company_id, currency_id, year, year::text AS name, cost, reached, cost_per_reached,
                   100 * (cost_per_reached / NULLIF(base_reached, 0) - 1) AS reach_change, reach_goal, %(reach)s,
                   revenue, expense, expense_share,
                   100 * (expense_share / NULLIF(base_share, 0) - 1) AS expense_change, expense_goal, %(expense)s,
                   new_customers, kept_customers, cost_win, cost_keep, cost_per_new, cost_per_kept,
                   cost_per_new / NULLIF(cost_per_kept, 0) AS win_keep_ratio, reference, reference_high
              FROM (%(based)s) based
            """,
            reach=self._judged("reach_state", "cost_per_reached", "base_reached", "base_reached_year", "reach_goal"),
            expense=self._judged("expense_state", "expense_share", "base_share", "base_share_year", "expense_goal"),
            based=self._based(),
        )

    def _judged(self, name, value, base, base_year, goal):
        """A change against the baseline in one word; the goal counts from its share on."""
        return SQL(
            """CASE WHEN %(value)s IS NULL OR %(base)s IS NULL OR %(base)s = 0 THEN 'none'
                    WHEN year = %(base_year)s THEN 'baseline'
                    WHEN 100 * (%(value)s / %(base)s - 1) <= %(goal)s THEN 'reached'
                    WHEN %(value)s < %(base)s THEN 'better' ELSE 'worse' END AS %(name)s""",
            **{
                key: SQL.identifier(column)
                for key, column in {
                    "value": value,
                    "base": base,
                    "base_year": base_year,
                    "goal": goal,
                    "name": name,
                }.items()
            },
        )

    def _based(self):
        """The years, each with the figures of the baseline year: the chosen one, else the first that has them."""
        base = SQL(", ").join(
            SQL(
                """FIRST_VALUE(%(source)s) OVER (
                       PARTITION BY company_id
                       ORDER BY %(value)s IS NULL, year IS DISTINCT FROM baseline, year) AS %(name)s""",
                source=SQL.identifier(source),
                value=SQL.identifier(value),
                name=SQL.identifier(name),
            )
            for source, value, name in (
                ("cost_per_reached", "cost_per_reached", "base_reached"),
                ("year", "cost_per_reached", "base_reached_year"),
                ("expense_share", "expense_share", "base_share"),
                ("year", "expense_share", "base_share_year"),
            )
        )
        return SQL("SELECT rated.*, %s FROM (%s) rated", base, self._rated())

    def _rated(self):
        """The sums of each year and what they come to by the customer."""
        return SQL(
            """
            SELECT shared.*, cost / NULLIF(reached, 0) AS cost_per_reached,
                   100 * expense / NULLIF(CASE WHEN expense <> 0 THEN revenue END, 0) AS expense_share,
                   cost_win / NULLIF(new_customers, 0) AS cost_per_new,
                   cost_keep / NULLIF(kept_customers, 0) AS cost_per_kept
              FROM (SELECT total.company_id::bigint * 10000 + total.year AS id, total.company_id, company.currency_id,
                           total.year, total.cost, total.reached, total.revenue, total.expense, total.new_customers,
                           total.kept_customers,
                           total.win + total.both_aims * COALESCE(total.new_customers
                               / NULLIF(total.new_customers + total.kept_customers, 0)::numeric, 0) AS cost_win,
                           total.keep + total.both_aims * COALESCE(total.kept_customers
                               / NULLIF(total.new_customers + total.kept_customers, 0)::numeric, 0) AS cost_keep,
                           NULLIF(company.crm_marketing_baseline_year, 0) AS baseline,
                           company.crm_reach_goal_pct::numeric AS reach_goal,
                           company.crm_expense_goal_pct::numeric AS expense_goal,
                           company.crm_acquisition_reference AS reference,
                           company.crm_acquisition_reference_high AS reference_high
                      FROM (%s) total JOIN res_company company ON company.id = total.company_id) shared
            """,
            self._totals(),
        )

    def _totals(self):
        return SQL(
            """
            SELECT company_id, year, SUM(cost) AS cost, SUM(win) AS win, SUM(keep) AS keep,
                   SUM(cost) - SUM(win) - SUM(keep) AS both_aims, SUM(revenue) AS revenue, SUM(expense) AS expense,
                   SUM(reached) AS reached, SUM(new_customers) AS new_customers, SUM(kept_customers) AS kept_customers
              FROM (%s) part
             GROUP BY company_id, year
            """,
            SQL(" UNION ALL ").join([self._part_cost(), self._part_ledger(), self._part_reach(), self._part_buyers()]),
        )

    def _part_cost(self):
        return SQL(
            """
            SELECT spent.company_id, EXTRACT(YEAR FROM spent.date)::int AS year, SUM(spent.amount) AS cost,
                   COALESCE(SUM(spent.amount) FILTER (WHERE campaign.crm_aim = 'win'), 0) AS win,
                   COALESCE(SUM(spent.amount) FILTER (WHERE campaign.crm_aim = 'keep'), 0) AS keep,
                   0::numeric AS revenue, 0::numeric AS expense, 0 AS reached, 0 AS new_customers, 0 AS kept_customers
              FROM (%s) spent JOIN utm_campaign campaign ON campaign.id = spent.campaign_id
             GROUP BY 1, 2
            """,
            self.env["crm.campaign.cost"]._table_query,
        )

    def _part_ledger(self):
        return SQL(
            """
            SELECT line.company_id, EXTRACT(YEAR FROM line.date)::int, 0, 0, 0,
                   COALESCE(-SUM(line.balance) FILTER (WHERE account.account_type = 'income'), 0),
                   COALESCE(SUM(line.balance) FILTER (WHERE account.account_type <> 'income'), 0), 0, 0, 0
              FROM account_move_line line JOIN account_account account ON account.id = line.account_id
             WHERE line.parent_state = 'posted'
               AND (account.account_type = 'income'
                    OR account.crm_expense_group IS NOT NULL AND account.account_type LIKE 'expense%%')
             GROUP BY 1, 2
            """
        )

    def _part_reach(self):
        return SQL(
            """
            SELECT company_id, year, 0, 0, 0, 0, 0, COUNT(*), 0, 0
              FROM (SELECT DISTINCT COALESCE(touch.company_id, campaign.company_id, %s) AS company_id,
                           EXTRACT(YEAR FROM touch.date)::int AS year, touch.partner_id
                      FROM crm_touch touch LEFT JOIN utm_campaign campaign ON campaign.id = touch.campaign_id
                     WHERE touch.valid AND touch.partner_id IS NOT NULL
                       AND touch.kind NOT IN ('lead', 'order', 'optout')) touched
             GROUP BY company_id, year
            """,
            self.env.company.id,
        )

    def _part_buyers(self):
        return SQL(
            """
            SELECT company_id, year, 0, 0, 0, 0, 0, 0, (COUNT(*) FILTER (WHERE before IS NULL))::int,
                   (COUNT(*) FILTER (WHERE before = year - 1))::int
              FROM (SELECT company_id, year,
                           LAG(year) OVER (PARTITION BY company_id, partner_id ORDER BY year) AS before
                      FROM (SELECT DISTINCT company_id, commercial_partner_id AS partner_id,
                                   EXTRACT(YEAR FROM invoice_date)::int AS year
                              FROM account_move
                             WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_receipt')
                               AND commercial_partner_id IS NOT NULL AND invoice_date IS NOT NULL) invoiced) buyer
             GROUP BY company_id, year
            """
        )
