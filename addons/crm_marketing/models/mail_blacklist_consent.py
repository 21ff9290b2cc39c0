from odoo import api, models


class MailBlacklist(models.Model):
    """Every change of the mail blacklist, by link, by hand or by bounces, is a decision in the ledger."""

    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        active = entries.filtered("active")
        self.env["crm.consent"]._note_change("email", active.mapped("email"), stopped=True)
        return entries

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self.env["crm.consent"]._note_change("email", self.mapped("email"), stopped=bool(vals["active"]))
        return result
