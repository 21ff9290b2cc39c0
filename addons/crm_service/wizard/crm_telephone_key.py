from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, ValidationError

from ..models.res_users_telephone import SCOPE

MAX_DAYS = 1100


class CrmTelephoneKey(models.TransientModel):
    """Makes an API key of the user for the telephone system; it is shown once and opens nothing else."""

    _name = "crm.telephone.key"
    _description = "Telephone Key"

    name = fields.Char("What For", required=True, default=lambda self: self.env._("Telephone system"))
    days = fields.Integer("Valid For (days)", required=True, default=365)
    url = fields.Char("Address", compute="_compute_url")

    def _compute_url(self):
        self.url = f"{self.get_base_url()}/crm_service/call"

    def action_make(self):
        self.ensure_one()
        if not self.env.user.has_group("crm_service.group_service_manager"):
            raise AccessError(self.env._("Only a service manager may make a key for the telephone system."))
        if not 1 <= self.days <= MAX_DAYS:
            raise ValidationError(self.env._("A key is valid for 1 to %s days.", MAX_DAYS))
        until = fields.Datetime.now() + timedelta(days=self.days)
        # sudo: the scope opens the telephone endpoint only, so that the limit of days for full keys is not meant.
        key = self.env["res.users.apikeys"].sudo()._generate(SCOPE, self.name, until)
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.users.apikeys.show",
            "name": self.env._("Key for the Telephone System"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": key},
        }
