import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..report.voice_sql import share, wilson

_logger = logging.getLogger(__name__)
TEMPLATE = "crm_service.mail_template_rating_request"


class CrmRatingRequest(models.Model):
    """A contact was asked to rate a solved ticket: once a ticket, once a contact in N days, with one reminder.

    The rating itself is Odoo's (`rating.rating`), given on its public page. Written by the cron; days and moments
    are UTC. The request and its mail are made in one transaction: a cron that is killed asks nobody twice.
    """

    _name = "crm.rating.request"
    _description = "Rating Request"
    _order = "date_sent desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("crm.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True, ondelete="set null", index="btree_not_null")
    email = fields.Char(readonly=True, help="Normalised address that was asked.")
    team_id = fields.Many2one("crm.service.team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Agent", readonly=True, ondelete="set null")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null")
    date_sent = fields.Datetime("Asked On", required=True, readonly=True)
    date_reminder = fields.Datetime("Reminded On", readonly=True)
    date_answered = fields.Datetime("Answered On", readonly=True)
    state = fields.Selection(
        [("sent", "Asked"), ("reminded", "Reminded"), ("answered", "Answered")],
        required=True,
        readonly=True,
        default="sent",
    )
    rating_id = fields.Many2one("rating.rating", readonly=True, ondelete="set null", index="btree_not_null")
    value = fields.Float("Value", related="rating_id.rating", help="From 1 (bad) to 5 (very good).")
    response_rate = fields.Float(
        "Response %", compute="_compute_response", aggregator="avg", digits=(5, 1), help="Answered in percent of asked."
    )
    response_low = fields.Float(
        "Response % at Least",
        compute="_compute_response",
        aggregator="avg",
        digits=(5, 1),
        help="95 % interval.",
    )
    response_high = fields.Float(
        "Response % at Most",
        compute="_compute_response",
        aggregator="avg",
        digits=(5, 1),
        help="95 % interval.",
    )

    _ticket_uniq = models.UniqueIndex("(ticket_id)", "A ticket is asked about once.")
    _email_idx = models.Index("(email, date_sent)")
    _reminder_idx = models.Index("(date_sent) WHERE state = 'sent'")

    @api.depends("state")
    def _compute_response(self):
        for request in self:
            answered = 100.0 if request.state == "answered" else 0.0
            request.response_rate = request.response_low = request.response_high = answered

    def _read_group_select(self, aggregate_spec, query):
        """The share of a group and its Wilson interval."""
        state = SQL("%s = 'answered'", self._field_to_sql(self._table, "state", query))
        if aggregate_spec == "response_rate:avg":
            return share(state)
        if aggregate_spec in ("response_low:avg", "response_high:avg"):
            return wilson(state, upper=aggregate_spec == "response_high:avg")
        return super()._read_group_select(aggregate_spec, query)

    # === ASKING === #

    @api.model
    def _candidates(self, now, limit):
        """Return the solved tickets to ask about, one an address: the contact's newest one."""
        self.env.flush_all()
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT id FROM (
                        SELECT DISTINCT ON (partner.email_normalized) ticket.id, ticket.date_solved
                          FROM crm_ticket ticket
                          JOIN crm_service_team team ON team.id = ticket.team_id AND team.ask_rating
                          JOIN res_company company ON company.id = ticket.company_id
                          JOIN res_partner partner ON partner.id = ticket.partner_id
                         WHERE ticket.active AND partner.active AND partner.partner_share
                           AND partner.email_normalized <> ''
                           AND ticket.stage_kind IN ('solved', 'closed')
                           AND ticket.date_solved <= %(now)s
                           AND ticket.date_solved > %(now)s - company.crm_rating_window * INTERVAL '1 day'
                           AND NOT EXISTS (SELECT 1 FROM crm_rating_request asked WHERE asked.ticket_id = ticket.id)
                           AND NOT EXISTS (SELECT 1 FROM crm_rating_request asked
                                            WHERE asked.email = partner.email_normalized
                                              AND asked.date_sent
                                                  > %(now)s - company.crm_rating_days * INTERVAL '1 day')
                           AND NOT EXISTS (SELECT 1 FROM rating_rating given
                                            WHERE given.res_model = 'crm.ticket' AND given.res_id = ticket.id
                                              AND given.consumed)
                           AND NOT EXISTS (SELECT 1 FROM mail_blacklist refused
                                            WHERE refused.active AND refused.email = partner.email_normalized)
                         ORDER BY partner.email_normalized, ticket.date_solved DESC, ticket.id DESC
                    ) asked_about
                     ORDER BY date_solved, id LIMIT %(limit)s
                    """,
                    now=now,
                    limit=limit,
                )
            )
        ]

    @api.model
    def _process_requests(self, now=None, limit=100):
        """Ask for ratings of solved tickets. Returns how many contacts were asked."""
        now = now or fields.Datetime.now()
        tickets = self.env["crm.ticket"].sudo().browse(self._candidates(now, limit))
        requests = self.sudo().create(
            [
                {
                    "ticket_id": ticket.id,
                    "company_id": ticket.company_id.id,
                    "partner_id": ticket.partner_id.id,
                    "email": ticket.partner_id.email_normalized,
                    "team_id": ticket.team_id.id,
                    "user_id": ticket.user_id.id,
                    "product_id": ticket.product_id.id,
                    "date_sent": now,
                }
                for ticket in tickets
            ]
        )
        requests._send()
        return len(requests)

    @api.model
    def _process_reminders(self, now=None, limit=100):
        """Remind once those who have not answered. Returns how many were reminded."""
        now = now or fields.Datetime.now()
        self.env.flush_all()
        due = self.env.execute_query(
            SQL(
                """SELECT request.id FROM crm_rating_request request
                     JOIN res_company company ON company.id = request.company_id
                    WHERE request.state = 'sent' AND company.crm_rating_reminder_days > 0
                      AND request.partner_id IS NOT NULL
                      AND request.date_sent <= %(now)s - company.crm_rating_reminder_days * INTERVAL '1 day'
                    ORDER BY request.date_sent, request.id LIMIT %(limit)s""",
                now=now,
                limit=limit,
            )
        )
        requests = self.sudo().browse([row[0] for row in due])
        requests.write({"state": "reminded", "date_reminder": now})
        requests.with_context(crm_rating_reminder=True)._send()
        return len(requests)

    def _send(self):
        """Put the mails in the queue, each in the language of its contact; one that fails holds up no other."""
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template:
            return
        for request in self:
            try:
                with self.env.cr.savepoint():
                    request._send_one(template.sudo())
            except Exception:
                _logger.exception("The rating request of ticket %s cannot be sent", request.ticket_id.id)

    def _send_one(self, template):
        ticket = self.ticket_id
        token = ticket._rating_get_access_token()
        self.rating_id = ticket.rating_ids.filtered(lambda item: item.access_token == token)[:1]
        automatic = ticket.with_context(crm_ticket_automatic=True)
        automatic.rating_send_request(template, lang=ticket.partner_id.lang, force_send=False)

    @api.model
    def _cron_requests(self, batch=50):
        cron = self.env["ir.cron"]
        horizon = fields.Datetime.now() - timedelta(seconds=1)
        for process in (self._process_requests, self._process_reminders):
            while True:
                done = process(now=horizon, limit=batch)
                if not cron._commit_progress(processed=done) or done < batch:
                    break
