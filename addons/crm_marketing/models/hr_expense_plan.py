from odoo import models


class HrExpense(models.Model):
    """An expense that is approved commits the budget of its campaign until it is posted as its cost."""

    _inherit = "hr.expense"

    def _do_approve(self, check=True):
        """An expense that would overspend a campaign is stopped, or its owner is told: the company says which."""
        for expense in self.filtered(lambda expense: expense.campaign_id and expense.state in ("draft", "submitted")):
            self.env["utm.campaign"]._commit_budget(
                expense.company_id, {expense.campaign_id: expense.untaxed_amount}, expense.name
            )
        return super()._do_approve(check=check)
