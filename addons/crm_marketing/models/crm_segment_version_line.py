from odoo import fields, models

from .crm_segment_version import EXCLUSIONS


class CrmSegmentVersionLine(models.Model):
    """One customer of a frozen segment: addressed, or left out for a reason."""

    _name = "crm.segment.version.line"
    _description = "Customer of a Frozen Segment"
    _order = "version_id, excluded_reason nulls first, id"
    _rec_name = "partner_id"
    _log_access = False  # the version says when and by whom

    version_id = fields.Many2one("crm.segment.version", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade", index=True
    )
    reason = fields.Char("Member Because", readonly=True)
    excluded_reason = fields.Selection(EXCLUSIONS, "Left Out Because", readonly=True, help="Empty: addressed.")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")

    _line_unique = models.UniqueIndex("(version_id, partner_id)", "This customer is in the version already.")

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
