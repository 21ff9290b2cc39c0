from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_touch import TouchCase


@tagged("post_install", "-at_install")
class TestFlow(TouchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calls = cls.env["crm.call.list"].create({"name": "Follow-up", "campaign_id": cls.campaign.id})
        cls.company.phone = "+32 470 00 00 00"
        cls.flow = (
            cls.env["crm.flow"]
            .with_user(cls.marketer)
            .create(
                {
                    "name": "After the click",
                    "campaign_id": cls.campaign.id,
                    "trigger": "click",
                    "step_ids": [
                        Command.create({"sequence": 1, "kind": "mailing", "mailing_id": cls.mailing.id}),
                        Command.create({"sequence": 2, "kind": "wait", "number": 2, "unit": "days"}),
                        Command.create(
                            {"sequence": 3, "kind": "condition", "condition": "no_touch", "touch_kind": "order"}
                        ),
                        Command.create({"sequence": 4, "kind": "call", "list_id": cls.calls.id}),
                        Command.create({"sequence": 5, "kind": "lead"}),
                        Command.create({"sequence": 6, "kind": "activity", "summary": "Ask again"}),
                    ],
                }
            )
        )

    def _touch(self, kind, date, partner=None, number=1):
        return self.env["crm.touch"]._record(
            [
                {
                    "date": date,
                    "kind": kind,
                    "partner_id": (partner or self.company).id,
                    "campaign_id": self.campaign.id,
                    "res_model": "res.partner",
                    "res_id": number,
                    "company_id": self.env.company.id,
                }
            ]
        )

    def _process(self, now):
        self.flow.sudo()._process_flow(now)
        self.env.invalidate_all()
        return self.flow.run_ids

    def _copies(self):
        return self.env["mailing.mailing"].search([("crm_flow_step_id", "in", self.flow.step_ids.ids)])

    def test_a_customer_goes_through_waits_conditions_and_actions(self):
        """A click sends the mailing; two days later, without an order, come call, lead and activity; each once."""
        self.flow.action_start()
        now = self.flow.started
        self._touch("click", now - timedelta(hours=1), self.ann.copy({"parent_id": False}), 2)
        self._touch("click", now + timedelta(hours=1))
        runs = self._process(now + timedelta(hours=2))
        self.assertEqual(runs.partner_id, self.company, "what was before the start does not count")
        copy = self._copies()
        self.assertEqual((copy.state, copy.campaign_id), ("in_queue", self.campaign))
        self.assertEqual(copy._get_recipients(), self.company.ids)
        self.assertEqual(self.mailing.state, "draft")
        self._touch("click", now + timedelta(hours=3), number=3)
        self._process(now + timedelta(hours=4))
        self.assertEqual((len(self._copies()), len(self.flow.run_ids)), (1, 1), "once a customer")
        self.assertFalse(self.calls.line_ids, "it waits")
        late = now + timedelta(days=2, hours=1)
        self._process(late)
        self._process(late)
        self.assertEqual(self.calls.line_ids.partner_id, self.company)
        lead = self.env["crm.lead"].search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(lead.partner_id, self.company)
        self.assertEqual(
            self.company.activity_ids.filtered(lambda one: one.summary == "Ask again").user_id, self.marketer
        )
        self.assertEqual(self.flow.run_ids.state, "done")
        self.assertEqual(len(self.flow.run_ids.log_ids), 6)

    def test_a_condition_ends_it(self):
        """Who has ordered meanwhile is left alone."""
        self.flow.action_start()
        now = self.flow.started
        self._touch("click", now)
        self._process(now)
        self._touch("order", now + timedelta(days=1))
        runs = self._process(now + timedelta(days=3))
        self.assertEqual(runs.state, "left")
        self.assertFalse(self.calls.line_ids)
        self.assertIn("no, ends", runs.log_ids[-1].text)

    def test_trying_writes_down_what_would_happen_and_does_nothing(self):
        """The test mode shows every step with its time; nothing is sent, made or planned."""
        self.flow.test_partner_id = self.ann
        self.flow.action_try()
        run = self.flow.run_ids
        self.assertEqual((run.is_test, run.state, len(run.log_ids)), (True, "done", 6))
        self.assertEqual(run.log_ids[-1].date - run.log_ids[0].date, timedelta(days=2))
        self.flow.action_test()
        now = self.flow.started
        other = self.env["res.partner"].create({"name": "Other"})
        self._touch("click", now, other)
        self._process(now)
        self._process(now + timedelta(days=3))
        self.assertEqual((self.flow.test_count, self.flow.run_count), (2, 0))
        self.assertEqual(set(self.flow.run_ids.mapped("state")), {"done"})
        self.assertFalse(self._copies() or self.calls.line_ids or other.activity_ids)
        self.assertFalse(self.env["crm.lead"].search([("campaign_id", "=", self.campaign.id)]))
        self.flow.action_start()
        self.assertEqual(self.flow.test_count, 0)

    def test_who_may_not_be_called_is_not_put_on_the_list(self):
        """The call step leaves out who has no number, and says so."""
        self.company.phone = False
        self.flow.action_start()
        now = self.flow.started
        self._touch("click", now)
        self._process(now)
        runs = self._process(now + timedelta(days=3))
        self.assertFalse(self.calls.line_ids)
        self.assertTrue(any("without a number" in text for text in runs.log_ids.mapped("text")))

    def test_a_flow_that_may_not_send_stops_and_says_why(self):
        """A campaign that is not approved any more stops its flow; nobody is lost, nothing is sent."""
        self.flow.action_start()
        self._touch("click", self.flow.started)
        self.env.company.crm_campaign_approval = "always"
        self.flow.sudo()._process_or_stop(self.flow.started)
        self.assertEqual(self.flow.state, "stopped")
        self.assertIn("not approved yet", self.flow.message_ids[0].body)
        self.assertFalse(self._copies() or self.flow.run_ids)

    def test_a_segment_entered_starts_it(self):
        """Entering the segment after the start begins the flow."""
        segment = self.env["crm.segment"].create({"name": "New ones"})
        self.flow.write({"trigger": "segment", "segment_id": segment.id})
        self.flow.action_start()
        self.env["crm.segment.log"].create(
            {
                "segment_id": segment.id,
                "company_id": self.env.company.id,
                "partner_id": self.company.id,
                "kind": "entered",
                "date": self.flow.started,
            }
        )
        self.assertEqual(self._process(fields.Datetime.now()).partner_id, self.company)

    def test_bad_flows_are_refused(self):
        """Without steps, with a step that says nothing, with a filter that cannot be read; runs are not written."""
        with self.assertRaises(ValidationError):
            self.flow.write({"step_ids": [Command.create({"kind": "mailing"})]})
        with self.assertRaises(ValidationError):
            self.flow.write(
                {"step_ids": [Command.create({"kind": "condition", "condition": "filter", "domain": "1 +"})]}
            )
        empty = self.flow.copy({"step_ids": False})
        empty.step_ids.unlink()
        with self.assertRaises(UserError):
            empty.action_start()
        run = self.flow._try(self.company, fields.Datetime.now())
        with self.assertRaises(AccessError):
            run.with_user(self.marketer).write({"state": "running"})
        with self.assertRaises(AccessError):
            self.flow.with_user(self.seller).read(["name"])
