from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # crm.open.item adds back the partials after its date: none for today, few for a recent date.
    _crm_max_date_idx = models.Index("(max_date)")
