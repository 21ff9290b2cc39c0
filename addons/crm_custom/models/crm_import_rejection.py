from odoo import fields, models


class CrmImportRejection(models.Model):
    """One row of a sales history that was left out, with its reason. Texts stand as in the file."""

    _name = "crm.import.rejection"
    _description = "Rejected Row"
    _rec_name = "number"
    _order = "history_id desc, position"

    history_id = fields.Many2one("crm.import.history", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", related="history_id.currency_id")
    position = fields.Integer(string="Row", help="Row of the file; the header is row 1.", aggregator=None)
    reason = fields.Selection(
        [
            ("no_number", "No invoice number"),
            ("bad_date", "Date missing or unreadable"),
            ("future_date", "Date in the future"),
            ("no_code", "No stock code"),
            ("bad_quantity", "Quantity unreadable"),
            ("bad_price", "Price unreadable or ambiguous"),
            ("no_customer", "No customer"),
            ("other_customer", "Another customer than the rest of the invoice"),
            ("zero_price", "Zero price"),
            ("negative_price", "Negative price"),
            ("zero_quantity", "Zero quantity"),
            ("negative_quantity", "Negative quantity without a cancellation"),
            ("positive_cancellation", "Positive quantity in a cancellation"),
            ("bad_settlement", "Due date or payment unreadable"),
            ("closed_period", "Date in a closed period"),
            ("number_date", "Number names another period than its date"),
            ("number_taken", "Number used by another entry of the journal"),
            ("changed_document", "Invoice imported before with another total"),
        ],
        required=True,
    )
    number = fields.Char(string="Invoice Number")
    code = fields.Char(string="Stock Code")
    description = fields.Char()
    quantity = fields.Char()
    date = fields.Char()
    price = fields.Char(string="Unit Price")
    customer = fields.Char()
    country = fields.Char()
    amount = fields.Monetary(help="Quantity x price with the file's sign; 0 where one of them is unreadable.")
