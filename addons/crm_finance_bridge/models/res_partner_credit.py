from odoo import models


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
