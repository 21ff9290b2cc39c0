from collections.abc import Collection

from odoo import api, models


class CrmFact(models.AbstractModel):
    """What the facts share: rows of SQL over the ERP's tables, read only, with record rules of their own."""

    _name = "crm.fact"
    _description = "Fact"

    @api.depends(lambda self: (self._rec_name,))
    def _compute_display_name(self):
        """Name a row after its document, also for those who may see the figure but not the document."""
        for record in self:
            record.display_name = record.sudo()[self._rec_name].display_name

    @api.model
    def _asked_ids(self, domain, name):
        """Ids that an (optimized) domain limits a field to, none of them empty; else an empty tuple."""
        for operator, value in self._leaves(domain, name):
            if operator == "in":
                ids = tuple(value) if isinstance(value, Collection) else ()
                return ids if all(isinstance(number, int) and number for number in ids) else ()
        return ()

    @api.model
    def _leaves(self, domain, name):
        """[(operator, value)] that every row of an (optimized) domain meets in a field."""
        leaves = domain.children if getattr(domain, "OPERATOR", None) == "&" else [domain]
        return [(leaf.operator, leaf.value) for leaf in leaves if getattr(leaf, "field_expr", None) == name]

    def _open_form(self, record):
        """Return the action that opens a record."""
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
