from odoo import api, fields, models

# Keys with this scope open nothing but the telephone endpoint.
SCOPE = "crm_service.telephone"


class ResUsers(models.Model):
    _inherit = "res.users"

    telephone_extension = fields.Char(
        help="The number of the agent in the telephone system: the caller's page opens for whoever's telephone rings."
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "telephone_extension"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "telephone_extension"]

    @api.model
    def _telephone_user(self, key):
        """Return the agent whose API key this is, an empty record for a wrong key or a user who is no agent."""
        if not key or len(key) > 200:
            return self.browse()
        user = self.sudo().browse(self.env["res.users.apikeys"].sudo()._check_credentials(scope=SCOPE, key=key))
        return user if user and user.has_group("crm_service.group_service_user") else self.browse()
