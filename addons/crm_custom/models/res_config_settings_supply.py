from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_delivery_reminder_days = fields.Integer(related="company_id.crm_delivery_reminder_days", readonly=False)
    crm_stock_by_class = fields.Boolean(related="company_id.crm_stock_by_class", readonly=False)
    crm_delivery_copies = fields.Char(related="company_id.crm_delivery_copies", readonly=False)
    crm_purchase_xlsx = fields.Boolean(related="company_id.crm_purchase_xlsx", readonly=False)
    crm_quotation_xlsx = fields.Boolean(related="company_id.crm_quotation_xlsx", readonly=False)
    crm_price_approver_ids = fields.Many2many(related="company_id.crm_price_approver_ids", readonly=False)
    crm_ship_baseline = fields.Float(related="company_id.crm_ship_baseline", readonly=False)
    crm_ship_baseline_note = fields.Char(related="company_id.crm_ship_baseline_note", readonly=False)

    def action_crm_measure_baseline(self):
        """Measure the last twelve months and keep the figure."""
        self.company_id._crm_measure_ship_baseline()
        return {"type": "ir.actions.client", "tag": "reload"}
