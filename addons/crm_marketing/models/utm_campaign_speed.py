from odoo import api, fields, models

from .utm_campaign import FIGURE_GROUPS


class UtmCampaign(models.Model):
    """Days from approval to first delivery (report/crm_campaign_speed.py)."""

    _inherit = "utm.campaign"

    first_delivery = fields.Datetime(compute="_compute_speed", compute_sudo=True, groups=FIGURE_GROUPS)
    days_to_customer = fields.Float(
        compute="_compute_speed",
        compute_sudo=True,
        groups=FIGURE_GROUPS,
        digits=(16, 1),
        help="From the approval to the first mail sent or step executed.",
    )
    speed_state = fields.Selection(
        selection=lambda self: self.env["crm.campaign.speed"]._fields["state"]._description_selection(self.env),
        string="Delivery",
        compute="_compute_speed",
        compute_sudo=True,
        groups=FIGURE_GROUPS,
    )

    @api.depends("approved_date", "approval_state", "step_ids.date_done")
    def _compute_speed(self):
        rows = {}
        if self.ids:
            found = self.env["crm.campaign.speed"].search_fetch([("id", "in", self.ids)])
            rows = {row.id: row for row in found}
        for campaign in self:
            row = rows.get(campaign._origin.id)
            campaign.first_delivery = row and row.first_delivery
            campaign.days_to_customer = row.days if row else 0.0
            campaign.speed_state = row and row.state
