from odoo import api, models


class PhoneBlacklist(models.Model):
    """Every change of the SMS blacklist is a decision in the ledger."""

    _inherit = "phone.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        active = entries.filtered("active")
        self.env["crm.consent"]._note_change("sms", active.mapped("number"), stopped=True)
        return entries

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self.env["crm.consent"]._note_change("sms", self.mapped("number"), stopped=bool(vals["active"]))
        return result
