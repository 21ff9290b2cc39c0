from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Nothing that a competitor would owe is posted: it stays out of every list of receivables."""

    _inherit = "account.move"

    def _post(self, soft=True):
        rivals = self.line_ids.partner_id.commercial_partner_id.filtered(
            lambda partner: partner.sudo().relation_type == "competitor"
        )
        if rivals:
            for line in self.line_ids:
                owner = line.partner_id.commercial_partner_id
                if owner in rivals and line.account_id.account_type == "asset_receivable":
                    raise UserError(
                        self.env._(
                            "%(partner)s is marked as a competitor and has no receivables. Change its relation first.",
                            partner=owner.display_name,
                        )
                    )
        return super()._post(soft=soft)
