from odoo import api, models

ADDONS = {"crm_custom"}  # whose fields are for those who work here; each addon above adds itself


class CrmInternalFieldMixin(models.AbstractModel):
    """A record that its customer may read on the portal, and so by RPC: what these addons add to it is not for him.

    Fields of Odoo itself stay as they are. Pages of the portal show what they need of closed fields in sudo.
    """

    _name = "crm.internal.field.mixin"
    _description = "Fields Closed to Customers"

    _crm_portal_fields = frozenset()  # that code running as the customer reads all the same

    @api.model
    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        added = field.base_field
        if not added._modules or added._modules[0] not in ADDONS or self.env.su or self.env.user._is_internal():
            return True
        return not self._crm_is_closed(added)

    @api.model
    def _crm_is_closed(self, field):
        """Whether a field that one of these addons adds is closed to customers."""
        return field.name not in self._crm_portal_fields
