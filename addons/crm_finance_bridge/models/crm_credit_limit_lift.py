from contextlib import contextmanager

from odoo import api, models


class CrmCreditLimit(models.Model):
    """Terms that let orders of any amount pass are granted as the highest limits are: by two people."""

    _inherit = "crm.credit.limit"

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["company_id", "partner_id"])
        with self.browse()._lift_checked([{**default, **vals} for vals in vals_list]):
            return super().create(vals_list)

    def write(self, vals):
        if vals.keys().isdisjoint(("company_id", "hold_rule", "partner_id")):
            return super().write(vals)
        moved = [
            {"company_id": terms.company_id.id, "partner_id": terms.partner_id.id, **vals}
            for terms in self
            if not vals.keys().isdisjoint(("company_id", "partner_id"))
        ]
        with self._lift_checked(moved):
            return super().write(vals)

    def unlink(self):
        """Without terms of its own the company's apply, which may hold less."""
        with self._lift_checked():
            return super().unlink()

    @contextmanager
    def _lift_checked(self, others=()):
        """Within, these terms and those that `others` (values) are about may change, but lift no control alone."""
        pairs = {(terms.company_id.id, terms.partner_id.id) for terms in self}
        pairs |= {(vals.get("company_id"), vals.get("partner_id")) for vals in others}
        customers = {}
        for company_id, partner_id in pairs if not self.env.su else ():
            company = self.env["res.company"].browse(company_id or ())
            if partner_id and company and company._crm_credit_needs_second(0.0, no_limit=True):
                customers[company] = customers.get(company, self.env["res.partner"]).union(
                    self.env["res.partner"].browse(partner_id)
                )
        before = {company: self._settings_of(company, partners) for company, partners in customers.items()}
        yield
        for company, partners in customers.items():
            for partner_id, terms in self._settings_of(company, partners).items():
                if terms.unlimited and not before[company][partner_id].unlimited:
                    company._crm_credit_check_lift()
