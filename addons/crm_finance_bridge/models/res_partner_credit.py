from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_crm_credit_request(self):
        """Ask for a credit limit of this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Limit Request"),
            "res_model": "crm.credit.request",
            "view_mode": "form",
            "context": {
                "default_partner_id": self.commercial_partner_id.id,
                "default_company_id": self.env.company.root_id.id,
            },
        }

    # === PRIVACY === #

    def _crm_person_sections(self):
        """Adds what was asked, granted and decided on the credit of this person."""
        mine = Domain("partner_id", "=", self.id)
        requests = self._crm_person_rows(
            "crm.credit.request", mine, "create_date", lambda row: f"{row.amount} {row.reason or ''}"
        )
        decisions = self._crm_person_rows(
            "crm.credit.decision", mine, "create_date", lambda row: f"{row.kind} {row.order_amount} {row.reason or ''}"
        )
        terms = self._crm_person_rows(
            "crm.credit.limit", mine, "write_date", lambda row: f"{row.stop_reason or ''} {row.note or ''}"
        )
        return [*super()._crm_person_sections(), (self.env._("Credit"), terms + requests + decisions)]

    def _crm_erase_more(self):
        """What was written about a person's credit goes; amounts and decisions stay with the accounts."""
        mine = Domain("partner_id", "in", self.ids)
        limits = self.env["crm.credit.limit"].sudo().search(mine)
        limits.with_context(tracking_disable=True).write({"note": False, "stop_reason": False})
        requests = self.env["crm.credit.request"].sudo().search(mine)
        requests.write({"reason": self.env._("erased"), "answer": False})
        self._crm_erase_talk(limits)
        self._crm_erase_talk(requests)
        return super()._crm_erase_more() + len(limits) + len(requests)
