from odoo import fields, models


class CrmKindMixin(models.AbstractModel):
    """Tell B2B from B2C of the customer, in a report or record that has a customer as `partner_id`.

    Read through the partner, so that nobody pays for it who does not ask.
    """

    _name = "crm.kind.mixin"
    _description = "B2B or B2C of the Customer"

    partner_id = fields.Many2one("res.partner")
    crm_kind = fields.Selection(related="partner_id.crm_kind")
