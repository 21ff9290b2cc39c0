from odoo import api, fields, models

from ..tools import words

# On these channels nobody speaks with the customer yet: the request is read, classified and routed.
WRITTEN_CHANNELS = frozenset({"portal", "web"})


class CrmTicket(models.Model):
    """The route of a ticket: whether a machine or a person answers, decided once when it comes in, and why."""

    _inherit = "crm.ticket"

    route = fields.Selection(
        [("human", "Agent"), ("automatic", "Automatic")],
        required=True,
        default="human",
        readonly=True,
        copy=False,
        index=True,
    )
    route_id = fields.Many2one(
        "crm.answer.route", "Route Applied", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    route_reason = fields.Char("Why This Route", readonly=True, copy=False)
    route_text = fields.Char("Answered By", compute="_compute_route_text")

    @api.depends("route_reason", "channel")
    @api.depends_context("lang")
    def _compute_route_text(self):
        names = dict(self._fields["channel"]._description_selection(self.env))
        for ticket in self:
            ticket.route_text = ticket.route_reason or self.env._(
                "An agent answers: the request came by '%s'.", names.get(ticket.channel, "")
            )

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Read the mail before the ticket is made: the category decides the policy, the route the acknowledgement."""
        values = dict(custom_values or {})
        subject, body = msg_dict.get("subject"), msg_dict.get("body")
        guess = self._guess_category(values, subject, body)
        team = self.env["crm.service.team"].browse(values.get("team_id") or [])
        scanned = team and team._is_scanner(msg_dict.get("email_from"))
        author = [] if scanned else msg_dict.get("author_id") or []
        partner = self.env["res.partner"].browse(values.get("partner_id") or author)
        self._set_route(values, partner, subject, body)
        ticket = super().message_new(msg_dict, values)
        ticket._keep_guess(guess)
        return ticket

    @api.model_create_multi
    def create(self, vals_list):
        guesses = {}
        for index, vals in enumerate(vals_list):
            if vals.get("channel") in WRITTEN_CHANNELS and "route" not in vals:
                guesses[index] = self._guess_category(vals, vals.get("name"), vals.get("description"))
                partner = self.env["res.partner"].browse(vals.get("partner_id") or [])
                self._set_route(vals, partner, vals.get("name"), vals.get("description"))
        tickets = super().create(vals_list)
        for index, guess in guesses.items():
            tickets[index]._keep_guess(guess)
        return tickets

    @api.model
    def _set_route(self, vals, partner, subject, html):
        """Decide the route of a new ticket and write it into its values; no query where no route is set up."""
        team = self.env["crm.service.team"].browse(vals.get("team_id") or [])
        company = self.env["res.company"].browse(vals.get("company_id") or []) or team.sudo().company_id
        company = company or self.env.company
        category = self.env["crm.ticket.category"].sudo().browse(vals.get("category_id") or [])
        text = f"{subject or ''}\n{words.own_words(words.plain(html))}"
        route, sentence = self.env["crm.answer.route"]._choose(company, team, partner, category, text)
        vals.update(route=route.handling or "human", route_id=route.id, route_reason=sentence)
        if route.handling == "automatic":
            vals["automatic_state"] = "todo"
            self.env.ref("crm_service.ir_cron_automatic_answers").sudo()._trigger()
