from odoo import fields, models
from odoo.tools import SQL


class CrmChannelResponse(models.Model):
    """How soon a request is answered, by channel: one row a ticket, one row an incoming call.

    `minutes`: from the moment the customer wrote or the telephone rang to the first answer, by the clock on the wall;
    empty while there is none, so that averages count answered requests only. A call is answered when it is taken up.
    A ticket that was opened from a call is in the call's row, not in one of its own.
    """

    _name = "crm.channel.response"
    _description = "First Response by Channel"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "channel"

    kind = fields.Selection([("ticket", "Ticket"), ("call", "Call")], readonly=True)
    channel = fields.Selection(
        lambda self: self.env["crm.ticket"]._fields["channel"]._description_selection(self.env), readonly=True
    )
    date = fields.Datetime("Received", readonly=True)
    minutes = fields.Float("First Response (min)", readonly=True, aggregator="avg", digits=(16, 1))
    answered = fields.Integer(readonly=True)
    unanswered = fields.Integer(readonly=True)
    ticket_id = fields.Many2one("crm.ticket", readonly=True)
    call_id = fields.Many2one("crm.call.log", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    _depends = {
        "crm.ticket": [
            *("active", "channel", "commercial_partner_id", "company_id"),
            *("date_first_response", "date_open", "team_id", "user_id"),
        ],
        "crm.call.log": ["company_id", "date_answer", "date_start", "direction", "partner_id", "ticket_id", "user_id"],
    }

    @property
    def _table_query(self):
        """Ids: tickets even, calls odd, so that a row keeps its id."""
        return SQL(
            """SELECT ticket.id::bigint * 2 AS id, 'ticket' AS kind, ticket.channel, ticket.date_open AS date,
                      GREATEST(EXTRACT(EPOCH FROM ticket.date_first_response - ticket.date_open), 0) / 60.0 AS minutes,
                      (ticket.date_first_response IS NOT NULL)::int AS answered,
                      (ticket.date_first_response IS NULL)::int AS unanswered,
                      ticket.id AS ticket_id, NULL::int AS call_id, ticket.commercial_partner_id AS partner_id,
                      ticket.team_id, ticket.user_id, ticket.company_id
                 FROM crm_ticket ticket
                WHERE ticket.active
                  AND NOT EXISTS (SELECT 1 FROM crm_call_log call
                                   WHERE call.ticket_id = ticket.id AND call.direction = 'in'
                                     AND ticket.channel = 'phone')
                UNION ALL
               SELECT call.id::bigint * 2 + 1, 'call', 'phone', call.date_start,
                      GREATEST(EXTRACT(EPOCH FROM call.date_answer - call.date_start), 0) / 60.0,
                      (call.date_answer IS NOT NULL)::int, (call.date_answer IS NULL)::int,
                      call.ticket_id, call.id, partner.commercial_partner_id,
                      ticket.team_id, call.user_id, call.company_id
                 FROM crm_call_log call
                 LEFT JOIN res_partner partner ON partner.id = call.partner_id
                 LEFT JOIN crm_ticket ticket ON ticket.id = call.ticket_id
                WHERE call.direction = 'in'"""
        )

    def action_open_source(self):
        self.ensure_one()
        return (self.call_id or self.ticket_id).get_formview_action()
