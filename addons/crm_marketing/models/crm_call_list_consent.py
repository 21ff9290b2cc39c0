from odoo import models


class CrmCallList(models.Model):
    """Who refuses calls is left out of a call list, with the reason; who agreed to them is called."""

    _inherit = "crm.call.list"

    def _refused(self, partners):
        refused = super()._refused(partners)
        # Odoo's blacklist of numbers is one of SMS: it is no answer about calls where there is one.
        blacklisted = self.env._("want no calls")
        if blacklisted in refused:
            refused[blacklisted] -= self._agreed_to_calls(partners)
        may = partners._crm_may_contact("call", company=self.company_id)
        for partner in partners:
            allowed, reason = may[partner.id]
            if not allowed:
                reason = reason.lower()
                refused[reason] = refused.get(reason, partners.browse()) | partner
        return refused

    def _agreed_to_calls(self, partners):
        current = self.env["crm.consent"].sudo()._current(partners)
        return partners.filtered(
            lambda one: current.get((one.id, "marketing", "call"), self.env["crm.consent"]).state == "given"
        )
