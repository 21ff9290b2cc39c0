from odoo import api, fields, models

TYPES = (
    *("char", "text", "html", "integer", "float", "monetary", "date", "datetime", "boolean", "selection"),
    *("many2one", "many2many"),
)
HIDDEN = ("id", "stage_id", "active", "type", "create_uid", "write_uid", "create_date", "write_date", "max_stage_id")
PREFIXES = ("message_", "activity_", "my_activity_", "flow_", "duplicate_", "rotting_", "gate_", "is_")


class CrmStageGateFact(models.Model):
    """One fact that a gate asks for: a field of the opportunity, by its label."""

    _name = "crm.stage.gate.fact"
    _description = "Fact of a Stage Gate"
    _rec_name = "field_name"

    gate_id = fields.Many2one("crm.stage.gate", required=True, index=True, ondelete="cascade")
    field_name = fields.Selection("_field_names", string="Fact", required=True)

    _unique_field = models.Constraint("UNIQUE (gate_id, field_name)", "The gate asks for this fact already.")

    @api.model
    def _field_names(self):
        """Fields of crm.lead that a user fills in: [(name, label)], in the user's language, by label."""
        lead = self.env["crm.lead"]
        names = [
            (name, field._description_string(self.env))
            for name, field in lead._fields.items()
            if field.type in TYPES
            and field.store
            and not (field.readonly and not field.compute)
            and name not in HIDDEN
            and not name.startswith(PREFIXES)
        ]
        return sorted(names, key=lambda pair: (pair[1], pair[0]))
