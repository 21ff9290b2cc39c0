from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain

OPEN_KINDS = ("new", "open", "waiting")


class CrmServiceTeam(models.Model):
    _name = "crm.service.team"
    _description = "Service Team"
    _inherit = ["mail.alias.mixin", "mail.thread", "rating.parent.mixin"]
    _order = "sequence, name, id"
    _check_company_auto = True
    _rating_satisfaction_days = 90

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    user_id = fields.Many2one("res.users", "Leader", domain=[("share", "=", False)], tracking=True)
    member_ids = fields.Many2many("res.users", string="Members", domain=[("share", "=", False)])
    acknowledge = fields.Boolean(
        "Acknowledge Requests",
        default=True,
        help="A customer who writes by e-mail or on the portal gets one mail with the ticket number. Mail from "
        "machines is never answered.",
    )
    ticket_count = fields.Integer("Open Tickets", compute="_compute_ticket_counts")
    unassigned_count = fields.Integer("Without Owner", compute="_compute_ticket_counts")
    breached_count = fields.Integer("Late", compute="_compute_ticket_counts")

    def _compute_ticket_counts(self):
        Ticket = self.env["crm.ticket"]
        open_tickets = Domain("team_id", "in", self.ids) & Domain("stage_kind", "in", OPEN_KINDS)
        for field, domain in (
            ("ticket_count", open_tickets),
            ("unassigned_count", open_tickets & Domain("user_id", "=", False)),
            ("breached_count", open_tickets & Domain("sla_state", "=", "breached")),
        ):
            counts = dict(Ticket._read_group(domain, ["team_id"], ["__count"])) if self.ids else {}
            for team in self:
                team[field] = counts.get(team._origin, 0)

    # === MAIL === #

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("crm.ticket")
        if self.id:
            values["alias_defaults"] = defaults = literal_eval(self.alias_defaults or "{}")
            defaults["team_id"] = self.id
        return values

    # === BUSINESS METHODS === #

    @api.model
    def _default_for(self, company, user=None):
        """Return the first team of the company that the user works in, else its first team; may be empty."""
        teams = self.search([("company_id", "=", company.id)])
        return teams.filtered(lambda team: user and user in team.member_ids)[:1] or teams[:1]

    def action_open_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = [("team_id", "in", self.ids)]
        action["context"] = {"default_team_id": self.id, "search_default_open": 1, **self.env.context}
        return action
