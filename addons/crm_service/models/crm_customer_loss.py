from odoo import fields, models


class CrmCustomerLoss(models.Model):
    """Why a customer was lost, as somebody found out; the newest entry counts."""

    _name = "crm.customer.loss"
    _description = "Loss of a Customer"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
        string="Company of the Customer",
    )
    date = fields.Date("Found Out On", required=True, default=fields.Date.context_today)
    reason_id = fields.Many2one("crm.loss.reason", required=True, index=True, ondelete="restrict")
    note = fields.Text()
    user_id = fields.Many2one("res.users", "By", required=True, default=lambda self: self.env.user)
