from odoo import fields, models
from odoo.tools import SQL

# States of an expense that is agreed, and of one that waits.
AGREED = ("approved", "posted", "in_payment", "paid")
WAITING = ("draft", "submitted")


class CrmSalespersonPay(models.Model):
    """Wage, commission and expenses of each person by month: own ones only, for whoever is no accounting administrator.

    Amounts in company currency. Wage: `crm.wage`, entered or what its posted item says now. Commission: lines of the
    statement of the month, provisional ones too; approved ones apart. Expenses: of the person's employee, by the day of
    the expense; those refused do not count.
    """

    _name = "crm.salesperson.pay"
    _inherit = ["crm.salesperson.row.mixin"]
    _description = "Wage, Commission and Expenses"
    _auto = False
    _order = "month DESC, user_id"
    _rec_name = "month"

    user_id = fields.Many2one(string="Person")
    wage = fields.Monetary(readonly=True)
    commission = fields.Monetary(readonly=True, help="Also what is still provisional.")
    commission_approved = fields.Monetary(readonly=True)
    expense = fields.Monetary("Expenses", readonly=True, help="Approved, booked or paid.")
    expense_waiting = fields.Monetary("Expenses Waiting", readonly=True, help="Not approved yet.")
    total = fields.Monetary("Wage and Commission", readonly=True)

    _depends = {
        "account.move.line": ["balance", "parent_state"],
        "crm.wage": ["company_id", "entered", "month", "move_line_id", "user_id"],
        "crm.commission.line": ["amount", "company_id", "month", "statement_id", "user_id"],
        "crm.commission.statement": ["state"],
        "hr.expense": ["company_id", "date", "employee_id", "state", "total_amount"],
        "hr.employee": ["user_id"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT %(id)s AS id,
                   part.month, part.company_id, company.currency_id, part.user_id, SUM(part.wage) AS wage,
                   SUM(part.commission) AS commission, SUM(part.commission_approved) AS commission_approved,
                   SUM(part.expense) AS expense, SUM(part.expense_waiting) AS expense_waiting,
                   SUM(part.wage + part.commission) AS total
              FROM (
                    SELECT paid.month, paid.company_id, paid.user_id,
                           CASE WHEN item.id IS NULL THEN paid.entered
                                WHEN item.parent_state = 'posted' THEN item.balance ELSE 0 END AS wage,
                           0 AS commission, 0 AS commission_approved, 0 AS expense, 0 AS expense_waiting
                      FROM crm_wage paid LEFT JOIN account_move_line item ON item.id = paid.move_line_id
                     UNION ALL
                    SELECT line.month, line.company_id, line.user_id, 0, line.amount,
                           CASE WHEN statement.state IN ('approved', 'posted') THEN line.amount ELSE 0 END, 0, 0
                      FROM crm_commission_line line JOIN crm_commission_statement statement
                           ON statement.id = line.statement_id
                     WHERE line.user_id IS NOT NULL
                     UNION ALL
                    SELECT DATE_TRUNC('month', expense.date)::date, expense.company_id, employee.user_id, 0, 0, 0,
                           CASE WHEN expense.state IN %(agreed)s THEN expense.total_amount ELSE 0 END,
                           CASE WHEN expense.state IN %(waiting)s THEN expense.total_amount ELSE 0 END
                      FROM hr_expense expense JOIN hr_employee employee ON employee.id = expense.employee_id
                     WHERE employee.user_id IS NOT NULL AND expense.date IS NOT NULL
                       AND expense.state IN %(counted)s
                   ) part
              JOIN res_company company ON company.id = part.company_id
             GROUP BY part.month, part.company_id, company.currency_id, part.user_id
            """,
            id=self._sql_id("part"),
            agreed=AGREED,
            waiting=WAITING,
            counted=AGREED + WAITING,
        )

    # === ACTIONS === #

    def action_open_commission(self):
        self.ensure_one()
        return self._details(
            "crm_finance_bridge.crm_commission_line_action",
            [("user_id", "=", self.user_id.id), ("month", "=", self.month)],
        )

    def action_open_expenses(self):
        self.ensure_one()
        days = [("date", ">=", self.month), ("date", "<=", fields.Date.end_of(self.month, "month"))]
        return self._details(
            "hr_expense.hr_expense_actions_my_all", [("employee_id.user_id", "=", self.user_id.id), *days]
        )

    def action_open_wage(self):
        self.ensure_one()
        return self._details(
            "crm_finance_bridge.crm_wage_action", [("user_id", "=", self.user_id.id), ("month", "=", self.month)]
        )

    def _details(self, xml_id, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {**action, "domain": [*domain, ("company_id", "=", self.company_id.id)], "context": {}}
