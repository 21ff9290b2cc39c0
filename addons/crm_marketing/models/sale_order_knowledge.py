from odoo import models


class SaleOrder(models.Model):
    """The encyclopedia at hand while a quotation is written."""

    _inherit = "sale.order"

    def action_crm_knowledge(self):
        """Open the encyclopedia: what is known of the offered products first, everything else one click away."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_knowledge_entry_action")
        entries = self.env["crm.knowledge.entry"].with_context(crm_knowledge_order_id=self.id)
        context = {"search_default_valid": 1, "crm_knowledge_order_id": self.id}
        if entries.search_count([("about_order", "=", True), ("is_valid", "=", True)], limit=1):
            context["search_default_about_order"] = 1
        return {**action, "context": context}
