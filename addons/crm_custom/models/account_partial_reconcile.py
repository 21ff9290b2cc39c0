from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # crm.open.item adds back the partials after its date: none for today, few for a recent date.
    # With all that it reads of them, so that it need not visit the table.
    _crm_max_date_idx = models.Index(
        "(max_date) INCLUDE (debit_move_id, credit_move_id, amount, debit_amount_currency, credit_amount_currency)"
    )
    # Statements say what a payment in one currency settled in another: few of all partials.
    _crm_currencies_idx = models.Index(
        "(max_date) INCLUDE (debit_move_id, credit_move_id, debit_currency_id, credit_currency_id,"
        " debit_amount_currency, credit_amount_currency) WHERE debit_currency_id != credit_currency_id"
    )
