from odoo import models


class CrmOpenItem(models.Model):
    _inherit = "crm.open.item"

    def action_crm_promise(self):
        """Log a promise on this open item (R185: also a salesperson for own customers)."""
        self.ensure_one()
        self.check_access("read")
        return self.sudo().move_id.with_env(self.env)._crm_promise_action(self._crm_item())

    def action_crm_dispute(self):
        self.ensure_one()
        self.check_access("read")
        return self.sudo().move_id.with_env(self.env)._crm_dispute_action(self._crm_item())

    def _crm_item(self):
        return self.env["account.move.line"].sudo().browse(self.id)
