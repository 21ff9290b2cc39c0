from odoo import models
from odoo.exceptions import UserError

from .res_partner_credit_limit import MERGE


class ResPartner(models.Model):
    """A customer does not slip from its credit terms by becoming a contact of another company, nor do its orders by
    their contact leaving it. Whoever sets the terms decides on that as well."""

    _inherit = "res.partner"

    def write(self, vals):
        if (
            self.env.su
            or {"is_company", "parent_id"}.isdisjoint(vals)
            or MERGE in self.env.cr.precommit.data
            or self.env.user.has_group("account.group_account_manager")
        ):
            return super().write(vals)
        before = {partner: partner.commercial_partner_id for partner in self.sudo()}
        granted = self.sudo().commercial_partner_id._crm_credit_with_own_terms()
        result = super().write(vals)
        for partner, customer in before.items():
            if customer in granted and partner.commercial_partner_id != customer:
                partner._crm_credit_check_left(customer)
        return result

    def _crm_credit_with_own_terms(self):
        """Those whose limit, rule or stop is not that of the company, at any legal entity."""
        own = self.env["crm.credit.limit"].search(
            [("partner_id", "in", self.ids), "|", ("stop", "!=", False), ("hold_rule", "!=", "company")]
        )
        found = own.partner_id
        for root in self.env["res.company"].search([("parent_id", "=", False)]):
            partners = self.with_company(root)
            fallback = self._fields["credit_limit"].get_company_dependent_fallback(partners) or 0.0
            found |= partners.filtered(lambda partner, fallback=fallback: partner.credit_limit != fallback)
        return found

    def _crm_credit_check_left(self, customer):
        """Refuse that this record no longer belongs to the customer whose terms it had."""
        self.ensure_one()
        if self == customer:
            raise UserError(
                self.env._(
                    "%(customer)s has credit terms of its own: only an accounting administrator can make it a contact "
                    "of another company.",
                    customer=customer.name,
                )
            )
        domain = [
            ("partner_invoice_id", "=", self.id),
            ("state", "=", "sale"),
            ("invoice_status", "!=", "invoiced"),
        ]
        if self.env["sale.order"].search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "%(contact)s is invoiced for open orders of %(customer)s, which has credit terms: only an "
                    "accounting administrator can take it out of that company.",
                    contact=self.name,
                    customer=customer.name,
                )
            )
