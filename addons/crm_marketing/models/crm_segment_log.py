from odoo import fields, models


class CrmSegmentLog(models.Model):
    """Who entered or left a segment, when and why. Append only."""

    _name = "crm.segment.log"
    _description = "Segment Entry or Exit"
    _order = "date desc, id desc"
    _log_access = False  # `date` and `user_id` say it
    _rec_name = "partner_id"

    segment_id = fields.Many2one("crm.segment", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade", index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    kind = fields.Selection([("entered", "Entered"), ("left", "Left")], required=True)
    reason = fields.Char("Why")
    user_id = fields.Many2one("res.users", "By", help="Empty: by the rule.")

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
