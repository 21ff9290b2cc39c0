from odoo import models

from .crm_service_entitlement import PLACES


class CrmServiceAgreement(models.Model):
    """What was used of an agreement, counted from the records themselves."""

    _inherit = "crm.service.agreement"

    def _used(self):
        """Return {(agreement id, kind, place): amount} used so far."""
        result = {}
        agreements = self.sudo()._origin
        for record, count in (
            self.env["crm.ticket"]
            .sudo()
            ._read_group([("agreement_id", "in", agreements.ids)], ["agreement_id"], ["__count"])
        ):
            for place, _name in PLACES:
                result[record.id, "tickets", place] = count
        return result
