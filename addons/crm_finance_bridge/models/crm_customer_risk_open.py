from odoo import models


class CrmCustomerRisk(models.Model):
    """Where the figures of a customer's risk come from."""

    _inherit = "crm.customer.risk"

    def action_open_expected(self):
        """The open items behind the loss on what is open now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_expected_receipt_action")
        return {
            **action,
            "view_mode": "list,kanban,pivot,graph",
            "views": [(False, "list"), (False, "kanban"), (False, "pivot"), (False, "graph")],
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "child_of", self.company_id.id),
                ("kind", "in", ("invoice", "promise", "disputed")),
            ],
            "context": {},
        }

    def action_open_score(self):
        self.ensure_one()
        score = self.env["crm.payment.score"].search(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.payment.score",
            "res_id": score.id,
            "view_mode": "form",
        }

    def action_open_balances(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_customer_balance_action")
        return {
            **action,
            "domain": [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)],
            "context": {"default_partner_id": self.partner_id.id, "default_company_id": self.company_id.id},
        }
