from odoo import fields, models


class CrmReceiptMatchLine(models.Model):
    """One invoice (or instalment) of a match and how much of it the receipt settles, in the receipt's currency.

    A credit note among the invoices has a negative amount.
    """

    _name = "crm.receipt.match.line"
    _description = "Invoice of a Matching"
    _order = "match_id, id"
    _rec_name = "move_line_id"

    match_id = fields.Many2one("crm.receipt.match", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="match_id.company_id")
    currency_id = fields.Many2one(related="match_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line", "Open Item", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    date_maturity = fields.Date(related="move_line_id.date_maturity")
    amount = fields.Monetary(required=True, readonly=True)
    partial_count = fields.Integer("Reconciliations", readonly=True, help="Of this invoice, when it was decided.")
    removed = fields.Boolean("Taken Out Elsewhere", readonly=True, help="Un-reconciled on the invoice since.")
    early = fields.Boolean("Early Discount", readonly=True, help="Its early-payment discount was kept back.")
