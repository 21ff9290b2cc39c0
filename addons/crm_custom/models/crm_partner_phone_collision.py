from odoo import api, models


class CrmPartnerPhone(models.Model):
    """Further numbers are recognised too, at once."""

    _inherit = "crm.partner.phone"

    @api.model_create_multi
    def create(self, vals_list):
        phones = super().create(vals_list)
        self.env["crm.partner.key"]._mark(phones.partner_id.ids)
        return phones

    def write(self, vals):
        before = self.partner_id.ids
        result = super().write(vals)
        self.env["crm.partner.key"]._mark([*before, *self.partner_id.ids])
        return result

    def unlink(self):
        self.env["crm.partner.key"]._mark(self.partner_id.ids)
        return super().unlink()
