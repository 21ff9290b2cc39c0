from odoo import models
from odoo.exceptions import UserError

from ..tools.promise import spread


class CrmReturn(models.Model):
    _inherit = "crm.return"

    def action_crm_dispute(self):
        """Dispute the value of the goods that come back, on the invoice of the return's ticket."""
        self.ensure_one()
        known = self.env["crm.dispute"].search([("return_id", "=", self.id), ("state", "=", "open")], limit=1)
        if known:
            return known.get_formview_action()
        items = self.sudo().ticket_id.move_id._crm_receivables().sorted(lambda item: (item.date_maturity, item.id))
        shares = spread(self.amount_company, [(item.id, item.amount_residual) for item in items])
        if not shares:
            raise UserError(self.env._("The ticket of this return names no invoice that is open."))
        dispute = self.ticket_id.sudo()._new_dispute(shares, origin="return", return_id=self.id)
        return dispute.with_env(self.env).get_formview_action()
