from odoo import api, fields, models


class CrmGrowthMilestone(models.Model):
    """A step of a dealer's growth plan: what is to be there, and the sales reached by then."""

    _name = "crm.growth.milestone"
    _description = "Growth Plan Milestone"
    _order = "date, id"

    plan_id = fields.Many2one("crm.growth.plan", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    name = fields.Char(string="What", required=True)
    date = fields.Date(string="By", required=True)
    target_sales = fields.Monetary(string="Sales by then")
    actual_sales = fields.Monetary(compute="_compute_actual", help="From the start of the plan to the milestone.")
    is_done = fields.Boolean(string="Done")
    state = fields.Selection(
        [("open", "Open"), ("reached", "Reached"), ("late", "Late")], compute="_compute_actual", string="Status"
    )

    @api.depends("date", "target_sales", "is_done", "plan_id.date_from", "plan_id.partner_id")
    def _compute_actual(self):
        """Sales in one query for all milestones; one without a sales target is reached when it is done."""
        today = fields.Date.context_today(self)
        spans = [
            (line.plan_id._origin.id, line._origin.id, line.plan_id.date_from, min(line.date, today))
            for line in self
            if line._origin.id and line.plan_id._origin.id and line.date
        ]
        sums = self.env["crm.growth.plan"]._sum_sales(spans)
        for line in self:
            line.actual_sales = sums.get((line.plan_id._origin.id, line._origin.id), 0)
            reached = line.is_done or (line.target_sales and line.actual_sales >= line.target_sales)
            line.state = "reached" if reached else "late" if line.date and line.date < today else "open"
