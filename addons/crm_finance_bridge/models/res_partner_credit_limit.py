from odoo import api, models
from odoo.exceptions import AccessError

MERGE = "crm_finance_bridge.credit_merge"  # while customers are merged: their limits were granted before


class ResPartner(models.Model):
    """Odoo's own credit limit is the limit of the credit terms: whoever writes it here grants credit all the same."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        given = "default_credit_limit" in self.env.context or any("credit_limit" in vals for vals in vals_list)
        if given and not self.env.su:
            before = self._fields["credit_limit"].get_company_dependent_fallback(self) or 0.0
            partners._crm_credit_limit_written(dict.fromkeys(partners.ids, before))
        return partners

    def write(self, vals):
        if "credit_limit" not in vals or self.env.su:
            return super().write(vals)
        before = {partner.id: partner.credit_limit for partner in self.sudo()}
        result = super().write(vals)
        self._crm_credit_limit_written(before)
        return result

    def _crm_credit_limit_written(self, before):
        """Limits of the current company were `before` ({id: amount}): refuse what the user may not grant.

        A contact has the limit of its customer, which Odoo copies; any other one counts once it stands alone.
        """
        changes = {
            partner: (before[partner.id], partner.credit_limit)
            for partner in self.sudo()
            if partner.credit_limit != before[partner.id]
            and (
                partner.commercial_partner_id == partner
                or partner.credit_limit != partner.commercial_partner_id.credit_limit
            )
        }
        if not changes or MERGE in self.env.cr.precommit.data:
            return
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(
                self.env._("Only accounting administrators set credit limits: ask for one with a credit limit request.")
            )
        company = self.env.company
        if company != company.root_id:
            return  # credit is granted by the legal entity: the limit at a branch is not read
        for partner, amounts in changes.items():
            company._crm_credit_check_direct(partner, *amounts)
        customers = {partner: change for partner, change in changes.items() if partner.commercial_partner_id == partner}
        if customers:
            self.env["crm.credit.limit"]._record_outside(company, customers)
