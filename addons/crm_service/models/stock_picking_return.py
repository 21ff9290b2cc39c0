from odoo import models


class StockPicking(models.Model):
    """The warehouse receives as it always does: a done receipt moves its return on to the inspection."""

    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        if lines := self.sudo().move_ids.crm_return_line_id:
            lines.return_id._goods_came()
        return result
