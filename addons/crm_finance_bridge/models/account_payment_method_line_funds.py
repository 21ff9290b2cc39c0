from odoo import fields, models

FUNDS_METHODS = [
    ("cash", "Cash"),
    ("transfer", "Transfer"),
    ("cheque", "Cheque"),
    ("card", "Card"),
    ("online", "Online"),
]


class AccountPaymentMethodLine(models.Model):
    """A way to pay of a journal may say which kind of money it is, for the reports of money in and out."""

    _inherit = "account.payment.method.line"

    crm_funds_method = fields.Selection(
        FUNDS_METHODS,
        "Kind of Money",
        help="How the reports of money in and out name it. Left empty: cash in a cash journal, card in a credit card "
        "journal, cheque for printed cheques, online for payment providers, otherwise transfer.",
    )
