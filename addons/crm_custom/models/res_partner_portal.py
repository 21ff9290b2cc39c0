from odoo import models

from .crm_partner_request import SENSITIVE


class ResPartner(models.Model):
    """What a customer may change in the portal at once, and what only on approval."""

    _inherit = "res.partner"

    def _crm_portal_value(self, name):
        """The value as the portal shows it: the company's name is the commercial partner's."""
        self.ensure_one()
        if name == "company_name" and self.commercial_partner_id != self:
            return self.commercial_partner_id.name
        return self[name]

    def _crm_sensitive_changes(self, values):
        """{field: new value} of the sensitive fields that differ from what is stored."""
        asked = {name: (values[name] or "").strip() for name, _label in SENSITIVE if name in values}
        return {name: value for name, value in asked.items() if value != (self._crm_portal_value(name) or "")}
