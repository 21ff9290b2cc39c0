from odoo import api, fields, models


class StockPicking(models.Model):
    """The warehouse receives as it always does: a done receipt moves its return on to the inspection."""

    _inherit = "stock.picking"

    crm_return_id = fields.Many2one("crm.return", "Customer Return", compute="_compute_crm_return_id")

    @api.depends("move_ids.crm_return_line_id")
    def _compute_crm_return_id(self):
        for picking in self:
            picking.crm_return_id = picking.sudo().move_ids.crm_return_line_id.return_id[:1].sudo(False)

    def _action_done(self):
        result = super()._action_done()
        if lines := self.sudo().move_ids.crm_return_line_id:
            lines.return_id._goods_came()
        return result

    def action_open_crm_return(self):
        return self.crm_return_id.get_formview_action()
