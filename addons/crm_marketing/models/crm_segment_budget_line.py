from odoo import fields, models


class CrmSegmentBudgetLine(models.Model):
    """One segment's share of a budget; figures as of the day it was laid out, company currency."""

    _name = "crm.segment.budget.line"
    _description = "Segment's Share of a Budget"
    _order = "budget_id, id"
    _rec_name = "segment_id"

    budget_id = fields.Many2one("crm.segment.budget", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="budget_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment_id = fields.Many2one("crm.segment", required=True, ondelete="cascade", readonly=True)
    rank = fields.Integer(readonly=True, aggregator=None, help="1: best margin per unit of cost. 0: no cost yet.")
    members = fields.Integer(readonly=True)
    cost = fields.Monetary("Cost of All", readonly=True)
    expected_margin = fields.Monetary(readonly=True)
    ratio = fields.Float("Margin per Cost", digits=(12, 2), readonly=True, aggregator=None)
    allocated = fields.Monetary(readonly=True)
    reason = fields.Char("Why", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True, copy=False)

    def action_create_campaign(self):
        """A campaign for the segment with this money as its budget."""
        self.ensure_one()
        if not self.campaign_id:
            action = self.segment_id.action_create_campaign()
            self.campaign_id = action["res_id"]
            self.campaign_id.budget = self.allocated
        return self.campaign_id.get_formview_action()
