from odoo import fields, models
from odoo.tools import SQL


class CrmAnswerFact(models.Model):
    """One row a ticket that came in writing: who answered it, and whether its category was guessed right.

    Counts only tickets that were read by the suite (a route was decided). `automatic_share` and `correct_share` are 1
    or 0, so that their average is a share; `correct_share` is empty where nothing was guessed or the category is not
    settled yet: settled = the ticket is solved or closed with a category, or somebody corrected the guess.
    """

    _name = "crm.answer.fact"
    _description = "Automatic Answers and Classification"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("crm.ticket", readonly=True)
    date = fields.Datetime("Opened", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    channel = fields.Selection(
        selection=lambda self: self.env["crm.ticket"]._fields["channel"]._description_selection(self.env), readonly=True
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    category_id = fields.Many2one("crm.ticket.category", readonly=True)
    route_id = fields.Many2one("crm.answer.route", "Route", readonly=True)
    answer_kind = fields.Selection(
        selection=lambda self: self.env["crm.answer.route"]._fields["answer_kind"]._description_selection(self.env),
        string="Answer",
        readonly=True,
    )
    automatic = fields.Boolean("Answered Automatically", readonly=True)
    automatic_share = fields.Float("Share Answered Automatically", readonly=True, aggregator="avg")
    entirely_share = fields.Float(
        "Share Handled Entirely",
        readonly=True,
        aggregator="avg",
        help="Answered automatically, solved, and the customer did not come back.",
    )
    reopened = fields.Boolean("Reopened by a Reply", readonly=True)
    guess_id = fields.Many2one("crm.ticket.category", "Guessed Category", readonly=True)
    confidence = fields.Float(readonly=True, aggregator="avg")
    words = fields.Char("Because", readonly=True)
    applied = fields.Boolean("Guess Set", readonly=True)
    judged = fields.Boolean(readonly=True, help="The category is settled.")
    correct = fields.Boolean("Guessed Right", readonly=True)
    correct_share = fields.Float("Accuracy", readonly=True, aggregator="avg")

    _depends = {
        "crm.ticket": [
            "active", "auto_answered", "auto_reopened", "category_id", "channel", "commercial_partner_id",
            "company_id", "date_open", "route_id", "route_reason", "stage_kind", "team_id",
        ],
        "crm.ticket.classification": ["applied", "category_id", "confidence", "corrected", "ticket_id", "words"],
        "crm.answer.route": ["answer_kind"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT fact.*,
                   CASE WHEN fact.judged THEN (fact.guess_id = fact.category_id) END AS correct,
                   CASE WHEN fact.judged THEN (fact.guess_id = fact.category_id)::int END AS correct_share
              FROM (SELECT ticket.id, ticket.id AS ticket_id, ticket.date_open AS date, ticket.company_id,
                           ticket.team_id, ticket.channel, ticket.commercial_partner_id AS partner_id,
                           ticket.category_id, ticket.route_id, route.answer_kind,
                           COALESCE(ticket.auto_answered, FALSE) AS automatic,
                           COALESCE(ticket.auto_answered, FALSE)::int AS automatic_share,
                           (COALESCE(ticket.auto_answered, FALSE) AND NOT COALESCE(ticket.auto_reopened, FALSE)
                               AND ticket.stage_kind IN ('solved', 'closed'))::int AS entirely_share,
                           COALESCE(ticket.auto_reopened, FALSE) AS reopened,
                           guess.category_id AS guess_id, guess.confidence, guess.words,
                           COALESCE(guess.applied, FALSE) AS applied,
                           guess.id IS NOT NULL AND ticket.category_id IS NOT NULL
                               AND (guess.corrected OR ticket.stage_kind IN ('solved', 'closed')) AS judged
                      FROM crm_ticket ticket
                      LEFT JOIN crm_ticket_classification guess ON guess.ticket_id = ticket.id
                      LEFT JOIN crm_answer_route route ON route.id = ticket.route_id
                     WHERE ticket.active AND ticket.route_reason IS NOT NULL) fact
            """
        )

    def action_open_ticket(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
        }
