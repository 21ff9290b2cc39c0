from odoo import api, fields, models


class PurchaseOrderLine(models.Model):
    """A line may be spent on a campaign; its bill's line takes the campaign over."""

    _inherit = "purchase.order.line"

    campaign_id = fields.Many2one(
        "utm.campaign",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id])]",
        help="The campaign that this line is spent on.",
    )

    @api.onchange("order_id")
    def _onchange_order_id_campaign(self):
        """A new line in the order's form starts with the order's campaign."""
        for line in self:
            if not line._origin and not line.campaign_id and not line.display_type:
                line.campaign_id = line.order_id.campaign_id

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["purchase.order"]
        for vals in vals_list:
            if "campaign_id" not in vals and vals.get("order_id") and not vals.get("display_type"):
                vals["campaign_id"] = orders.browse(vals["order_id"]).campaign_id.id
        return super().create(vals_list)

    def _prepare_account_move_line(self, move=False):
        return {**super()._prepare_account_move_line(move=move), "campaign_id": self.campaign_id.id}
