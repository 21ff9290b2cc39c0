from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _crm_erase_more(self):
        """What the person wrote in web forms and said in calls goes too; that there was one stays counted."""
        mine = Domain("partner_id", "=", self.id)
        if self.email_normalized:
            mine |= Domain("email", "=", self.email_normalized)
        entries = self.env["crm.web.form.entry"].search(mine)
        entries.write({"name": False, "email": False, "phone": False, "message": False, "address_hash": False})
        calls = self.env["crm.call.line"].search([("contact_id", "=", self.id)])
        calls.write({"contact_id": False, "note": False})
        return super()._crm_erase_more() + len(entries) + len(calls)
