from datetime import datetime, timedelta

from odoo.addons.mail.tests.common import freeze_all_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, HttpCase, tagged, warmup

from ..tools import sla
from .light import LightCommon

# A Monday, ten o'clock in UTC; the calendar works 8-12 and 13-17.
MONDAY = datetime(2026, 3, 2, 10)
HOUR = timedelta(hours=1)


class SlaCommon(LightCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.next_response_hours = 1

    def _at(self, hours):
        return freeze_all_time(MONDAY + hours * HOUR)

    def _born(self, **values):
        with self._at(0):
            return self._ticket(**values).with_user(self.agent)

    def _clocks(self, ticket, kind):
        return ticket.clock_ids.filtered(lambda clock: clock.kind == kind).sorted("cycle")

    def _stage(self, kind):
        return self.env["crm.ticket.stage"].search([("kind", "=", kind)], limit=1)

    def _says(self, ticket, author, body="..."):
        return ticket.sudo().message_post(
            body=body, author_id=author.id, message_type="comment", subtype_xmlid="mail.mt_comment"
        )


@tagged("post_install", "-at_install")
class TestSlaClocks(SlaCommon):
    def test_customer_writes_again_and_the_next_response_runs(self):
        """R091: after the first answer each question of the customer has its own clock; a broken one stays broken."""
        ticket = self._born()
        self.assertEqual(ticket.customer_waits_since, MONDAY)
        with self._at(0.5):
            self._says(ticket, self.contact)
            self.assertFalse(self._clocks(ticket, "next_response"), "the first response runs")
        with self._at(1):
            self._says(ticket, self.agent.partner_id)
        self.assertFalse(ticket.customer_waits_since)
        with self._at(1.5):
            self._says(ticket, self.contact)
            self._says(ticket, self.contact, "and another thing")
        clock = self._clocks(ticket, "next_response")
        # 11:30 and one working hour: half an hour until the break, half after it.
        self.assertRecordValues(clock, [{"cycle": 1, "state": "running", "deadline": MONDAY + 3.5 * HOUR}])
        self.assertEqual(ticket.customer_waits_since, MONDAY + 1.5 * HOUR)
        with self._at(5):
            self._says(ticket, self.agent.partner_id)
        self.assertRecordValues(clock, [{"state": "breached", "breach_date": MONDAY + 3.5 * HOUR}])
        self.assertEqual(clock.slack_minutes, -90)
        with self._at(6):
            self._says(ticket, self.contact)
            self._says(ticket, self.agent.partner_id)
        self.assertEqual(self._clocks(ticket, "next_response").mapped("state"), ["breached", "met"])
        self.assertEqual(ticket.sla_state, "breached", "late stays late")

    def test_milestone_from_stage_to_stage(self):
        """R091: a milestone of the policy runs from one stage to another, in working hours, each time if it says so."""
        stage = self.env["crm.ticket.stage"].create({"name": "Parts ordered", "kind": "open", "sequence": 25})
        milestone = self.env["crm.sla.milestone"].create(
            {
                "name": "Parts here",
                "policy_id": self.policy.id,
                "hours": 3,
                "start_event": "stage",
                "start_stage_id": stage.id,
                "stop_event": "stage",
                "stop_stage_id": self._stage("open").id,
                "repeat": True,
            }
        )
        owner = self.env["crm.sla.milestone"].create(
            {"name": "Owner", "policy_id": self.policy.id, "hours": 1, "start_event": "open", "stop_event": "assign"}
        )
        ticket = self._born(user_id=False)
        self.assertEqual(self._clocks(ticket, "milestone").milestone_id, owner)
        with self._at(0.5):
            ticket.user_id = self.agent
            ticket.stage_id = stage
        parts = self._clocks(ticket, "milestone").filtered(lambda clock: clock.milestone_id == milestone)
        # 10:30 and three working hours around the break.
        self.assertRecordValues(parts, [{"state": "running", "deadline": MONDAY + 4.5 * HOUR, "cycle": 1}])
        self.assertEqual(parts.display_name, "Parts here")
        with self._at(1):
            ticket.stage_id = self._stage("open")
        with self._at(3):
            ticket.stage_id = stage
        parts = self._clocks(ticket, "milestone").filtered(lambda clock: clock.milestone_id == milestone)
        self.assertEqual(parts.mapped("state"), ["met", "running"])
        self.assertEqual(self._clocks(ticket, "milestone").filtered(lambda c: c.milestone_id == owner).state, "met")
        with self.assertRaises(UserError, msg="promised milestones are archived, not deleted"):
            milestone.unlink()
        with self._at(3):
            self.assertEqual(ticket.clock_ids._differences(), [])

    def test_milestone_needs_its_stages_and_two_ends(self):
        """R091: a milestone without its stage, or that stops where it starts, is refused in words."""
        values = {"name": "M", "policy_id": self.policy.id, "hours": 3}
        for wrong in ({"stop_event": "stage"}, {"start_event": "response", "stop_event": "response"}):
            with self.assertRaises(ValidationError):
                self.env["crm.sla.milestone"].create({**values, **wrong})

    def test_waiting_for_a_supplier_rests_the_clocks_only_by_policy(self):
        """R091: whom we may wait for is a term of the policy; leaving and replies end the wait."""
        ticket = self._born()
        with self._at(1):
            ticket.waiting_for = "supplier"
        self.assertEqual(ticket.sla_state, "running")
        self.policy.pauses = "outside"
        other = self._born()
        with self._at(1):
            other.waiting_for = "supplier"
            self.assertEqual(set(other.clock_ids.mapped("state")), {"paused"})
            self.assertEqual(other.sla_level, "paused")
            self.assertIn("Supplier", other.sla_pause)
        with self._at(4):
            other.waiting_for = "customer"
            self._says(other, self.contact)
        self.assertFalse(other.waiting_for)
        # Two working hours of waiting (11 to 12 and 13 to 14) move 8 hours from Tuesday 10:00 to 12:00.
        self.assertEqual(self._clocks(other, "resolution").deadline, MONDAY + 26 * HOUR)
        self.assertEqual(ticket.sla_state, "running", "the terms of the first ticket are frozen")
        self.assertEqual((ticket.policy_version + 1, other.policy_version), (self.policy.version, self.policy.version))

    def test_leaving_the_waiting_stage_waits_for_nobody(self):
        """R091: moved on, or solved, a ticket does not rest any more."""
        ticket = self._born(stage_id=self._stage("waiting").id, waiting_for="customer")
        self.assertEqual(ticket.sla_state, "paused")
        with self._at(1):
            ticket.stage_id = self._stage("open")
        self.assertFalse(ticket.waiting_for)
        self.assertEqual(ticket.sla_state, "running")

    def test_pill_counts_down_in_three_colours(self):
        """R091: the countdown says the nearest clock, green, amber from 75 % on, red when late, and why it rests."""
        ticket = self._born()
        for hours, level, label in (
            (1, "ok", "First Response in 1h 00m"),
            (1.75, "soon", "First Response in 0h 15m"),
            (4, "late", "First Response late by 1h 00m"),
        ):
            with self._at(hours):
                ticket.invalidate_recordset()
                self.assertEqual((ticket.sla_level, ticket.sla_label), (level, label))
        with self._at(1):
            ticket.invalidate_recordset()
            pill = ticket.sla_pill
            self.assertEqual((pill["left"], pill["soon"]), (3600, 1800))
            self.assertEqual(pill["work"][0], ["2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z"])
            ticket.stage_id = self._stage("waiting")
            self.assertIn("Paused because waiting for: Customer, since 3/2/26", ticket.sla_pause)
            self.assertEqual(ticket.sla_pill["pause"], ticket.sla_pause)

    def test_policy_by_class_of_the_customer_with_its_sentence(self):
        """R091: a policy for class A is taken for customers of class A only; the ticket keeps sentence and version."""
        gold = self.policy.copy({"name": "Gold", "customer_class": "a", "sequence": 0, "response_hours": 1})
        month = self.env["crm.company.scorecard"].create({"company_id": self.company.id, "period": "2026-02-01"})
        self.env["crm.scorecard"].create(
            {
                "month_id": month.id,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "period": "2026-02-01",
                "date": "2026-02-28",
                "customer_class": "a",
                "is_latest": True,
            }
        )
        ticket, other = self._born(), self._born(partner_id=self.stranger.id)
        self.assertEqual((ticket.policy_id, other.policy_id), (gold, self.policy))
        self.assertIn("'Gold' is the first of", ticket.policy_reason)
        self.assertIn("customers of Class A", ticket.policy_reason)
        sentence = ticket.policy_reason
        gold.response_hours = 5
        self.assertEqual((gold.version, ticket.policy_version), (2, 1))
        self.assertEqual(ticket.policy_reason, sentence)
        self.assertEqual(self._clocks(ticket, "response").target_minutes, 60)

    def test_agreement_comes_before_class_and_rules(self):
        """R091: what `_sla_agreements` names is taken, with its sentence; the base names nothing."""
        gold = self.policy.copy({"name": "Gold", "team_ids": False, "priority_from": "3", "response_hours": 1})
        tickets = self._born() | self._born()
        self.assertEqual(tickets.policy_id, self.policy)
        agreed = {tickets[0]: (gold, "Agreement AG7 promises 'Gold'.")}
        self.patch(type(tickets), "_sla_agreements", lambda self: {key: agreed[key] for key in self if key in agreed})
        with self._at(1):
            tickets.priority = "2"
        self.assertEqual((tickets[0].policy_id, tickets[1].policy_id), (gold, self.policy))
        self.assertEqual(tickets[0].policy_reason, "Agreement AG7 promises 'Gold'.")
        self.assertEqual(self._clocks(tickets[0], "response").elapsed_minutes, 60, "the hour used stays used")

    def test_working_hours_changed_are_read_anew(self):
        """R091: kept policies and calendars are forgotten when hours, holidays or the policy change."""
        ticket = self._born()
        self.assertEqual(ticket.deadline, MONDAY + 2 * HOUR)
        self.calendar.attendance_ids.filtered(lambda line: line.dayofweek == "0" and line.hour_from == 8).hour_to = 11
        self.assertEqual(self._born().deadline, MONDAY + 4 * HOUR)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 2),
                "date_to": datetime(2026, 3, 2, 23, 59, 59),
            }
        )
        self.assertEqual(self._born().deadline, datetime(2026, 3, 3, 10))
        self.policy.response_hours = 1
        self.assertEqual(self._born().deadline, datetime(2026, 3, 3, 9))


@tagged("post_install", "-at_install")
class TestSlaJob(SlaCommon):
    def test_warnings_at_50_75_and_90_percent_once_each(self):
        """R091: each share warns once; from 75 % on the owner has an activity, which goes when the clock stops."""
        ticket = self._born()
        told = []
        self.patch(type(ticket), "_sla_warned", lambda self, clock, share: told.append((clock.kind, share)))
        Clock = self.env["crm.sla.clock"]
        for hours, share in ((0.9, 0), (1, 50), (1.4, 50), (1.5, 75), (1.9, 90), (1.95, 90)):
            with self._at(hours):
                Clock._process_warnings()
                Clock._process_warnings()
            self.assertEqual(self._clocks(ticket, "response").warned_share, share, hours)
        self.assertEqual(told, [("response", 50), ("response", 75), ("response", 90)])
        activity = ticket.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.agent))
        self.assertIn("First Response: 90 %", activity.summary)
        with self._at(1.96):
            self._says(ticket, self.agent.partner_id)
        self.assertFalse(ticket.activity_ids)

    def test_late_job_warns_once_with_the_highest_share(self):
        """R091: a job that slept does not tell an owner three times; a paused clock does not warn."""
        ticket, paused = self._born(), self._born(stage_id=self._stage("waiting").id)
        told = []
        self.patch(type(ticket), "_sla_warned", lambda self, clock, share: told.append((self, share)))
        with self._at(1.95):
            self.assertEqual(self.env["crm.sla.clock"]._process_warnings(), 1)
        self.assertEqual(told, [(ticket.sudo(), 90)])
        self.assertFalse(any(paused.clock_ids.mapped("warned_share")))

    def test_breach_is_written_within_the_minute_and_told_once(self):
        """R094: the job runs each minute, wakes up for a deadline that is nearer, and tells the ticket once."""
        job = self.env.ref("crm_service.ir_cron_sla_breaches")
        self.assertEqual((job.interval_number, job.interval_type), (1, "minutes"))
        ticket = self._born()
        told = []
        self.patch(type(ticket), "_sla_breached", lambda self, clocks: told.extend(clocks.mapped("kind")))
        Clock = self.env["crm.sla.clock"]
        with self._at(2) as _frozen:
            self.env["ir.cron.trigger"].search([]).unlink()
            Clock._wake_for_next(MONDAY + 1.99 * HOUR)
            trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
            self.assertEqual(trigger.mapped("call_at"), [MONDAY + 2 * HOUR + timedelta(seconds=1)])
            Clock._process_breaches()
        self.assertFalse(told, "at the deadline the promise can still be kept")
        with freeze_all_time(MONDAY + 2 * HOUR + timedelta(seconds=1)):
            Clock._process_breaches()
            Clock._process_breaches()
        self.assertEqual(told, ["response"])
        self.assertEqual(ticket.sla_state, "breached")

    def test_job_runs_twice_and_resumes(self):
        """R094: the job as the server calls it, in batches; a second run finds nothing."""
        tickets = self.env["crm.ticket"].union(*(self._born() for _number in range(5)))
        done = []

        def progress(_self, processed=0, **_kwargs):
            done.append(processed)
            return 60.0

        self.patch(type(self.env["ir.cron"]), "_commit_progress", progress)
        with self._at(30):
            self.env["crm.sla.clock"]._cron_breaches(batch=2)
            self.assertGreater(done.count(2), 2, "in batches of two, progress told after each")
            self.assertEqual(set(tickets.clock_ids.mapped("state")), {"breached"})
            before = tickets.clock_ids.mapped("write_date")
            self.env["crm.sla.clock"]._cron_breaches(batch=2)
            self.assertEqual(tickets.clock_ids.mapped("write_date"), before)

    def test_cause_of_a_broken_promise_is_required(self):
        """R091, R094: a late ticket names its cause before it is closed, unless its team only asks for it."""
        self.team.breach_cause_rule = "required"
        ticket = self._born()
        self.assertFalse(any("the delay" in text for text in ticket._close_requirements()))
        with self._at(3.5):
            self.env["crm.sla.clock"]._process_breaches()
            self.assertTrue(any("the cause of the delay" in text for text in ticket._close_requirements()))
            self.team.breach_cause_rule = "asked"
            self.assertFalse(any("the delay" in text for text in ticket._close_requirements()))
            self.team.breach_cause_rule = "required"
            with Form(ticket) as form:
                form.breach_cause_id = self.env.ref("crm_service.crm_breach_cause_parts")
            self.assertFalse(any("the delay" in text for text in ticket._close_requirements()))
        self.assertEqual(ticket.clock_ids.breach_cause_id.party, "supplier")

    def test_verifier_lists_a_forged_and_a_missing_clock_and_mends_them(self):
        """R091: the nightly job recomputes every clock from the events; differences are listed and can be mended."""
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda _self, *_args, **_kwargs: 60.0)
        ticket, other = self._born(), self._born()
        with self._at(1):
            clean = self.env["crm.sla.verification"].create({})
            clean._process(limit=10**6)
            mine = clean.difference_ids.filtered(lambda line: line.ticket_id in ticket | other)
            self.assertFalse(mine)
            self.assertEqual(clean.state, "done")
            self._clocks(ticket, "response").sudo().deadline = MONDAY + 9 * HOUR
            self._clocks(other, "resolution").sudo().unlink()
            self.env["crm.sla.verification"]._cron_verify()
            found = self.env["crm.sla.verification"].search([("state", "=", "done")], limit=1)
            self.assertGreater(found.id, clean.id)
            lines = found.difference_ids.filtered(lambda line: line.ticket_id in ticket | other)
            self.assertEqual(lines.mapped("figure"), ["Deadline", "Clock"])
            self.assertEqual(lines.mapped("recomputed")[1], "missing")
            self.assertEqual(ticket.action_verify_clocks()["params"]["type"], "danger")
            lines.with_user(self.supervisor).action_mend()
            self.assertEqual(ticket.action_verify_clocks()["params"]["type"], "success")
            self.assertEqual(len(other.clock_ids), 2)

    def test_verifier_goes_on_where_it_stopped(self):
        """R091: batches of tickets, safe to stop; the figure of all batches is that of one."""
        tickets = self.env["crm.ticket"].union(*(self._born() for _number in range(5)))
        run = self.env["crm.sla.verification"].create({"last_ticket_id": min(tickets.ids) - 1})
        with self._at(0):
            for _batch in range(3):
                self.assertEqual(run.state, "running")
                run._process(limit=2)
        self.assertEqual((run.state, run.ticket_count, run.clock_count), ("done", 5, 10))

    def test_only_managers_set_terms_and_verify(self):
        """R091: agents read terms, clocks and causes; managers set them; nobody writes events or clocks."""
        ticket = self._born()
        policy = self.policy.with_user(self.agent)
        with self.assertRaises(AccessError):
            policy.next_response_hours = 9
        with self.assertRaises(AccessError):
            self.env["crm.breach.cause"].with_user(self.agent).create({"name": "x"})
        verifications = self.env["crm.sla.verification"]
        with self.assertRaises(AccessError):
            call_kw(verifications.with_user(self.agent), "action_verify", [[]], {"context": {}})
        for record in (ticket.clock_ids, ticket.event_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.supervisor).write({"kind": "response"})
        # As the web client presses it: on the list with the rows chosen or none, on the form with its record.
        action = call_kw(verifications.with_user(self.supervisor), "action_verify", [[]], {"context": {}})
        again = call_kw(
            verifications.with_user(self.supervisor), "action_verify", [[action["res_id"]]], {"context": {}}
        )
        self.assertEqual((action["res_model"], again["res_model"]), ("crm.sla.verification",) * 2)
        self.assertNotEqual(action["res_id"], again["res_id"], "each press is a verification of its own")

    def test_other_companies_terms_stay_theirs(self):
        """R091: policies, milestones and causes of another company are not seen."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        policy = self.env["crm.sla.policy"].create({"name": "P", "company_id": company.id, "calendar_id": False})
        milestone = self.env["crm.sla.milestone"].create(
            {"name": "M", "policy_id": policy.id, "start_event": "open", "stop_event": "assign"}
        )
        cause = self.env["crm.breach.cause"].create({"name": "C", "company_id": company.id})
        for record in (policy, milestone, cause):
            found = record.with_user(self.supervisor).search([("id", "=", record.id)])
            self.assertFalse(found, record._name)

    @warmup
    def test_ticket_with_policy_and_clocks_costs_15_queries(self):
        """R091: one ticket with customer, owner, policy and clocks: 15 queries; 100 tickets hardly more than 10."""
        Ticket = self.env(user=self.agent, context={})["crm.ticket"]
        values = {
            "name": "x",
            "team_id": self.team.id,
            "partner_id": self.contact.id,
            "user_id": self.agent.id,
            "company_id": self.company.id,
        }
        counts = {}
        for size in (1, 1, 10, 100):
            self.env.invalidate_all()
            Ticket.env.user.has_group("base.group_user")
            before = self.env.cr.sql_log_count
            tickets = Ticket.create([dict(values) for _number in range(size)])
            self.env.flush_all()
            counts[size] = self.env.cr.sql_log_count - before
            self.assertEqual(len(tickets.clock_ids), 2 * size)
        self.assertLessEqual(counts[1], 15)
        self.assertLessEqual(counts[100], counts[10] + 6)

    @warmup
    def test_numbers_of_a_batch_follow_each_other(self):
        """R091: numbers are drawn at once and follow each other; a sequence without gaps still has none."""
        tickets = self.env["crm.ticket"].create([{"name": f"n{n}", "team_id": self.team.id} for n in range(30)])
        numbers = [int(ticket.number[1:]) for ticket in tickets]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 30)))
        sequence = self.env["ir.sequence"].browse(self.env["crm.ticket"]._sequence_id(self.company.id))
        sequence.write({"implementation": "no_gap", "prefix": "N%(year)s-", "number_next": 7})
        with freeze_all_time(MONDAY):
            tickets = self.env["crm.ticket"].create([{"name": "n", "team_id": self.team.id} for _n in range(3)])
        self.assertEqual([number[-2:] for number in tickets.mapped("number")], ["07", "08", "09"])

    def test_owner_and_team_followers_follow_each_ticket_of_a_batch(self):
        """R091: subscribing once a pair of team and owner leaves out nobody that Odoo's own way would add."""
        subtype = self.env.ref("crm_service.mt_team_ticket_stage")
        self.team.message_subscribe(self.supervisor.partner_id.ids, subtype.ids)
        Ticket = self.env(user=self.supervisor, context={})["crm.ticket"]
        tickets = Ticket.create(
            [{"name": "x", "team_id": self.team.id, "user_id": user} for user in (self.agent.id, False)]
        )
        followers = [ticket.message_partner_ids for ticket in tickets]
        self.assertEqual(followers[0], self.agent.partner_id | self.supervisor.partner_id)
        self.assertEqual(followers[1], self.supervisor.partner_id)


@tagged("post_install", "-at_install")
class TestSlaTour(SlaCommon, HttpCase):
    def test_agent_sees_the_clock_rest_and_run(self):
        """R091: in the web client an agent sees the countdown, sets whom it waits for and reads why it rests."""
        self.agent.password = self.agent.login
        self._ticket(name="Clock tour")
        self.start_tour("/odoo/tickets", "crm_service_sla", login=self.agent.login, timeout=180)
        ticket = self.env["crm.ticket"].search([("name", "=", "Clock tour")])
        self.assertEqual((ticket.waiting_for, ticket.sla_state), ("customer", "paused"))
        self.assertEqual(ticket.event_ids[-1:].kind, sla.PAUSE)
