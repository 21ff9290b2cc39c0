from dataclasses import replace
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_credit_with_orders = fields.Boolean(
        "Confirmed Orders", default=True, help="Off: of confirmed orders only what is shipped counts.", prefetch="crm"
    )
    crm_credit_with_drafts = fields.Boolean(
        "Draft Invoices",
        default=True,
        help="Off: of draft invoices only those of orders count, since these goods are on no other list.",
        prefetch="crm",
    )
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

    def _crm_credit_needs_second(self, amount, no_limit=False):
        """Whether a limit (company currency), or none at all, needs two accounting administrators."""
        self.ensure_one()
        threshold = self.sudo().crm_credit_second_amount
        return threshold > 0 and (no_limit or self.sudo().currency_id.compare_amounts(amount, threshold) > 0)

    def _crm_credit_check_direct(self, partner, before, amount):
        """Refuse a limit of a customer that one person may not set alone. Limits in company currency, 0 = no limit;
        lowering one is free, taking it off is not where it is all that holds the customer's orders.
        """
        if amount < 0:
            raise ValidationError(self.env._("A credit limit cannot be negative."))
        if before > 0 and not amount and not self.env.su and self._crm_credit_needs_second(0.0, no_limit=True):
            terms = self.env["crm.credit.limit"].sudo()._settings(self, partner)
            limited = replace(terms, amount_limit=Decimal(str(before)))
            if not limited.unlimited and replace(terms, amount_limit=Decimal(0)).unlimited:
                self._crm_credit_check_lift()
        if not self.env.su and amount > before and self._crm_credit_needs_second(amount):
            raise ValidationError(
                self.env._(
                    "Limits above %(amount)s need a second accounting administrator: ask for it with a credit limit "
                    "request.",
                    amount=self.sudo().currency_id.format(self.sudo().crm_credit_second_amount),
                )
            )

    def _crm_credit_check_lift(self):
        """Refuse to leave a customer without control alone, where large limits need two people."""
        if not self.env.su and self._crm_credit_needs_second(0.0, no_limit=True):
            raise ValidationError(
                self.env._(
                    "A customer whose orders no limit holds needs a second accounting administrator: ask for it with a "
                    "credit limit request for no limit."
                )
            )
