from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def default_get(self, fields):
        """A bill is not won by a campaign: the accountant's own web cookies must not charge one."""
        values = super().default_get(fields)
        move_type = values.get("move_type") or self.env.context.get("default_move_type")
        if (
            move_type in self.get_purchase_types(include_receipts=True)
            and "default_campaign_id" not in self.env.context
        ):
            values.pop("campaign_id", None)
        return values

    @api.onchange("campaign_id")
    def _onchange_campaign_id_lines(self):
        """The campaign of the bill goes to the lines that had none, or had the bill's former one."""
        if not self.is_purchase_document(include_receipts=True):
            return
        former = self._origin.campaign_id
        for line in self.invoice_line_ids:
            if line.display_type == "product" and (not line.campaign_id or line.campaign_id._origin == former):
                line.campaign_id = self.campaign_id

    def action_campaign_lines(self):
        """Open the cost lines of this entry with their campaign, editable also when posted."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Campaigns of %(entry)s", entry=self.display_name),
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [(self.env.ref("crm_marketing.account_move_line_view_list_campaign").id, "list")],
            "search_view_id": [self.env.ref("crm_marketing.account_move_line_view_search_campaign").id, "search"],
            "domain": [("move_id", "=", self.id), ("account_id.internal_group", "=", "expense")],
            "context": {"create": False, "delete": False},
        }
