from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # crm.open.item asks for the partials whose other side is not posted (ODOO19 trap 7): a handful of
    # lines among all journal items, found through this index instead of a scan of the whole ledger.
    _crm_unposted_idx = models.Index("(account_id) WHERE parent_state != 'posted'")
    # Every figure of receivables starts from the open items: few among all journal items. Odoo's index of unreconciled
    # items holds those of all accounts, most of which are never reconciled, and PostgreSQL does not choose it.
    _crm_open_idx = models.Index(
        "(account_id) WHERE reconciled IS NOT TRUE AND (amount_residual != 0 OR amount_residual_currency != 0)"
    )
    # A customer's receivable items: statements, exposure, the customer's card. Odoo's indexes find all items of a
    # partner or all of an account. A balance at a date is read from the index alone: its items lie all over the table.
    # An item of an account to reconcile is reconciled or has a residual; the items of income and tax stay outside.
    _crm_partner_account_idx = models.Index(
        "(partner_id, account_id, date) INCLUDE (id, company_id, currency_id, amount_currency)"
        " WHERE parent_state = 'posted' AND (reconciled OR amount_residual != 0 OR amount_residual_currency != 0)"
    )
