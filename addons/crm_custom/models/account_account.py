from odoo import models

RECONCILED = ("asset_receivable", "liability_payable")


class AccountAccount(models.Model):
    """An account that becomes receivable or payable is one to reconcile, with its items of before.

    Odoo sets the mark by itself, but gives the items a residual only where the mark was written: in its form, which
    does not show it, they would stay without one, and every figure of receivables would lack them.
    """

    _inherit = "account.account"

    def write(self, vals):
        if vals.get("account_type") in RECONCILED and "reconcile" not in vals:
            vals = {**vals, "reconcile": True}
        return super().write(vals)
