from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_consent import REASONS

CHANNELS = [("email", "E-mail"), ("sms", "SMS"), ("call", "Telephone"), ("letter", "Letter")]
EXCLUSIONS = [
    ("no_campaign", "Competitor or given up"),
    ("channel", "Wants another channel"),
    *[reason for reason in REASONS if reason[0] != "cap"],
    ("same_address", "Address occurs twice"),
]


class CrmSegmentVersion(models.Model):
    """The members of a segment as used once: frozen with the rule of that moment and with who was left out and why."""

    _name = "crm.segment.version"
    _description = "Frozen Segment"
    _order = "date desc, id desc"

    name = fields.Char(required=True, readonly=True)
    segment_id = fields.Many2one("crm.segment", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    number = fields.Integer(readonly=True, aggregator=None)
    date = fields.Datetime("Frozen on", required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "Frozen by", readonly=True, default=lambda self: self.env.user)
    purpose = fields.Char("Used for", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True, help="The address that was asked for. Empty: none.")
    rule_text = fields.Char("Who Belonged", readonly=True)
    domain = fields.Char("Filter", readonly=True)
    total = fields.Integer("Members", readonly=True)
    excluded = fields.Integer("Left Out", readonly=True)
    size = fields.Integer("Addressed", readonly=True)
    excluded_text = fields.Char("Left Out Because", compute="_compute_excluded_text")
    line_ids = fields.One2many("crm.segment.version.line", "version_id", readonly=True)
    campaign_ids = fields.One2many("utm.campaign", "segment_version_id", readonly=True)

    @api.depends("excluded")
    @api.depends_context("lang")
    def _compute_excluded_text(self):
        """Counts by reason, also for versions with customers whom the user may not read."""
        labels = dict(self.env["crm.segment.version.line"]._fields["excluded_reason"]._description_selection(self.env))
        groups = (
            self.env["crm.segment.version.line"]
            .sudo()
            ._read_group(
                [("version_id", "in", self.ids), ("excluded_reason", "!=", False)],
                ["version_id", "excluded_reason"],
                ["__count"],
            )
        )
        texts = {}
        for version, reason, count in groups:
            texts.setdefault(version.id, []).append(f"{labels[reason]}: {count}")
        for version in self:
            version.excluded_text = ", ".join(texts.get(version.id, [])) or self.env._("Nobody left out")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.sudo().campaign_ids:
            raise UserError(self.env._("A campaign used this version: it stays."))

    def action_new_mailing(self):
        """A mailing to the customers addressed; who is excluded at the moment of sending stays out as well."""
        self.ensure_one()
        campaign = self.campaign_ids[:1]
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.mailing",
            "views": [(False, "form")],
            "context": {
                "default_mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "default_mailing_domain": repr(self._recipients_domain()),
                "default_campaign_id": campaign.id,
            },
        }

    def _recipients_domain(self):
        """Domain on res.partner: the customers addressed."""
        self.ensure_one()
        addressed = [("version_id", "=", self.id), ("excluded_reason", "=", False)]
        return [("crm_segment_line_ids", "any", addressed)]

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_segment_version_line_action")
        return action | {"name": self.name, "domain": [("version_id", "=", self.id)]}
