from odoo import fields, models


class CrmDunningLetterLine(models.Model):
    """One overdue instalment in a letter: what was claimed that day, company currency.

    `advances`: with this letter the line takes the level `rank`. Such a line exists once a level whatever happens,
    so that no run, however often it is repeated or killed, reminds of the same level twice.
    """

    _name = "crm.dunning.letter.line"
    _description = "Reminder Line"
    _order = "letter_id, due_date, id"
    _rec_name = "move_line_id"

    letter_id = fields.Many2one("crm.dunning.letter", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="letter_id.company_id")
    currency_id = fields.Many2one(related="letter_id.currency_id")
    move_line_id = fields.Many2one("account.move.line", "Journal Item", required=True, ondelete="cascade", index=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    due_date = fields.Date(readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    amount = fields.Monetary(readonly=True, help="Open amount that no receipt covers, company currency.")
    document_currency_id = fields.Many2one(related="move_line_id.currency_id", string="Document Currency")
    amount_document = fields.Monetary(
        "Amount in Document Currency",
        currency_field="document_currency_id",
        readonly=True,
        help="The same part of the invoice as the amount, at the same moment.",
    )
    interest = fields.Monetary(readonly=True, help="From the due date, less what was charged before.")
    rank = fields.Integer("Level Number", readonly=True, aggregator=None)
    advances = fields.Boolean("New Level", readonly=True)

    _step_uniq = models.UniqueIndex(
        "(move_line_id, rank) WHERE advances", "This invoice was reminded of at this level already."
    )
