from odoo import fields, models


class CrmSalesOverviewChannel(models.TransientModel):
    _name = "crm.sales.overview.channel"
    _description = "Sales of a Channel"

    overview_id = fields.Many2one("crm.sales.overview", ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="overview_id.currency_id")
    customer_role = fields.Selection(
        selection=lambda self: self.env["res.partner"]._fields["customer_role"]._description_selection(self.env),
        string="Channel",
        help="Empty: customers without a role.",
    )
    ordered = fields.Monetary()
    invoiced = fields.Monetary()
    collected = fields.Monetary()
