from odoo import api, models


class CrmOwnDefaultMixin(models.AbstractModel):
    """Fields that the server alone writes start as the model says: no `default_*` key of a call, no saved default.

    A check of the values given to `create` does not see what a caller's context adds to them afterwards.
    """

    _name = "crm.own.default.mixin"
    _description = "Defaults of Guarded Fields"

    _crm_own_defaults = frozenset()  # names of these fields

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        for name in self._crm_own_defaults.intersection(values):
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, validate=False)
                values[name] = field.convert_to_write(value, self)
            else:
                del values[name]
        return values
