from odoo import api, fields, models
from odoo.tools import SQL

EXPENSE_CODE = 216  # of this addon's parts of the timeline: funds has 216 to 218


class CrmCustomerEvent(models.Model):
    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("expense", "Expense for the customer")])

    _depends = {
        "hr.expense": ["account_move_id", "company_id", "crm_customer_id", "currency_id", "date", "employee_id",
                       "name", "total_amount_currency"],
        "hr.employee": ["user_id"],
    }  # fmt: skip

    @api.model
    def _event_parts(self):
        """Adds expenses made for the customer, once they have an entry; amount with tax, + = spent."""
        expense = self._event_part(
            EXPENSE_CODE,
            "expense",
            SQL(
                """hr_expense expense
                   JOIN hr_employee employee ON employee.id = expense.employee_id
                   JOIN res_partner partner ON partner.id = expense.crm_customer_id"""
            ),
            SQL("expense.account_move_id IS NOT NULL"),
            date=SQL("expense.date + INTERVAL '12 hours'"),
            partner_id=SQL("partner.commercial_partner_id"),
            company_id=SQL("expense.company_id"),
            name=SQL("expense.name"),
            res_model="hr.expense",
            res_id=SQL("expense.id"),
            amount=SQL("expense.total_amount_currency"),
            currency_id=SQL("expense.currency_id"),
            user_id=SQL("employee.user_id"),
        )
        return [*super()._event_parts(), expense]
