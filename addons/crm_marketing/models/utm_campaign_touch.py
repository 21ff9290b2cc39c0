from odoo import api, fields, models

TOUCH_GROUPS = "mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager"


class UtmCampaign(models.Model):
    """What calls, answers and leads of a campaign have come to."""

    _inherit = "utm.campaign"

    call_list_ids = fields.One2many("crm.call.list", "campaign_id", groups=TOUCH_GROUPS)
    call_count = fields.Integer("Calls", compute="_compute_calls", groups=TOUCH_GROUPS, help="Customers spoken to.")
    call_open = fields.Integer("Open Calls", compute="_compute_calls", groups=TOUCH_GROUPS)
    call_interested = fields.Integer("Interested", compute="_compute_calls", groups=TOUCH_GROUPS)
    call_ordered = fields.Integer("Ordered by Phone", compute="_compute_calls", groups=TOUCH_GROUPS)
    call_refused = fields.Integer("Refused", compute="_compute_calls", groups=TOUCH_GROUPS)

    @api.depends("call_list_ids.line_ids.result", "call_list_ids.line_ids.state")
    @api.depends_context("allowed_company_ids")
    def _compute_calls(self):
        lines = self.env["crm.call.line"]
        found = {}
        groups = lines._read_group([("campaign_id", "in", self.ids)], ["campaign_id", "state", "result"], ["__count"])
        for campaign, state, result, count in groups:
            row = found.setdefault(campaign.id, {})
            row[result] = row.get(result, 0) + count
            if state != "done":
                row["open"] = row.get("open", 0) + count
        for campaign in self:
            row = found.get(campaign.id, {})
            campaign.call_open = row.get("open", 0)
            campaign.call_interested = row.get("interested", 0)
            campaign.call_ordered = row.get("ordered", 0)
            campaign.call_refused = row.get("refused", 0)
            campaign.call_count = sum(
                row.get(name, 0) for name in ("reached", "call_back", "interested", "ordered", "refused")
            )

    def action_open_calls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_call_line_action")
        return action | {
            "domain": [("campaign_id", "=", self.id)],
            "context": {"search_default_group_result": 1, "create": False},
        }

    def action_open_reactions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_reaction_action")
        return action | {"domain": [("campaign_id", "=", self.id)], "context": {"search_default_counts": 1}}
