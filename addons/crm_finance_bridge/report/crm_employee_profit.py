from odoo import fields, models
from odoo.tools import SQL


class CrmEmployeeProfit(models.Model):
    """Revenue and profit per employee, by calendar year and company.

    Revenue and profit are the posted items of income and of all profit and loss accounts, company currency. Employees
    are those on the last day of the year (today in the running year): from the first contract, else from when they
    were entered, to the departure. No employee: no figure per employee.
    """

    _name = "crm.employee.profit"
    _description = "Profit per Employee"
    _auto = False
    _rec_name = "year"
    _order = "year desc, company_id"

    year = fields.Char(readonly=True)
    date = fields.Date("Year Starts", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection([("ok", "Known"), ("none", "No employees")], readonly=True)
    revenue = fields.Monetary(readonly=True, help="Posted on income accounts.")
    profit = fields.Monetary(readonly=True, help="Posted income less posted expenses.")
    employees = fields.Integer(readonly=True, aggregator="avg", help="On the last day of the year, or today.")
    revenue_each = fields.Monetary("Revenue per Employee", readonly=True, aggregator="avg")
    profit_each = fields.Monetary("Profit per Employee", readonly=True, aggregator="avg")
    profit_change = fields.Float("Profit against Year Before %", readonly=True, aggregator=None, digits=(16, 1))
    staff_change = fields.Float("Staff against Year Before %", readonly=True, aggregator=None, digits=(16, 1))

    _depends = {
        "account.move.line": ["account_id", "balance", "company_id", "date", "parent_state"],
        "account.account": ["account_type"],
        "hr.employee": ["company_id"],
        "hr.version": ["contract_date_start", "departure_date", "employee_id"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT base.date_year * %(factor)s + base.company_id AS id, base.date_year::varchar AS year,
                   MAKE_DATE(base.date_year, 1, 1) AS date, base.company_id, company.currency_id,
                   CASE WHEN base.employees > 0 THEN 'ok' ELSE 'none' END AS state, base.revenue, base.profit,
                   base.employees, COALESCE(ROUND(base.revenue / NULLIF(base.employees, 0), 2), 0) AS revenue_each,
                   COALESCE(ROUND(base.profit / NULLIF(base.employees, 0), 2), 0) AS profit_each,
                   COALESCE(100 * (base.profit - LAG(base.profit) OVER years)
                            / NULLIF(ABS(LAG(base.profit) OVER years), 0), 0)::float AS profit_change,
                   COALESCE(100.0 * (base.employees - LAG(base.employees) OVER years)
                            / NULLIF(LAG(base.employees) OVER years, 0), 0)::float AS staff_change
              FROM (SELECT money.*, (SELECT COUNT(*) FROM (%(staff)s) person
                                      WHERE person.company_id = money.company_id
                                        AND person.started <= LEAST(MAKE_DATE(money.date_year, 12, 31), %(today)s::date)
                                        AND COALESCE(person.departed, 'infinity')
                                            > LEAST(MAKE_DATE(money.date_year, 12, 31), %(today)s::date)) AS employees
                      FROM (%(money)s) money) base
              JOIN res_company company ON company.id = base.company_id
            WINDOW years AS (PARTITION BY base.company_id ORDER BY base.date_year)
            """,
            factor=self.env["crm.customer.profit"]._id_factor(),
            today=fields.Date.context_today(self),
            staff=self._staff(),
            money=self._money(),
        )

    def _money(self):
        return SQL(
            """
            SELECT line.company_id, EXTRACT(YEAR FROM line.date)::int AS date_year,
                   COALESCE(-SUM(line.balance) FILTER (WHERE account.account_type LIKE 'income%%'), 0) AS revenue,
                   -SUM(line.balance) AS profit
              FROM account_move_line line JOIN account_account account ON account.id = line.account_id
             WHERE line.parent_state = 'posted'
               AND (account.account_type LIKE 'income%%' OR account.account_type LIKE 'expense%%')
             GROUP BY 1, 2
            """
        )

    def _staff(self):
        """(company_id, started, departed) of everybody; an archived employee without a departure counts for no year."""
        return SQL(
            """
            SELECT employee.company_id,
                   COALESCE(MIN(version.contract_date_start), employee.create_date::date) AS started,
                   MAX(version.departure_date) AS departed
              FROM hr_employee employee LEFT JOIN hr_version version ON version.employee_id = employee.id
             GROUP BY employee.id, employee.company_id, employee.create_date, employee.active
            HAVING employee.active OR MAX(version.departure_date) IS NOT NULL
            """
        )

    def action_open_entries(self):
        """The posted items behind revenue and profit."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Profit and Loss of %(year)s", year=self.year),
            "res_model": "account.move.line",
            "view_mode": "list,pivot",
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("date", ">=", self.date),
                ("date", "<=", fields.Date.end_of(self.date, "year")),
                ("account_id.internal_group", "in", ("income", "expense")),
            ],
            "context": {"search_default_group_by_account": 1},
        }
