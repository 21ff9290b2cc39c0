from odoo import fields, models


class HrExpense(models.Model):
    """An expense may be spent on a customer: once posted it counts in what it costs to serve him."""

    _inherit = "hr.expense"

    crm_customer_id = fields.Many2one(
        "res.partner",
        "Customer",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('company_id', 'in', [False, company_id])]",
        help="The customer that this expense was made for. It counts in the cost to serve him once posted.",
    )
    crm_expense_type_id = fields.Many2one(related="product_id.crm_expense_type_id", string="Expense Type")
