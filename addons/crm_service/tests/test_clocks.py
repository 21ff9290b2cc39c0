import random
from datetime import datetime, timedelta

import pytz
from odoo import Command
from odoo.addons.mail.tests.common import freeze_all_time
from odoo.tests import tagged

from ..tools.intervals import normalize
from .common import MONDAY, ServiceCommon

HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestClocks(ServiceCommon):
    def _at(self, hours):
        return freeze_all_time(MONDAY + hours * HOUR)

    def test_deadlines_count_office_hours_only(self):
        """R091: opened Monday 10:00 with a break at noon: answer by 12:00, solution (8 h) by Tuesday 10:00."""
        with self._at(0):
            ticket = self._ticket()
        self.assertEqual(self._clock(ticket, "response").deadline, MONDAY + 2 * HOUR)
        self.assertEqual(self._clock(ticket, "resolution").deadline, MONDAY + 24 * HOUR)
        self.assertEqual(ticket.deadline, MONDAY + 2 * HOUR)
        self.assertEqual(ticket.sla_state, "running")
        self.assertEqual(ticket.policy_id, self.policy)
        self.assertIn("'Promise' is the first of 1 policies", ticket.policy_reason)

    def test_holiday_and_break_do_not_count(self):
        """R091: a ticket born on a holiday starts the next working day."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 2),
                "date_to": datetime(2026, 3, 2, 23, 59, 59),
            }
        )
        with self._at(0):
            ticket = self._ticket()
        self.assertEqual(self._clock(ticket, "response").deadline, datetime(2026, 3, 3, 10))

    def test_policy_time_zone_decides(self):
        """R091: eight o'clock is eight o'clock where the policy says, here New York (UTC-5 in early March)."""
        self.policy.tz = "America/New_York"
        with self._at(0):
            ticket = self._ticket()
        # 10:00 UTC is 5:00 in New York; work starts at 13:00 UTC; two hours later it is 15:00 UTC.
        self.assertEqual(self._clock(ticket, "response").deadline, MONDAY + 5 * HOUR)

    def test_answer_meets_the_promise_and_a_note_does_not(self):
        """R091: only a public message of an agent stops the first clock; its slack is what was left."""
        with self._at(0):
            ticket = self._ticket(partner_id=self.contact.id)
        with self._at(1):
            ticket.message_post(body="internal", subtype_xmlid="mail.mt_note")
            self.assertEqual(self._clock(ticket, "response").state, "running")
            ticket.message_post(body="We look at it", subtype_xmlid="mail.mt_comment", message_type="comment")
        clock = self._clock(ticket, "response")
        self.assertRecordValues(clock, [{"state": "met", "elapsed_minutes": 60, "slack_minutes": 60}])
        self.assertEqual(ticket.date_first_response, MONDAY + HOUR)
        self.assertEqual(ticket.stage_kind, "open")
        self.assertEqual(ticket.deadline, MONDAY + 24 * HOUR)

    def test_phone_call_is_answered_at_once(self):
        """R091: on the phone the customer has his first answer when the ticket is opened."""
        with self._at(0):
            self.assertEqual(self._clock(self._ticket(channel="phone"), "response").state, "met")
            self.assertEqual(self._clock(self._ticket(channel="fax"), "response").state, "running")

    def test_waiting_pauses_and_going_on_moves_the_deadline(self):
        """R091: two working hours of waiting move the deadline by two working hours."""
        with self._at(0):
            ticket = self._ticket()
        with self._at(1):
            ticket.stage_id = self._stage("waiting")
            self.assertEqual(set(ticket.clock_ids.mapped("state")), {"paused"})
            self.assertFalse(ticket.deadline)
            self.assertEqual(ticket.sla_state, "paused")
        # 11:00 to 14:00 holds two working hours, one hour is the break.
        with self._at(4):
            ticket.stage_id = self._stage("open")
        self.assertEqual(self._clock(ticket, "resolution").deadline, MONDAY + 26 * HOUR)

    def test_pause_outside_working_time_changes_nothing(self):
        """R091: a ticket that waits over night keeps its deadline."""
        with self._at(0):
            ticket = self._ticket()
        with self._at(8):
            ticket.stage_id = self._stage("waiting")
        with self._at(20):
            ticket.stage_id = self._stage("open")
        self.assertEqual(self._clock(ticket, "resolution").deadline, MONDAY + 24 * HOUR)

    def test_breach_is_written_by_the_job_with_the_deadline_as_its_date(self):
        """R091: the job finds passed deadlines once; the date of the breach does not depend on when it ran."""
        with self._at(0):
            ticket = self._ticket()
        Clock = self.env["crm.sla.clock"]
        with self._at(2):
            self.assertEqual(Clock._process_breaches(), 0)
        with self._at(2.01):
            self.assertEqual(Clock._process_breaches(), 1)
            self.assertEqual(Clock._process_breaches(), 0)
        self.assertRecordValues(
            self._clock(ticket, "response"), [{"state": "breached", "breach_date": MONDAY + 2 * HOUR}]
        )
        self.assertEqual(ticket.sla_state, "breached")
        self.assertEqual(self.team.with_user(self.agent).breached_count, 1)

    def test_breach_is_seen_without_the_job_and_slack_is_negative(self):
        """R091: an answer at 14:30 is 1.5 working hours late (12:00 to 13:00 is the break)."""
        with self._at(0):
            ticket = self._ticket()
        with self._at(4.5):
            ticket.action_mark_answered()
        self.assertRecordValues(
            self._clock(ticket, "response"),
            [{"state": "breached", "breach_date": MONDAY + 2 * HOUR, "slack_minutes": -90}],
        )

    def test_reopening_runs_the_clock_again_without_the_time_it_was_solved(self):
        """R091: solved for two hours, then reopened: the deadline moves by the working time between."""
        with self._at(0):
            ticket = self._ticket()
        with self._at(1):
            ticket.action_solve()
            self.assertEqual(self._clock(ticket, "resolution").state, "met")
            self.assertTrue(ticket.date_first_response)
        with self._at(4):
            ticket.action_reopen()
        clock = self._clock(ticket, "resolution")
        self.assertRecordValues(clock, [{"state": "running", "date_stop": False, "deadline": MONDAY + 26 * HOUR}])

    def test_higher_priority_takes_another_policy_and_keeps_the_time_used(self):
        """R091: the policy that fits is chosen with its reason; a change keeps the hour already used."""
        urgent = self.env["crm.sla.policy"].create(
            {
                "name": "Urgent",
                "sequence": 1,
                "priority_from": "3",
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "response_hours": 1,
                "resolution_hours": 3,
            }
        )
        with self._at(0):
            ticket = self._ticket()
            self.assertEqual(ticket.policy_id, self.policy)
        with self._at(1):
            ticket.priority = "3"
            self.assertEqual(ticket.policy_id, urgent)
            self.assertIn("'Urgent'", ticket.policy_reason)
            clock = self._clock(ticket, "resolution")
            # One of three hours is used: 11:00 to 12:00 and 13:00 to 14:00 are left.
            self.assertRecordValues(clock, [{"deadline": MONDAY + 4 * HOUR, "target_minutes": 180}])
        urgent.resolution_hours = 1
        with self._at(2):
            ticket.action_solve()
        self.assertEqual(clock.state, "met", "the terms are those of the moment they were promised")

    def test_no_policy_is_said_and_runs_no_clock(self):
        """R091: without a promise there is no clock, and the ticket says why."""
        self.policy.active = False
        ticket = self._ticket()
        self.assertFalse(ticket.clock_ids)
        self.assertEqual(ticket.sla_state, "none")
        self.assertIn("None of 0 policies", ticket.policy_reason)

    def test_verifier_recomputes_every_clock_and_finds_a_forged_one(self):
        """R091: stored clocks equal a recomputation from the events after a random life; a forged figure is found."""
        random.seed(4)
        now = MONDAY
        with freeze_all_time(now):
            tickets = (
                self.env["crm.ticket"]
                .with_user(self.agent)
                .create([{"name": f"T{n}", "team_id": self.team.id, "priority": str(n % 4)} for n in range(6)])
            )
        kinds = ["open", "waiting", "solved", "closed", "new"]
        for _step in range(30):
            now += timedelta(minutes=random.randrange(0, 300))
            with freeze_all_time(now):
                random.choice(tickets).stage_id = self._stage(random.choice(kinds))
                if random.random() < 0.2:
                    random.choice(tickets).action_mark_answered()
                self.env["crm.sla.clock"]._process_breaches()
        with freeze_all_time(now):
            self.assertEqual(tickets.clock_ids._differences(), [])
            clock = self._clock(tickets[0], "resolution").sudo()
            clock.deadline = MONDAY
            self.assertIn("deadline", [name for _clock, name, _old, _new in clock._differences()])

    def test_working_time_equals_odoos_own_calendar(self):
        """R091: over random spans with DST, leaves and a two-week calendar, the intervals are those of Odoo."""
        random.seed(7)
        calendar = self.calendar
        calendar.tz = "Europe/Brussels"
        other = self.env["resource.calendar"].create(
            {
                "name": "Two weeks",
                "tz": "America/New_York",
                "two_weeks_calendar": True,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create({"name": "x", "dayofweek": str(d), "hour_from": a, "hour_to": b, "week_type": w})
                    for d, a, b, w in ((0, 8, 12.5, "0"), (2, 9, 17, "1"), (4, 13, 18.25, "0"), (5, 8, 10, "1"))
                ],
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "L",
                "calendar_id": calendar.id,
                "date_from": "2026-03-30 08:00:00",
                "date_to": "2026-03-31 11:00:00",
            }
        )
        for item in (calendar, other):
            key = (item, item.tz, self.company)
            working = self.env["crm.sla.policy"]._working_times({key})[key]
            for _case in range(25):
                start = datetime(2026, 3, 1) + timedelta(minutes=random.randrange(0, 60 * 24 * 300))
                stop = start + timedelta(minutes=random.randrange(1, 60 * 24 * 30))
                expected = item._work_intervals_batch(pytz.utc.localize(start), pytz.utc.localize(stop))[False]
                expected = normalize(
                    (
                        left.astimezone(pytz.utc).replace(tzinfo=None),
                        right.astimezone(pytz.utc).replace(tzinfo=None),
                    )
                    for left, right, _records in expected
                )
                self.assertEqual(working.intervals(start, stop), expected)
