from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_asset_count = fields.Integer("Products", compute="_compute_crm_asset_count")

    def _compute_crm_asset_count(self):
        """Count the products in use at the whole customer, as far as the user may see them."""
        assets = self.env["crm.customer.asset"]
        self.crm_asset_count = 0
        if not assets.has_access("read") or not assets._any():
            return
        counts = dict(
            assets._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids), ("state", "=", "in_use")],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.crm_asset_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_crm_assets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_customer_asset_action")
        action["domain"] = [("commercial_partner_id", "in", self.commercial_partner_id.ids)]
        action["context"] = {"default_partner_id": self[:1].id}
        return action
