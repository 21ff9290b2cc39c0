from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import sla

EFFECTS = [
    ("solved", "Solved"),
    ("partly", "Partly solved"),
    ("workaround", "Workaround"),
    ("unsolved", "Not solved"),
]
WORK_KINDS = [
    ("answer", "Written answer"),
    ("call", "Call"),
    ("remote", "Remote help"),
    ("visit", "Visit"),
    ("workshop", "Workshop"),
    ("other", "Other"),
]


class CrmTicketWork(models.Model):
    """One line of service: who did what for how long, and with what effect.

    Units: minutes of one person; cost in the company's currency at the hourly rate of the day the line was written
    (the agent's own rate, else the company's). A later rate changes no older line. 0 minutes: no time recorded.
    """

    _name = "crm.ticket.work"
    _description = "Service Content"
    _order = "date desc, id desc"
    _rec_name = "content"
    _check_company_auto = True

    ticket_id = fields.Many2one("crm.ticket", required=True, index=True, ondelete="cascade", check_company=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    commercial_partner_id = fields.Many2one(
        related="ticket_id.commercial_partner_id", store=True, precompute=True, string="Customer"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one(
        "res.users",
        "Agent",
        required=True,
        index=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )
    kind = fields.Selection(WORK_KINDS, required=True, default="answer")
    minutes = fields.Float(aggregator="sum", digits=(16, 1), help="Working time of one person; 0: not recorded.")
    content = fields.Text(required=True, help="What was done for the customer.")
    effect = fields.Selection(EFFECTS, help="What this step achieved.")
    # Not precomputed: the rate is read in sudo, an agent may not see it.
    hourly_cost = fields.Monetary(
        compute="_compute_hourly_cost",
        store=True,
        aggregator=None,
        groups="crm_service.group_service_manager",
    )
    cost = fields.Monetary(compute="_compute_cost", store=True, groups="crm_service.group_service_manager")

    _check_minutes = models.Constraint("CHECK (minutes >= 0)", "The minutes must not be negative.")

    @api.constrains("content")
    def _check_content(self):
        if any(not (line.content or "").strip() for line in self):
            raise ValidationError(self.env._("Say in a few words what was done."))

    @api.depends("user_id", "company_id")
    def _compute_hourly_cost(self):
        rates = self.env["crm.agent.profile"]._hourly_costs({(line.user_id, line.company_id) for line in self})
        for line in self:
            line.hourly_cost = rates[line.user_id, line.company_id]

    @api.depends("minutes", "hourly_cost")
    def _compute_cost(self):
        for line in self:
            line.cost = line.minutes / 60 * line.hourly_cost

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        """What was recorded for a closed ticket stays; managers may correct it."""
        manager = self.env.user.has_group("crm_service.group_service_manager")
        if not manager and any(line.ticket_id.stage_kind in sla.DONE_STAGES for line in self):
            raise UserError(self.env._("The ticket is closed: its service content stays on record."))
