from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class UtmCampaign(models.Model):
    """A campaign for a segment: it keeps the segment, the version of it as frozen, and its size."""

    _inherit = "utm.campaign"

    segment_id = fields.Many2one(
        "crm.segment",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('company_id', '=', company_id)] if company_id else []",
    )
    segment_version_id = fields.Many2one(
        "crm.segment.version", "Audience", index="btree_not_null", ondelete="restrict", readonly=True, copy=False
    )
    audience_size = fields.Integer(
        related="segment_version_id.size", store=True, aggregator="sum", help="Customers addressed, as frozen."
    )
    audience_excluded = fields.Integer("Customers Left Out", related="segment_version_id.excluded")
    audience_text = fields.Char("Left Out Because", related="segment_version_id.excluded_text")

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("segment_id") or vals.get("segment_version_id") for vals in vals_list):
            self._check_audience_access()
        return super().create(vals_list)

    def write(self, vals):
        if {"segment_id", "segment_version_id"} & vals.keys():
            self._check_audience_access()
        if "segment_id" in vals and "segment_version_id" not in vals:
            changed = self.filtered(lambda campaign: campaign.segment_id.id != vals["segment_id"])
            super(UtmCampaign, changed.filtered("segment_version_id")).write({"segment_version_id": False})
        return super().write(vals)

    def _check_audience_access(self):
        if not (self.env.su or self.env.user.has_group("mass_mailing.group_mass_mailing_user")):
            raise AccessError(self.env._("Only marketing users choose the audience of a campaign: ask one of them."))

    def _freeze_audience(self, channel=None):
        """Freeze the segment of each campaign for it; the campaign keeps the version."""
        self._check_audience_access()
        for campaign in self:
            if not campaign.segment_id:
                raise UserError(self.env._("Choose a segment for %(campaign)s first.", campaign=campaign.title))
            campaign.segment_version_id = campaign.segment_id._freeze(campaign.title, channel)
        return self.segment_version_id

    def action_freeze_audience(self):
        self._freeze_audience()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_audience(self):
        self.ensure_one()
        return self.segment_version_id.action_open_lines()
