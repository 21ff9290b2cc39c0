from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_win_on_order = fields.Boolean(related="company_id.crm_win_on_order", readonly=False)
    crm_large_deal_amount = fields.Float(related="company_id.crm_large_deal_amount", readonly=False)
    crm_large_deal_idle_days = fields.Integer(related="company_id.crm_large_deal_idle_days", readonly=False)
    crm_large_deal_user_id = fields.Many2one(related="company_id.crm_large_deal_user_id", readonly=False)
    crm_hygiene_idle_days = fields.Integer(related="company_id.crm_hygiene_idle_days", readonly=False)
    crm_qualification_min = fields.Float(related="company_id.crm_qualification_min", readonly=False)
    crm_win_goal = fields.Float(related="company_id.crm_win_goal", readonly=False)
    crm_baseline_from = fields.Date(related="company_id.crm_baseline_from", readonly=False)
    crm_baseline_to = fields.Date(related="company_id.crm_baseline_to", readonly=False)
    crm_baseline_win_rate = fields.Float(related="company_id.crm_baseline_win_rate")
    crm_baseline_cycle_days = fields.Float(related="company_id.crm_baseline_cycle_days")
    crm_baseline_deals = fields.Integer(related="company_id.crm_baseline_deals")

    def action_measure_baseline(self):
        self.ensure_one()
        self.execute()
        self.company_id._crm_measure_baseline()
        return {"type": "ir.actions.client", "tag": "reload"}
