from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_crm_expenses(self):
        """Expenses made for this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_expense_entry_action")
        return action | {
            "name": self.env._("Expenses for %(customer)s", customer=self.commercial_partner_id.display_name),
            "domain": [("customer_id", "=", self.commercial_partner_id.id)],
            "context": {"search_default_group_type": 1},
        }

    def action_crm_funds(self):
        """Money received from and paid to this customer or vendor."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_funds_flow_action")
        return action | {
            "name": self.env._("Money of %(partner)s", partner=self.commercial_partner_id.display_name),
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {},
        }
