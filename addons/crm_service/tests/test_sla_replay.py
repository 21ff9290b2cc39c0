import csv
import gzip
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest import skipUnless

from odoo.addons.mail.tests.common import freeze_all_time
from odoo.tests import tagged

from ..tools import sla
from .light import LightCommon

NAME = "incident_events.csv.gz"
PLACES = [folder / "shared" / "data" / NAME for folder in Path(__file__).resolve().parents]
LOG = next((place for place in PLACES if place.exists()), None)

MINUTE = timedelta(minutes=1)
START = datetime(2016, 2, 29)
HOLIDAYS = {date(2016, 3, 7), date(2016, 3, 25)}
STAGES = {"New": "new", "Active": "open", "Awaiting User Info": "waiting", "Resolved": "solved", "Closed": "closed"}
PARTIES = {"Awaiting Vendor": "supplier", "Awaiting Problem": "colleague", "Awaiting Evidence": "technician"}
# Priority of the log -> priority of the ticket.
PRIORITIES = {"1": "3", "2": "2", "3": "1", "4": "0"}
# Priority from which a policy is taken: working minutes of (first response, next response, solution).
PROMISES = {"3": (30, 20, 240), "2": (60, 40, 480), "1": (120, 60, 960), "0": (240, 120, 2400)}
DONE = ("Resolved", "Closed")
WORK = {8, 9, 10, 11, 13, 14, 15, 16}
FAR, END = datetime(2100, 1, 1), datetime(2017, 3, 1)
LIVE = 8  # incidents replayed by hand, moment by moment; all of them are replayed from their events


def moment(text):
    return datetime.strptime(text, "%d-%m-%Y %H:%M")


def lives():
    """Return {number: [(moment, action, value)]} of the log, in order: what happened, not what a clock makes of it."""
    rows = defaultdict(list)
    with gzip.open(LOG, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            rows[row["number"]].append(row)
    return {number: _life(sorted(items, key=lambda row: int(row["sys_mod_count"]))) for number, items in rows.items()}


def _life(rows):
    begin = moment(rows[0]["opened_at"])
    priority = PRIORITIES[rows[0]["priority"][0]]
    actions, state = [(begin, "open", priority)], "New"
    for row in rows:
        now = max(moment(row["sys_updated_at"]), actions[-1][0])
        if PRIORITIES[row["priority"][0]] != priority:
            priority = PRIORITIES[row["priority"][0]]
            actions.append((now, "priority", priority))
        if row["incident_state"] == state:
            continue
        asked = state == "Awaiting User Info" and row["incident_state"] in ("Active", "New")
        state = row["incident_state"]
        if asked:
            actions.append((now, "customer", None))
        elif state in ("Active", "Awaiting User Info"):
            actions.append((now, "answer", None))
        actions.append((now, "state", state))
        if asked:
            actions.append((now + MINUTE, "answer", None))
    return actions


def number(at):
    return int((at - START) / MINUTE)


def working_minutes():
    """Return a byte for each minute from START to END: 1 = work is done in it."""
    result = bytearray(number(END))
    for minute in range(0, len(result), 60):
        now = START + minute * MINUTE
        if now.weekday() < 5 and now.hour in WORK and now.date() not in HOLIDAYS:
            result[minute : minute + 60] = b"\1" * 60
    return result


class Count:
    """The clocks of one incident counted minute by minute; knows nothing of `tools/sla.py`."""

    working = working_minutes()

    def __init__(self, actions, end):
        self.spans = []  # (first minute, minute after the last, ticket rests, priority, since when) while not solved
        self.answers, self.questions, self.solved = [], [], None
        self.open, priority, since, state = actions[0][0], actions[0][2], actions[0][0], "New"
        moments = [action[0] for action in actions[1:]] + [max(end, actions[-1][0])]
        self._span(self.open, moments[0], state, priority, since)
        for (now, action, value), until in zip(actions[1:], moments[1:], strict=True):
            if action == "priority":
                priority, since = value, now
            elif action == "answer":
                self.answers.append(now)
            elif action == "customer":
                self.questions.append(now)
            else:
                if value in DONE and state not in DONE:
                    self.answers.append(now)
                    self.solved = now
                elif value not in DONE:
                    self.solved = None
                state = value
            self._span(now, until, state, priority, since)

    def _span(self, start, stop, state, priority, since):
        if state not in DONE:
            self.spans.append((number(start), number(stop), state == "Awaiting User Info", priority, since))

    def clock(self, which, start, stop):
        """Return (working minutes used, breached at) of the run that started at `start` and ended at `stop`."""
        used, due, broken, promised = 0, None, None, None
        for first, last, rests, priority, since in self.spans:
            begin, end = max(first, number(start)), min(last, number(stop) if stop else last)
            target = PROMISES[priority][which]
            if begin < end and promised != target:
                # Other terms from here on: what is used stays used, and may be too much at once.
                promised, due = target, max(since, start) if used >= target else None
            if rests:
                continue
            for minute in range(begin, end):
                broken = broken or due
                if self.working[minute]:
                    used += 1
                    if used == target:
                        due = START + (minute + 1) * MINUTE
        return used, broken

    def clocks(self):
        """Return {(kind, run): (start, stop, used, breached at)}."""
        runs = {("response", 1): (0, self.open, self.answers[0] if self.answers else None)}
        runs["resolution", 1] = (2, self.open, self.solved)
        cycle, last = 0, None
        for question in self.questions:
            if not self.answers or question < self.answers[0] or (last and question < last):
                continue
            cycle += 1
            last = next((answer for answer in self.answers if answer > question), FAR)
            runs["next_response", cycle] = (1, question, None if last == FAR else last)
        return {key: (start, stop, *self.clock(which, start, stop)) for key, (which, start, stop) in runs.items()}


@tagged("post_install", "-at_install")
@skipUnless(LOG, f"{NAME} is not there: put the folder 'shared' beside the checkout")
class TestSlaReplay(LightCommon):
    """R091: a real service desk's log of 890 incidents as tickets, every clock beside a count minute by minute."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Holiday",
                    "calendar_id": cls.calendar.id,
                    "company_id": cls.company.id,
                    "date_from": datetime.combine(day, datetime.min.time()),
                    "date_to": datetime.combine(day, datetime.min.time()) + timedelta(days=1),
                }
                for day in HOLIDAYS
            ]
        )
        cls.policies = {}
        for number, (priority, (response, after, resolution)) in enumerate(PROMISES.items()):
            cls.policies[priority] = cls.policy.copy(
                {
                    "name": f"From {priority}",
                    "sequence": number - 10,
                    "priority_from": priority,
                    "response_hours": response / 60,
                    "next_response_hours": after / 60,
                    "resolution_hours": resolution / 60,
                }
            )
        cls.stages = {
            kind: cls.env["crm.ticket.stage"].search([("kind", "=", kind)], limit=1) for kind in STAGES.values()
        }
        cls.lives = lives()

    def _values(self, number, actions):
        return {
            "name": number,
            "team_id": self.team.id,
            "user_id": self.agent.id,
            "priority": actions[0][2],
            "date_open": actions[0][0],
        }

    def _check(self, ticket, actions, end):
        expected = Count(actions, end).clocks()
        found = {(clock.kind, clock.cycle): clock for clock in ticket.clock_ids}
        self.assertEqual(sorted(found), sorted(expected), ticket.name)
        for key, (start, stop, used, broken) in expected.items():
            clock = found[key]
            self.assertEqual(
                (clock.date_start, clock.date_stop or None, clock.breach_date or None),
                (start, stop, broken),
                f"{ticket.name} {key}",
            )
            if clock.date_stop or clock.paused_since:
                self.assertEqual(round(clock.elapsed_minutes, 4), used, f"{ticket.name} {key}")
        return len(expected)

    def test_every_incident_from_its_events(self):
        """R091: 890 incidents, 5,998 events: each stored clock equals the count minute by minute."""
        with freeze_all_time(START):
            tickets = self.env["crm.ticket"].create([self._values(*item) for item in self.lives.items()])
        batches = defaultdict(list)
        for ticket in tickets:
            batches[self._read_at(self.lives[ticket.name])].append(ticket)
        clocks = 0
        for end, group in batches.items():
            events = [event for ticket in group for event in self._events(ticket, self.lives[ticket.name])]
            with freeze_all_time(end):
                tickets.union(*group)._sla_record(events)
                clocks += sum(self._check(ticket, self.lives[ticket.name], end) for ticket in group)
                self.assertEqual(tickets.union(*group).clock_ids._differences(), [])
        self.assertEqual((len(tickets), len(tickets.clock_ids)), (890, clocks))
        self.assertGreater(len(tickets.clock_ids.filtered("breach_date")), 100)

    def _read_at(self, actions):
        """The solved ones are read together at the end of the log, the others three days after their last event."""
        states = [value for _at, action, value in actions if action == "state"]
        solved = states and states[-1] in DONE
        return END if solved else actions[-1][0] + timedelta(days=3)

    def _events(self, ticket, actions):
        """Return the values of the events that the screens would have recorded."""
        position, policy = sla.Position("new"), self.policies[actions[0][2]]
        for at, action, value in actions[1:]:
            event = {"ticket_id": ticket.id, "date": at}
            if action == "priority":
                if self.policies[value] != policy:
                    policy = self.policies[value]
                    yield {**event, "kind": sla.POLICY, **policy._terms()}
            elif action in ("answer", "customer"):
                yield {**event, "kind": sla.RESPONSE if action == "answer" else sla.CUSTOMER}
            else:
                after = sla.Position(STAGES.get(value, "open"), PARTIES.get(value, False))
                for kind in sla.move_events(position, after):
                    yield {**event, "kind": kind}
                position = after

    def test_some_incidents_moment_by_moment(self):
        """R091: the same through the screens' own methods at the moments of the log, with the job in between."""
        chosen = sorted(self.lives, key=lambda number: (-len(self.lives[number]), number))[:LIVE]
        with freeze_all_time(START):
            self.env["crm.ticket"].browse()
        moments = sorted(
            (action[0], number, step) for number in chosen for step, action in enumerate(self.lives[number])
        )
        tickets = {}
        for at, number, step in moments:
            with freeze_all_time(at):
                if not step:
                    tickets[number] = self.env["crm.ticket"].create(self._values(number, self.lives[number]))
                    continue
                self._act(tickets[number], *self.lives[number][step][1:])
        for number, ticket in tickets.items():
            end = self._read_at(self.lives[number])
            with freeze_all_time(end):
                ticket._sla_refresh(end)
                self._check(ticket, self.lives[number], end)

    def _act(self, ticket, action, value):
        ticket = ticket.with_context(crm_ticket_automatic=True)
        if action == "priority":
            ticket.priority = value
        elif action == "customer":
            ticket._customer_replied()
        elif action == "answer":
            ticket._agent_answered()
        else:
            ticket.write(
                {"stage_id": self.stages[STAGES.get(value, "open")].id, "waiting_for": PARTIES.get(value, False)}
            )
