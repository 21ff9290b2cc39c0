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

    def _open_form(self, record):
        """Return the action that opens a record."""
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
