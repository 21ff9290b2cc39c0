from odoo import fields, models


class CrmPanelMember(models.Model):
    """A contact in a panel; one who leaves is archived and is not asked again."""

    _name = "crm.panel.member"
    _description = "Panel Member"
    _order = "id"
    _rec_name = "partner_id"
    _check_company_auto = True

    panel_id = fields.Many2one("crm.panel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="panel_id.company_id", store=True, precompute=True, index=True)
    partner_id = fields.Many2one("res.partner", "Contact", required=True, ondelete="cascade", index=True)
    email = fields.Char(related="partner_id.email")
    joined = fields.Date(required=True, default=fields.Date.context_today)
    active = fields.Boolean(default=True)

    _panel_partner_uniq = models.UniqueIndex("(panel_id, partner_id)", "This contact is a member of the panel already.")
