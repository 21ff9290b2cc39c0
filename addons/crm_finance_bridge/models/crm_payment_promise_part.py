from odoo import fields, models


class CrmPaymentPromisePart(models.Model):
    """What kept a promise: one reconciliation's share of one promised line. Amount: company currency, positive.

    It goes with the reconciliation: where that is undone, the promise is judged anew.
    """

    _name = "crm.payment.promise.part"
    _description = "Payment of a Promise"
    _order = "date, id"
    _rec_name = "partial_id"

    line_id = fields.Many2one("crm.payment.promise.line", required=True, index=True, ondelete="cascade", readonly=True)
    promise_id = fields.Many2one(related="line_id.promise_id", store=True, precompute=True, index=True)
    partial_id = fields.Many2one(
        "account.partial.reconcile", "Reconciliation", required=True, index=True, ondelete="cascade", readonly=True
    )
    date = fields.Date(required=True, readonly=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    amount = fields.Monetary(required=True, readonly=True)
    is_money = fields.Boolean("Money", readonly=True, help="By a payment or bank line, not by a credit note or entry.")
