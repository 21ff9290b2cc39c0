from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _crm_salutation(self):
        """How a letter to this contact begins, in the contact's language, without the comma."""
        if not self or (self.is_company and not self.parent_id):
            return self.env._("Dear Sir or Madam")
        return self.env._("Dear %s", self.name or "")
