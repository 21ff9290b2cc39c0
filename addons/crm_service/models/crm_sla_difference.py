from odoo import api, fields, models
from odoo.tools import format_datetime


class CrmSlaDifference(models.Model):
    """A stored figure of a clock that is not what its ticket's events say. Empty lists are the rule."""

    _name = "crm.sla.difference"
    _description = "Difference of a Service Clock"
    _order = "id"
    _rec_name = "ticket_id"

    verification_id = fields.Many2one("crm.sla.verification", required=True, index=True, ondelete="cascade")
    ticket_id = fields.Many2one("crm.ticket", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    clock_id = fields.Many2one("crm.sla.clock", ondelete="set null", readonly=True)
    clock = fields.Char("Clock Name", readonly=True)
    figure = fields.Char(readonly=True)
    stored = fields.Char(readonly=True)
    recomputed = fields.Char(readonly=True)
    mended = fields.Boolean(readonly=True)

    def action_mend(self):
        """Store what the events say."""
        self.check_access("write")
        self.sudo().ticket_id._sla_refresh(fields.Datetime.now())
        self.sudo().mended = True

    @api.model
    def _text(self, value):
        """Return a stored figure as text: moments in the reader's time zone, nothing as '-'."""
        if value is False or value is None:
            return "-"
        if hasattr(value, "isoformat"):
            return format_datetime(self.env, value)
        return str(value)
