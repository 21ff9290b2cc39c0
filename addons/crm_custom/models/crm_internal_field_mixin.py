from odoo import api, models

ADDONS = {"crm_custom"}  # whose fields are for those who work here; each addon above adds itself


class CrmInternalFieldMixin(models.AbstractModel):
    """A record that its customer may read on the portal, and so by RPC: what these addons add to it is not for him.

    Fields of Odoo itself stay as they are. Pages of the portal show what they need of closed fields in sudo.
    """

    _name = "crm.internal.field.mixin"
    _description = "Fields Closed to Customers"

    _crm_portal_fields = frozenset()  # that code running as the customer reads all the same
    # Found once a model is set up: the check runs for every field that is read, and `super` looks through all classes.
    _crm_closed_fields = frozenset()
    _crm_next_access = models.BaseModel._has_field_access

    @api.model
    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        fields = [(name, field.base_field) for name, field in self._fields.items()]
        type(self)._crm_closed_fields = frozenset(
            name
            for name, field in fields
            if field._modules and field._modules[0] in ADDONS and self._crm_is_closed(field)
        )
        type(self)._crm_next_access = super()._has_field_access.__func__
        return result

    @api.model
    def _has_field_access(self, field, operation):
        if field.name in self._crm_closed_fields and not (self.env.su or self.env.user._is_internal()):
            return False
        return self._crm_next_access(field, operation)

    @api.model
    def _crm_is_closed(self, field):
        """Whether a field that one of these addons adds is closed to customers."""
        return field.name not in self._crm_portal_fields
