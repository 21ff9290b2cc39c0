from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSegmentMember(models.Model):
    """A customer in a segment, since when and why; written by the refresh, or picked by hand."""

    _name = "crm.segment.member"
    _description = "Segment Member"
    _order = "segment_id, since desc, id desc"
    _log_access = False  # a hundred thousand rows a night; `since` says when
    _rec_name = "partner_id"

    segment_id = fields.Many2one("crm.segment", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade", index=True)
    since = fields.Datetime(required=True, default=fields.Datetime.now)
    reason = fields.Char("Why")
    is_manual = fields.Boolean("By Hand", help="Picked by hand: stays whatever the conditions say.")
    user_id = fields.Many2one(related="partner_id.user_id")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    instruction = fields.Char(related="segment_id.instruction")
    measure = fields.Char(related="segment_id.measure")
    marketing_form = fields.Selection(related="segment_id.marketing_form")
    care_degree = fields.Selection(related="segment_id.care_degree")

    _member_unique = models.UniqueIndex("(segment_id, partner_id)", "This customer is in the segment already.")

    @api.depends("segment_id", "partner_id")
    def _compute_display_name(self):
        for member in self:
            member.display_name = f"{member.segment_id.name}: {member.partner_id.display_name}"

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_remove(self):
        """Take hand-picked customers out again; the others leave by the rule of the segment."""
        if not all(self.mapped("is_manual")):
            raise UserError(self.env._("These customers belong by the rule of the segment: change the rule instead."))
        self.segment_id.check_access("write")
        self.env["crm.segment.log"].sudo().create(
            [
                {
                    "segment_id": member.segment_id.id,
                    "company_id": member.company_id.id,
                    "partner_id": member.partner_id.id,
                    "kind": "left",
                    "reason": self.env._("Taken out by %(user)s", user=self.env.user.name),
                    "user_id": self.env.uid,
                }
                for member in self
            ]
        )
        segments = self.segment_id
        self.sudo().unlink()
        segments._refresh()
