from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time

from .test_plan import PlanCase


@tagged("post_install", "-at_install")
class TestPlanApproval(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"crm_campaign_approval": "budget", "crm_campaign_approval_amount": 1000})

    def test_approval_above_a_budget(self):
        """R128: a budget above the company's amount needs a manager; a raised one asks again."""
        campaign = self.campaign
        campaign.budget = 1000
        self.assertFalse(campaign.needs_approval)
        campaign.budget = 1000.01
        self.assertTrue(campaign.needs_approval)
        self.assertIn("not approved yet", campaign.hold_reason)
        campaign.approver_id = self.manager
        campaign.action_ask_approval()
        self.assertEqual(campaign.activity_ids.user_id, self.manager)
        with self.assertRaises(AccessError):
            campaign.action_approve()
        with freeze_time("2026-02-20 10:00:00"):
            campaign.with_user(self.manager).action_approve()
        self.assertEqual((campaign.approval_state, campaign.approved_by_id), ("approved", self.manager))
        self.assertEqual(campaign.approved_date, fields.Datetime.to_datetime("2026-02-20 10:00:00"))
        self.assertEqual(campaign.stage_id, self.env.ref("crm_marketing.utm_stage_approved"))
        self.assertFalse(campaign.hold_reason or campaign.activity_ids)
        campaign.budget = 900
        self.assertEqual(campaign.approval_state, "approved", "less needs no new approval")
        campaign.budget = 1500
        self.assertEqual(campaign.approval_state, "draft")

    def test_refusal_says_why(self):
        self.campaign.budget = 5000
        self.campaign.action_ask_approval()
        boss = self.campaign.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Say why"):
            boss.action_refuse()
        boss.approval_note = "Too dear"
        boss.action_refuse()
        self.assertIn("refused", self.campaign.hold_reason)

    def test_nobody_approves_by_the_back_door(self):
        for user in (self.marketer, self.manager):
            with self.assertRaises(AccessError):
                self.campaign.with_user(user).approval_state = "approved"
            with self.assertRaises(AccessError):
                self.env["utm.campaign"].with_user(user).create({"title": "X", "approval_state": "approved"})
        with self.assertRaises(AccessError):
            self.campaign.approval_note = "Fine"

    def test_nothing_is_sent_before_approval(self):
        """R128: a mailing of a campaign that is not approved is neither queued nor sent; others are."""
        self.campaign.budget = 5000
        contact = self.env["mailing.contact"].create({"name": "a", "email": "a@plan.org"})
        domain = {"mailing_domain": [("id", "=", contact.id)]}
        held = self._mailing(self.campaign, **domain)
        free = self._mailing(self._campaign("Small", budget=10), **domain)
        for send in (held.action_launch, held.action_send_mail):
            with self.assertRaisesRegex(UserError, "not approved"):
                send()
        held.sudo().state = "in_queue"
        free.action_launch()
        self._send_queue()
        self.assertEqual((held.state, free.state), ("draft", "done"))
        self.assertFalse(held.mailing_trace_ids)
        self.assertIn("not approved", held.message_ids[0].body)
        self.campaign.action_ask_approval()
        self.campaign.with_user(self.manager).action_approve()
        held.action_launch()
        self._send_queue()
        self.assertEqual(held.state, "done")

    def test_always_and_never(self):
        self.company.crm_campaign_approval = "always"
        self.assertTrue(self.campaign.needs_approval)
        self.company.crm_campaign_approval = "never"
        self.campaign.invalidate_recordset()
        self.assertFalse(self.campaign.needs_approval)

    def test_clash_of_product_and_audience(self):
        """R128: campaigns for one product or one list on the same days are named before approval."""
        product = self.env["product.template"].create({"name": "Kettle <b>2</b>"})
        audience = self.env["mailing.list"].create({"name": "Hotels"})
        self.campaign.product_tmpl_ids = product
        same = self._campaign("Same kettle", date_start="2026-03-31", product_tmpl_ids=[Command.link(product.id)])
        self._campaign("Later", date_start="2026-04-01", product_tmpl_ids=[Command.link(product.id)])
        listed = self._campaign("Same people", date_start="2026-02-01", date_end="2026-03-01")
        for campaign in (listed, self.campaign):
            self._mailing(
                campaign,
                mailing_model_id=self.env["ir.model"]._get_id("mailing.list"),
                contact_list_ids=[Command.link(audience.id)],
            )
        self.env.flush_all()
        self.campaign.invalidate_recordset()
        self.assertEqual(self.campaign.clash_ids, same + listed)
        self.assertIn("Kettle", self.campaign.clash_text)
        self.assertIn("Hotels", self.campaign.clash_text)
        self.campaign.approver_id = self.manager
        self.campaign.action_ask_approval()
        self.assertIn("Kettle &lt;b&gt;2", self.campaign.activity_ids.note)

    def test_shared_customers_clash(self):
        """R128: two audiences with customers in common clash on the same days, and the count is shown."""
        people = self.env["res.partner"].create([{"name": f"Guest {number}"} for number in range(4)])
        one, other = self.env["crm.segment"].create(
            [{"name": name, "company_id": self.company.id} for name in ("Hotels", "Inns")]
        )
        for segment, members in ((one, people[:3]), (other, people[1:])):
            self.env["crm.segment.member"].create(
                [{"segment_id": segment.id, "company_id": self.company.id, "partner_id": it.id} for it in members]
            )
        self.campaign.segment_id = one
        second = self._campaign("Inns", date_start="2026-03-15", segment_id=other.id)
        self.assertEqual(self.campaign.clash_ids, second)
        self.assertIn("2 customers in both audiences", self.campaign.clash_text)
        self.assertEqual(self._step(second, "Call").segment_id, other)

    def test_days_from_approval_to_first_delivery(self):
        """R148: a manager sees the days from approval to first delivery of each campaign and their average."""
        with freeze_time("2026-02-01 08:00:00"):
            for campaign in (self.campaign, self._campaign("Fast", date_start="2026-02-01")):
                campaign.action_ask_approval()
                campaign.with_user(self.manager).action_approve()
        fast = campaign
        speed = self.env["crm.campaign.speed"].with_user(self.manager)
        own = [("company_id", "=", self.company.id)]
        self.assertEqual(speed.search(own).mapped("state"), ["waiting", "waiting"])
        contact = self.env["mailing.contact"].create({"name": "a", "email": "a@plan.org"})
        for test, day in ((True, "2026-02-02 08:00:00"), (False, "2026-02-13 20:00:00")):
            self.env["mailing.trace"].create(
                {
                    "mass_mailing_id": self._mailing(self.campaign).id,
                    "model": "mailing.contact",
                    "res_id": contact.id,
                    "sent_datetime": day,
                    "is_test_trace": test,
                }
            )
        with freeze_time("2026-02-03 20:00:00"):
            self._step(fast, "Call").action_done()
        early = self._campaign("Early")
        with freeze_time("2026-02-01 07:00:00"):
            self._step(early, "Call").action_done()
        early.sudo().write({"approval_state": "approved", "approved_date": "2026-02-05 08:00:00"})
        self.env.flush_all()
        self.env.invalidate_all()
        rows = {row.campaign_id.title: (row.days, row.state) for row in speed.search(own)}
        self.assertEqual(rows, {"Launch": (12.5, "delivered"), "Fast": (2.5, "delivered"), "Early": (0, "before")})
        self.assertEqual(speed._read_group(own, [], ["days:avg"]), [(7.5,)])
        self.assertEqual(self.campaign.days_to_customer, 12.5)
        query = self.env["crm.metric"]._metric_campaign_days(
            self.company, fields.Date.to_date("2026-02-01"), fields.Date.to_date("2026-03-01")
        )
        self.assertEqual(self.env.execute_query(query), [(None, 7.5)])
        self.assertFalse(speed.with_user(self.stranger).search(own))

    def test_form_opens_for_every_reader(self):
        """A salesperson, a manager and a plain employee open the campaign; only figures' readers see the plan."""
        self.campaign.write({"budget": 5000, "product_tmpl_ids": self.env["product.template"].create({"name": "K"})})
        self._step(self.campaign, "Call", user_id=self.salesman.id)
        for user in (self.salesman, self.manager):
            form = Form(self.campaign.with_user(user))
            self.assertIn("not approved", form.hold_reason)
            self.assertEqual(form.step_ids._records[0]["name"], "Call")
        worker = self._user("plan_worker", "base.group_user", self.company)
        self.assertNotIn("step_ids", Form(self.campaign.with_user(worker))._view["fields"])
