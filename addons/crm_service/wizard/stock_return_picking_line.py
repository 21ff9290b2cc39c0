from odoo import fields, models


class StockReturnPickingLine(models.TransientModel):
    """A line made by a customer return hands its link on to the move."""

    _inherit = "stock.return.picking.line"

    crm_return_line_id = fields.Many2one("crm.return.line", readonly=True)

    def _prepare_move_default_values(self, new_picking):
        values = super()._prepare_move_default_values(new_picking)
        values["crm_return_line_id"] = self.crm_return_line_id.id
        return values
