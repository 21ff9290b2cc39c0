import psycopg2
from odoo import api, fields, models

CANDIDATES = 20  # customers with the caller's number that are shown


class CrmCallLog(models.Model):
    """A telephone call as the telephone system reported it: who, when, answered or not, by whom, for which ticket.

    One row a call; its events may come twice and in any order. Times are UTC, as the telephone system gave them.
    """

    _name = "crm.call.log"
    _description = "Telephone Call"
    _order = "date_start desc, id desc"
    _rec_name = "number"
    _check_company_auto = True

    call_id = fields.Char("Call", required=True, readonly=True, help="The telephone system's own name of the call.")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    direction = fields.Selection([("in", "Incoming"), ("out", "Outgoing")], required=True, readonly=True, default="in")
    number = fields.Char("Number", readonly=True, help="Of the other party, as the telephone system wrote it.")
    e164 = fields.Char("Dialled as", readonly=True, index="btree_not_null")
    extension = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True, index="btree_not_null")
    date_start = fields.Datetime("Started", required=True, readonly=True, index=True)
    date_answer = fields.Datetime("Answered", readonly=True)
    date_end = fields.Datetime("Ended", readonly=True)
    state = fields.Selection(
        [("ringing", "Ringing"), ("answered", "Answered"), ("ended", "Ended"), ("missed", "Missed")],
        required=True,
        readonly=True,
        default="ringing",
    )
    wait_seconds = fields.Integer("Waited (s)", readonly=True, aggregator="avg", help="From the first ring.")
    talk_seconds = fields.Integer("Talked (s)", readonly=True, aggregator="avg")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index="btree_not_null",
        help="Found by the number in any writing; empty while nobody, or more than one customer, has it.",
    )
    match_count = fields.Integer("Matches", readonly=True)
    ticket_id = fields.Many2one("crm.ticket", index="btree_not_null", check_company=True, ondelete="set null")

    _call_uniq = models.UniqueIndex("(company_id, call_id)", "A call is reported under one name.")

    @api.depends("number", "partner_id")
    def _compute_display_name(self):
        for call in self:
            call.display_name = call.partner_id.display_name or call.number or call.call_id

    # === EVENTS OF THE TELEPHONE SYSTEM === #

    @api.model
    def _report(self, event, company):
        """Record one event (tools.calls.CallEvent) of a call and tell the agent whose telephone rings."""
        Call = self.sudo().with_company(company)
        call = Call.search([("company_id", "=", company.id), ("call_id", "=", event.call_id)])
        fresh = not call
        if fresh:
            call = Call._create_once(Call._values_of_new(event, company))
        user = self._user_of_extension(event.extension, company)
        rang_elsewhere = user and user != call.user_id
        values = call._values_of_event(event)
        if user:
            values.update(user_id=user.id, extension=event.extension)
        known = call.read(list(values), load=None)[0]
        call.write({name: value for name, value in values.items() if known[name] != value})
        if event.event != "ended" and (fresh or rang_elsewhere or event.event == "ringing"):
            call._pop()
        return call

    @api.model
    def _create_once(self, values):
        """Create the call; if another worker does so at this moment, the whole request runs again and finds it."""
        try:
            with self.env.cr.savepoint():
                return self.create(values)
        except psycopg2.errors.UniqueViolation as error:
            raise psycopg2.errors.SerializationFailure from error

    @api.model
    def _values_of_new(self, event, company):
        partners = self._find_callers(event.number, company)
        return {
            "call_id": event.call_id,
            "company_id": company.id,
            "direction": event.direction,
            "number": event.number,
            "e164": self.env["res.partner"]._phone_format_number(event.number, company.country_id) or False,
            "extension": event.extension,
            "date_start": event.date,
            "match_count": len(partners),
            "partner_id": partners.id if len(partners) == 1 else partners._one_customer().id,
        }

    def _values_of_event(self, event):
        """Return what this event says; an event that comes late takes nothing back."""
        values = {}
        if event.event == "ringing":
            values["date_start"] = min(self.date_start, event.date)
        answered, ended = self.date_answer, self.date_end
        if event.event == "answered":
            answered = values["date_answer"] = min(filter(None, (self.date_answer, event.date)))
        if event.event == "ended":
            ended = values["date_end"] = max(filter(None, (self.date_end, event.date)))
        start = values.get("date_start", self.date_start)
        if answered:
            values["wait_seconds"] = max(int((answered - start).total_seconds()), 0)
        if ended:
            values["talk_seconds"] = max(int((ended - answered).total_seconds()), 0) if answered else 0
            values["state"] = "ended" if answered else "missed"
        else:
            values["state"] = "answered" if answered else "ringing"
        return values

    @api.model
    def _find_callers(self, number, company):
        """Return the people and companies that have the number, in any writing; those of the company first."""
        partners = self.env["res.partner"].sudo()
        domain = partners._crm_caller_domain(number, company)
        return partners.search(domain, limit=CANDIDATES) if domain is not None else partners

    @api.model
    def _user_of_extension(self, extension, company):
        users = self.env["res.users"].sudo()
        if not extension:
            return users
        return users.search(
            [("telephone_extension", "=", extension), ("company_ids", "in", company.ids), ("share", "=", False)],
            limit=1,
        )

    def _pop(self):
        """Tell the agent's web client to show the caller."""
        if self.user_id and self.direction == "in":
            self.user_id._bus_send(
                "crm_service.call", {"id": self.id, "number": self.number or "", "name": self.partner_id.name or ""}
            )

    # === SCREENS === #

    def action_caller(self):
        """Return what the agent sees when the telephone rings: the caller, a list of them, or a new caller's form."""
        self.ensure_one()
        self.check_access("read")
        partners = self._find_callers(self.number, self.company_id).sudo(False)._filtered_access("read")
        caller = self.partner_id.sudo(False)._filtered_access("read") or (
            partners if len(partners) == 1 else partners[:0]
        )
        if caller:
            return {
                "type": "ir.actions.act_window",
                "name": caller.display_name,
                "res_model": "res.partner",
                "res_id": caller.id,
                "views": [(False, "form")],
                "context": {"crm_call_log_id": self.id},
            }
        if partners:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Who calls from %s?", self.number),
                "res_model": "res.partner",
                "views": [(False, "list"), (False, "form")],
                "domain": [("id", "in", partners.ids)],
                "context": {"crm_call_log_id": self.id, "create": False},
            }
        return self.action_new_ticket(self.env._("New caller %s", self.number))

    def action_new_ticket(self, name=None):
        """Open the quick entry with what is known of this call."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name or self.env._("New Ticket"),
            "res_model": "crm.ticket.quick",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_call_log_id": self.id,
                "default_channel": "phone",
                "default_company_id": self.company_id.id,
                "default_partner_id": self.partner_id.id,
                "default_phone": self.number,
            },
        }

    def _link_ticket(self, ticket):
        """The call is about this ticket; its customer is known from now on. Agents may not write calls themselves."""
        self.ensure_one()
        self.check_access("read")
        values = {"ticket_id": ticket.id}
        if ticket.partner_id:
            values["partner_id"] = ticket.partner_id.id
        self.sudo().write(values)
