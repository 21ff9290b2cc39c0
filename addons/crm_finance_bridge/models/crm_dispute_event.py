from odoo import fields, models
from odoo.addons.crm_service.tools import sla


class CrmDisputeEvent(models.Model):
    """What happened to a dispute, as far as its clock cares. Append only: the clock is recomputed from here."""

    _name = "crm.dispute.event"
    _description = "Dispute Clock Event"
    _order = "date, id"
    _rec_name = "kind"

    dispute_id = fields.Many2one("crm.dispute", required=True, index=True, ondelete="cascade", readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    kind = fields.Selection(
        [
            (sla.OPEN, "Opened"),
            (sla.POLICY, "Other cause"),
            (sla.PAUSE, "Waiting for the customer"),
            (sla.RESUME, "Work goes on"),
            (sla.SOLVE, "Settled"),
            (sla.REOPEN, "Reopened"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "By", default=lambda self: self.env.user, readonly=True)
    minutes = fields.Integer("Working Minutes Allowed", readonly=True, aggregator=None)
