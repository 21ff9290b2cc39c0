from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_credit_with_orders = fields.Boolean(
        "Confirmed Orders", default=True, help="Off: of confirmed orders only what is shipped counts.", prefetch="crm"
    )
    crm_credit_with_drafts = fields.Boolean("Draft Invoices", default=True, prefetch="crm")
    crm_credit_with_receipts = fields.Boolean(
        "Less Unapplied Receipts",
        default=True,
        help="Off: money that is not matched with an invoice lowers nothing.",
        prefetch="crm",
    )
    crm_credit_hold_delivery = fields.Boolean(
        "Hold Deliveries",
        default=True,
        help="Deliveries of a customer beyond a limit wait as well, unless the order is paid or released.",
        prefetch="crm",
    )
    crm_credit_second_amount = fields.Monetary(
        "Second Approval Above",
        help="Limits above this amount need two accounting administrators. 0 = one is enough",
        prefetch="crm",
    )
    crm_credit_cap = fields.Monetary("Propose at Most", help="Cap of proposed limits. 0 = no cap", prefetch="crm")
