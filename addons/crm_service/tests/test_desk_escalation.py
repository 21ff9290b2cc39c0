from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.addons.mail.tests.common import freeze_all_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .light import LightCommon

MONDAY = datetime(2026, 3, 2, 10)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestDeskEscalation(LightCommon):
    """Ladders: the moment, the steps, the stop rules, the log and the dry run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.escalation.rule"].search([]).active = False
        cls.leader = cls._user("light_leader", "crm_service.group_service_manager")
        cls.team.write({"user_id": cls.leader.id, "breach_cause_rule": "asked"})

    @classmethod
    def _rule(cls, **values):
        values = {"name": "Step", "since": MONDAY - timedelta(days=60), "clock": "response", **values}
        return cls.env["crm.escalation.rule"].create({"company_id": cls.company.id, **values})

    def _run(self, at):
        """The job as it runs at that moment."""
        with freeze_all_time(at):
            self.env["crm.sla.clock"]._process_breaches(at)
            self.env["crm.sla.clock"]._process_warnings(at)
            return self.env["crm.escalation.rule"]._process_escalations(at)

    def _new(self, at=MONDAY, **values):
        with freeze_all_time(at):
            return self._ticket(**values)

    def _notices(self, ticket):
        return self.env["mail.notification"].search(
            [
                ("mail_message_id.model", "=", "crm.ticket"),
                ("mail_message_id.res_id", "=", ticket.id),
                ("res_partner_id", "=", self.leader.partner_id.id),
            ]
        )

    def test_manager_is_told_the_minute_the_deadline_passes(self):
        """R094: not before; then once, with level and time on the ticket, however often the job runs."""
        rule = self._rule(level=2)
        ticket = self._new()
        due = MONDAY + 2 * HOUR
        self._run(due)
        self.assertFalse(ticket.escalation_level)
        self.assertFalse(self._notices(ticket))
        self._run(due + MINUTE)
        self.assertEqual((ticket.escalation_level, ticket.escalation_date), (2, due + MINUTE))
        self.assertEqual(len(self._notices(ticket)), 1)
        message = self._notices(ticket).mail_message_id
        self.assertIn(ticket.number, message.subject)
        self.assertNotIn(self.contact, message.notified_partner_ids)
        self.assertRecordValues(
            ticket.escalation_ids,
            [{"rule_id": rule.id, "due": due, "date": due + MINUTE, "state": "done", "user_id": self.agent.id}],
        )
        for later in (2, 3, 600):
            self._run(due + later * MINUTE)
        self.assertEqual(len(self._notices(ticket)), 1)
        self.assertEqual(rule.log_count, 1)
        for view in ("form", "list"):
            arch = self.env["crm.ticket"].with_user(self.supervisor).get_view(view_type=view)["arch"]
            self.assertIn('name="escalation_level"', arch)
            self.assertIn('name="escalation_date"', arch)

    def test_ladder_climbs_step_by_step(self):
        """R094: owner, priority, activity and message, each at its minutes after the deadline."""
        self._rule(name="Tell", level=1)
        self._rule(name="Push", level=2, minutes=30, priority_change="up", activity="owner", notify_leader=False)
        self._rule(name="Take over", level=3, minutes=60, assign="leader")
        ticket = self._new()
        due = MONDAY + 2 * HOUR
        self._run(due + MINUTE)
        self.assertEqual((ticket.escalation_level, ticket.priority), (1, "1"))
        self._run(due + 30 * MINUTE)
        self.assertEqual((ticket.escalation_level, ticket.priority, ticket.user_id), (2, "2", self.agent))
        self.assertEqual(ticket.activity_ids.user_id, self.agent)
        self._run(due + 60 * MINUTE)
        self.assertEqual((ticket.escalation_level, ticket.user_id), (3, self.leader))
        self.assertEqual(ticket.assignment_ids[:1].kind, "escalation")
        self.assertEqual(ticket.handoff_count, 1)
        self.assertEqual(ticket.escalation_ids.sorted("level").mapped("level"), [1, 2, 3])

    def test_stop_rules(self):
        """R094: solved, waiting, answered since, somebody else since, stopped by a manager: no further step."""
        self._rule(name="Solution late", clock="resolution", minutes=60, stop_on="answered")
        self._rule(name="Nobody new", clock="resolution", minutes=60, stop_on="reassigned", level=2)
        late = MONDAY + timedelta(days=1)  # eight working hours after ten o'clock
        solved, waiting, answered, other, stopped, left = (self._new(name=str(number)) for number in range(6))
        self.env["crm.sla.clock"]._process_breaches(late + MINUTE)
        with freeze_all_time(late + 30 * MINUTE):
            solved.action_solve()
            waiting._move_to("waiting")
            answered.action_mark_answered()
            other.user_id = self.supervisor
            stopped.with_user(self.supervisor).escalation_stopped = True
            with self.assertRaises(AccessError), self.cr.savepoint():
                left.with_user(self.agent).escalation_stopped = True
        self._run(late + 61 * MINUTE)
        levels = [ticket.escalation_level for ticket in (solved, waiting, answered, other, stopped, left)]
        self.assertEqual(levels, [0, 0, 2, 1, 0, 2])
        halted = answered.escalation_ids.filtered(lambda row: row.state == "halted")
        self.assertEqual(halted.rule_id.name, "Solution late")

    def test_request_without_owner_climbs(self):
        """R094: nobody took it for thirty minutes: the leader gets it."""
        self._rule(trigger="no_owner", minutes=30, assign="leader")
        taken, left = self._new(user_id=False), self._new(user_id=False)
        with freeze_all_time(MONDAY + 10 * MINUTE):
            taken.with_user(self.agent).action_take()
        self._run(MONDAY + 29 * MINUTE)
        self.assertFalse(left.user_id)
        self._run(MONDAY + 30 * MINUTE)
        self.assertEqual((left.user_id, taken.user_id), (self.leader, self.agent))
        self.assertEqual((left.escalation_level, taken.escalation_level), (1, 0))

    def test_scope_and_a_new_step_leave_others_alone(self):
        """R094: priority and team bound a step; what was due before it was put in force stays as it is."""
        other_team = self.env["crm.service.team"].create({"name": "Light Two", "company_id": self.company.id})
        self._rule(priority_from="2", team_ids=self.team.ids)
        self._rule(name="Too young", level=5, since=MONDAY + 6 * HOUR)
        low, high = self._new(), self._new(priority="3")
        foreign = self._new(priority="3", team_id=other_team.id)
        self._run(MONDAY + 6 * HOUR)
        self.assertEqual([ticket.escalation_level for ticket in (low, high, foreign)], [0, 1, 0])

    def test_step_that_fails_is_logged_and_holds_up_no_other(self):
        """R094: an error on one ticket stands in its log; the job goes on."""
        rule = self._rule(priority_change="3")
        tickets = self._new() | self._new()
        act = type(rule)._act

        refusal = UserError("No")

        def fail(this, ticket, clock):
            if ticket == tickets[0]:
                raise refusal
            return act(this, ticket, clock)

        with patch.object(type(rule), "_act", fail):
            self._run(MONDAY + 3 * HOUR)
        self._run(MONDAY + 4 * HOUR)
        self.assertEqual(tickets.mapped("escalation_ids.state"), ["failed", "done"])
        self.assertEqual(tickets.mapped("priority"), ["1", "3"])

    def test_incomplete_step_is_refused(self):
        """A step that says to whom but not whom is refused."""
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._rule(assign="user")

    def _live(self, tickets):
        """Two days of eight tickets: something happens at a quarter past or to, the job runs a minute past."""
        acts = [
            (0.75, tickets[1].action_take),
            (1.25, tickets[0].action_mark_answered),
            (3.75, tickets[2].action_mark_answered),
            (3.25, tickets[3].action_solve),
            (1.75, lambda: tickets[4]._move_to("waiting")),
            (5.25, lambda: tickets[4]._move_to("open")),
            (4.25, tickets[5].action_solve),
            (6.25, tickets[5].action_reopen),
        ]
        runs = [*(half / 2 for half in range(15)), *(22 + half / 2 for half in range(14))]
        moments = [(MONDAY + hours * HOUR, act) for hours, act in acts]
        moments += [(MONDAY + hours * HOUR + MINUTE, None) for hours in runs]
        for moment, act in sorted(moments, key=lambda pair: pair[0]):
            if act:
                with freeze_all_time(moment):
                    act()
            else:
                self._run(moment)

    def test_dry_run_says_what_the_job_would_have_done(self):
        """R094: the dry run over a month counts, ticket by ticket and moment by moment, what the job then did."""
        rules = (
            self._rule(name="At once"),
            self._rule(name="After an hour", minutes=60, clock="any", stop_on="answered", level=2),
            self._rule(name="Nobody", trigger="no_owner", minutes=60),
            self._rule(name="Three quarters", trigger="share", share="75", clock="resolution"),
        )
        owners = (self.agent.id, False)
        tickets = [
            self._new(MONDAY + (n % 4) * 30 * MINUTE, name=f"T{n}", user_id=owners[n % 2], priority="1")
            for n in range(8)
        ]
        self._live(tickets)
        month = (MONDAY - timedelta(days=2), MONDAY + 28.75 * HOUR)
        for rule in rules:
            done = rule.log_ids.filtered(lambda row: row.state == "done")
            self.assertTrue(done, rule.name)
            trial = self.env["crm.escalation.trial"].with_user(self.supervisor)._run(rule, *month)
            self.assertIn(f"would have fired {len(done)} times", trial.sentence, rule.name)
            lived = sorted((row.ticket_id.id, row.date) for row in done)
            dry = sorted((line.ticket_id.id, line.date) for line in trial.line_ids)
            self.assertEqual([ticket for ticket, _at in lived], [ticket for ticket, _at in dry], rule.name)
            for (_ticket, then), (_same, would) in zip(lived, dry, strict=True):
                self.assertTrue(timedelta(0) <= then - would <= 16 * MINUTE, f"{rule.name}: {then} {would}")
        action = rules[0].with_user(self.supervisor).action_dry_run()
        self.assertEqual(action["res_model"], "crm.escalation.trial")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["crm.escalation.trial"].with_user(self.agent)._run(rules[0], *month)

    def test_ladders_stay_in_their_company(self):
        """R094: a step of another company neither fires here nor is seen."""
        other = self.env["res.company"].create({"name": "Light Abroad"})
        rule = self._rule(company_id=other.id)
        ticket = self._new()
        self._run(MONDAY + 5 * HOUR)
        self.assertFalse(ticket.escalation_level)
        self.assertFalse(self.env["crm.escalation.rule"].with_user(self.supervisor).search([("id", "=", rule.id)]))
