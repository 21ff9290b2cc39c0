from odoo import api, fields, models

from ..tools import sla
from .crm_sla_clock import write_changes
from .crm_sla_event import WAITING_FOR

# A change of one of these may call for another policy; `_sla_policy_fields` lets topics add theirs.
POLICY_FIELDS = frozenset({"team_id", "category_id", "priority", "company_id", "partner_id"})
# On these channels an agent speaks with the customer while the ticket is opened: it is answered at once.
SPOKEN_CHANNELS = frozenset({"phone", "visit"})


class CrmTicket(models.Model):
    """The clocks of a ticket: events are recorded, clocks and the ticket's summary are read from them."""

    _inherit = "crm.ticket"

    policy_id = fields.Many2one("crm.sla.policy", readonly=True, copy=False, index="btree_not_null")
    policy_version = fields.Integer(readonly=True, copy=False, aggregator=None)
    policy_reason = fields.Char("Why This Policy", readonly=True, copy=False)
    policy_pauses = fields.Char(readonly=True, copy=False, help="What rests the clocks by the promised terms.")
    waiting_for = fields.Selection(
        WAITING_FOR,
        copy=False,
        tracking=True,
        help="Whom the work waits for. Whether the clocks rest meanwhile is a term of the service level.",
    )
    clock_ids = fields.One2many("crm.sla.clock", "ticket_id", "Clocks", readonly=True)
    event_ids = fields.One2many("crm.sla.event", "ticket_id", "Clock Events", readonly=True)
    deadline = fields.Datetime(
        readonly=True, copy=False, index=True, help="The earliest deadline still running; empty while paused."
    )
    sla_state = fields.Selection(
        [
            ("none", "No promise"),
            (sla.RUNNING, "In time"),
            (sla.PAUSED, "Paused"),
            (sla.MET, "Met"),
            (sla.BREACHED, "Late"),
        ],
        "Promise",
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    date_first_response = fields.Datetime("First Response", readonly=True, copy=False)
    customer_waits_since = fields.Datetime(
        readonly=True, copy=False, help="Since when the customer waits for an answer; empty once he has it."
    )
    breach_cause_id = fields.Many2one(
        "crm.breach.cause",
        "Cause of the Delay",
        copy=False,
        tracking=True,
        index="btree_not_null",
        domain="[('company_id', 'in', (company_id, False))]",
        help="Why a promise of this ticket was broken.",
    )

    # === HOOKS OF OTHER TOPICS === #

    @api.model
    def _sla_policy_fields(self):
        """Return the names of the fields whose change chooses the policy anew."""
        return POLICY_FIELDS

    def _sla_agreements(self):
        """Return {ticket: (policy, sentence)} for the tickets whose service agreement names a policy."""
        return {}

    def _sla_breached(self, clocks):
        """`clocks` of these tickets have just been found broken; called once for each clock, with all of one job."""

    def _sla_warned(self, clock, share):
        """A clock of this ticket used `share` (50, 75, 90) percent of its time; called once for each share."""

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._sla_open()
        return tickets

    def write(self, vals):
        watched = {"stage_id", "waiting_for", "user_id"} | self._sla_policy_fields()
        if not watched & vals.keys():
            return super().write(vals)
        vals = self._sla_waiting_vals(vals)
        before = {ticket: (ticket._sla_position(), ticket._sla_inputs(), ticket.user_id) for ticket in self}
        stages = {ticket: ticket.stage_id for ticket in self}
        result = super().write(vals)
        changed = self.filtered(lambda ticket: ticket._sla_inputs() != before[ticket][1])
        events = changed._sla_policy_events()
        for ticket, (position, _inputs, owner) in before.items():
            moved = ticket.stage_id if ticket.stage_id != stages[ticket] else ticket.stage_id.browse()
            events += ticket._sla_moves(position, moved)
            if ticket.user_id and not owner:
                events.append({"ticket_id": ticket.id, "kind": sla.ASSIGN})
        self._sla_record(events)
        return result

    def _sla_waiting_vals(self, vals):
        """A ticket that leaves a waiting stage, or is solved, waits for nobody any more, unless the values say so."""
        if "stage_id" not in vals or "waiting_for" in vals:
            return vals
        kind = self.env["crm.ticket.stage"].browse(vals["stage_id"]).kind
        leaves = kind not in sla.WAITING_STAGES and any(item.stage_kind in sla.WAITING_STAGES for item in self)
        return {**vals, "waiting_for": False} if leaves or kind in sla.DONE_STAGES else vals

    def _sla_inputs(self):
        return [self[name] for name in sorted(self._sla_policy_fields())]

    def _sla_position(self):
        return sla.Position(self.stage_kind, self.waiting_for, self.policy_pauses or "customer")

    # === EVENTS === #

    def _sla_moves(self, before, stage):
        """Return the events of a move from a position to where the ticket is now; `stage`: the one it came to."""
        kinds = sla.move_events(before, self._sla_position()) or ([sla.STAGE] if stage else [])
        moves = [{"ticket_id": self.id, "kind": kind} for kind in kinds]
        for move in moves[:1]:
            move["stage_id"] = stage.id
        for move in moves:
            if move["kind"] == sla.PAUSE:
                move["waiting_for"] = self.waiting_for or "customer"
        return moves

    def _sla_open(self):
        """Choose the policies and start the clocks of new tickets; a fixed number of queries for any batch."""
        policies = self.env["crm.sla.policy"]
        chosen = policies._choose(self)
        events = []
        for ticket in self:
            policy, _reason = chosen[ticket]
            opened = {"ticket_id": ticket.id, "kind": sla.OPEN, "date": ticket.date_open}
            terms = policies._terms_of(policy.id) if policy else {}
            events.append({**opened, **terms, "stage_id": ticket.stage_id.id})
            if ticket.user_id:
                events.append({**opened, "kind": sla.ASSIGN})
            if ticket.channel in SPOKEN_CHANNELS:
                events.append({**opened, "kind": sla.RESPONSE})
            position = sla.Position(
                ticket.stage_kind, ticket.waiting_for, policies._pauses_of(policy.id) if policy else "customer"
            )
            events += [
                {**opened, "kind": kind, "waiting_for": kind == sla.PAUSE and (ticket.waiting_for or "customer")}
                for kind in sla.move_events(sla.Position("new"), position)
            ]
        self._sla_record(events, chosen)

    def _sla_policy_events(self):
        """Return events for the tickets whose policy is no longer the one that fits; time used stays used."""
        events = []
        policies = self.env["crm.sla.policy"]
        for ticket, (policy, reason) in policies._choose(self).items() if self else ():
            if policy and policy != ticket.policy_id:
                events.append({"ticket_id": ticket.id, "kind": sla.POLICY, **policies._terms_of(policy.id)})
                write_changes(ticket.sudo(), ticket._sla_policy_values(policy, reason))
        return events

    @api.model
    def _sla_policy_values(self, policy, reason):
        """Return what a ticket keeps of the policy that was chosen for it."""
        policies = self.env["crm.sla.policy"]
        return {
            "policy_id": policy.id,
            "policy_version": policies._terms_of(policy.id)["policy_version"] if policy else 0,
            "policy_pauses": policies._pauses_of(policy.id) if policy else False,
            "policy_reason": reason,
        }

    def _sla_record(self, vals_list, chosen=None):
        """Append events (dated now unless they say otherwise) and read the clocks of their tickets again."""
        if not vals_list:
            return
        now = fields.Datetime.now()
        Event = self.env["crm.sla.event"].sudo()
        companies = {ticket.id: ticket.company_id.id for ticket in self}
        events = Event.create([{"date": now, "company_id": companies[vals["ticket_id"]], **vals} for vals in vals_list])
        if chosen:
            events.ticket_id._sla_refresh(now, events.grouped("ticket_id"), chosen)
        else:
            events.ticket_id._sla_refresh(now)

    def action_mark_answered(self):
        """The customer was answered outside the system (by phone, in person): the response is given."""
        self._sla_record([{"ticket_id": ticket.id, "kind": sla.RESPONSE} for ticket in self])
