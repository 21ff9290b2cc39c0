from odoo import fields, models


class CrmRemittanceAdviceLine(models.Model):
    """One invoice of a remittance advice, as the payer writes it, and the open item it names."""

    _name = "crm.remittance.advice.line"
    _description = "Line of a Remittance Advice"
    _order = "advice_id, id"
    _rec_name = "text"

    advice_id = fields.Many2one("crm.remittance.advice", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="advice_id.company_id")
    currency_id = fields.Many2one(related="advice_id.currency_id")
    text = fields.Char("Invoice", required=True, help="The number as the payer writes it.")
    amount = fields.Monetary("Paid", help="Negative for a credit note.")
    move_line_id = fields.Many2one(
        "account.move.line", "Open Item", readonly=True, index="btree_not_null", ondelete="set null"
    )
