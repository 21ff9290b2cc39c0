from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tests.common import freeze_time


class PlanCase(TransactionCase):
    """A marketer, a salesperson and a manager of one company; a second company with its own marketer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Plan One"})
        cls.company_2 = cls.env["res.company"].create({"name": "Plan Two"})
        cls.env.user.company_ids |= cls.company | cls.company_2
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.marketer = cls._user("plan_marketer", "mass_mailing.group_mass_mailing_user", cls.company)
        cls.salesman = cls._user("plan_seller", "sales_team.group_sale_salesman", cls.company)
        cls.manager = cls._user("plan_manager", "sales_team.group_sale_manager", cls.company)
        cls.stranger = cls._user("plan_stranger", "mass_mailing.group_mass_mailing_user", cls.company_2)
        cls.campaign = cls._campaign("Launch", date_start="2026-03-01", date_end="2026-03-31")

    @classmethod
    def _user(cls, login, group, company):
        return new_test_user(
            cls.env,
            login,
            group,
            context={"no_reset_password": True},
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            tz="UTC",
        )

    @classmethod
    def _campaign(cls, title, **vals):
        return (
            cls.env["utm.campaign"]
            .with_user(cls.marketer)
            .create({"title": title, "company_id": cls.company.id, **vals})
        )

    @classmethod
    def _step(cls, campaign, name, kind="call", **vals):
        return (
            cls.env["crm.campaign.activity"]
            .with_user(cls.marketer)
            .create({"campaign_id": campaign.id, "name": name, "kind": kind, "date_start": "2026-03-02", **vals})
        )

    def _send_queue(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 60):
            self.env["mailing.mailing"]._process_mass_mailing_queue()

    @classmethod
    def _mailing(cls, campaign, **vals):
        return (
            cls.env["mailing.mailing"]
            .with_user(cls.marketer)
            .create(
                {
                    "subject": "Our launch",
                    "campaign_id": campaign.id,
                    "body_html": "<p>Hello</p>",
                    "mailing_model_id": cls.env["ir.model"]._get_id("mailing.contact"),
                    **vals,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestPlan(PlanCase):
    def test_steps_planned_and_executed(self):
        """R128: steps with owner, dates and type; executed stands beside planned, people too."""
        calls = self._step(self.campaign, "Call hotels", user_id=self.salesman.id, planned_count=40)
        web = self._step(self.campaign, "Post", "web", date_start="2026-03-10", date_end="2026-03-12")
        fair = self._step(self.campaign, "Fair", "traditional")
        self._step(self.campaign, "Dropped", "event").action_cancel_step()
        self.assertEqual((calls + web + fair).mapped("medium_type"), ["traditional", "web", "traditional"])
        self.assertEqual(calls.date_end, fields.Date.to_date("2026-03-02"))
        with freeze_time("2026-03-11 09:00:00"):
            calls.with_user(self.salesman).action_done()
            calls.reached = 31
            self.campaign.invalidate_recordset()
            seen = self.campaign
            self.assertEqual((seen.step_count, seen.step_done_count, seen.step_late_count), (3, 1, 1))
            self.assertAlmostEqual(seen.step_progress, 100 / 3)
            self.assertTrue(fair.is_late)
            self.assertFalse(web.is_late, "its last day is not over")
        self.assertEqual((calls.reached_count, calls.planned_count), (31, 40))
        self.assertEqual(calls.date_done, fields.Datetime.to_datetime("2026-03-11 09:00:00"))
        groups = self.env["crm.campaign.activity"]._read_group(
            [("campaign_id", "=", self.campaign.id), ("state", "!=", "cancelled")],
            ["medium_type"],
            ["__count", "executed:sum"],
        )
        self.assertEqual(groups, [("traditional", 2, 1), ("web", 1, 0)])

    def test_mailing_executes_its_step(self):
        """R128: a step with a mailing is executed when it is sent and counts the mails delivered."""
        step = self._step(self.campaign, "Invitation", "mail", planned_count=2)
        context = step.action_open_mailing()["context"]
        contacts = self.env["mailing.contact"].create([{"name": n, "email": f"{n}@plan.org"} for n in ("a", "b")])
        mailing = self._mailing(
            self.campaign,
            campaign_step_ids=context["default_campaign_step_ids"],
            mailing_domain=[("id", "in", contacts.ids)],
        )
        self.assertEqual(step.mailing_id, mailing)
        mailing.action_launch()
        self._send_queue()
        self.assertEqual((step.state, mailing.state), ("done", "done"))
        mailing.mailing_trace_ids.set_sent()
        step.invalidate_recordset()
        self.assertEqual(step.reached_count, 2)

    def test_checklist_before_execution(self):
        step = self._step(self.campaign, "Fair", "event", user_id=self.salesman.id, offer="10 % at the stand")
        step.check_ids = [Command.create({"name": "Stand booked"})]
        step.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "not prepared"):
            step.with_user(self.salesman).action_done()
        step.with_user(self.salesman).check_ids.done = True
        self.assertEqual(step.check_ids.done_user_id, self.salesman)
        step.with_user(self.salesman).action_done()
        self.assertEqual(step.state, "done")

    def test_salesperson_marks_own_steps_only(self):
        own, other = (self._step(self.campaign, name, user_id=user.id) for name, user in
                      (("Own", self.salesman), ("Other", self.marketer)))  # fmt: skip
        with self.assertRaises(AccessError):
            other.with_user(self.salesman).action_done()
        other.check_ids = [Command.create({"name": "Ready"})]
        with self.assertRaises(AccessError):
            other.check_ids.with_user(self.salesman).done = True
        with self.assertRaises(AccessError):
            own.with_user(self.salesman).name = "Changed"
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.salesman).programme_id = False

    def test_other_company_sees_no_plan(self):
        step = self._step(self.campaign, "Call")
        programme = self.env["crm.programme"].create({"name": "Year", "company_id": self.company.id})
        for record in (step, programme):
            self.assertFalse(record.with_user(self.stranger).search([("id", "=", record.id)]))

    def test_programme_sums_its_campaigns(self):
        """R128: a programme groups campaigns and adds up their budgets."""
        programme = self.env["crm.programme"].with_user(self.marketer).create({"name": "Year"})
        self.assertEqual(programme.company_id, self.company)
        second = self._campaign("Second", budget=50)
        self.campaign.budget = 200
        (self.campaign + second).programme_id = programme
        self.env.flush_all()
        programme.invalidate_recordset()
        self.assertEqual((programme.campaign_count, programme.budget, programme.spent), (2, 250, 0))

    def test_steps_cost_no_query_per_campaign(self):
        campaigns = self.env["utm.campaign"].create(
            [{"title": f"C{number}", "company_id": self.company.id} for number in range(100)]
        )
        self.env["crm.campaign.activity"].create([{"campaign_id": it.id, "name": "Call"} for it in campaigns])
        self.env.flush_all()
        names = ["step_count", "step_done_count", "step_late_count", "clash_count"]
        self.env["utm.campaign"].with_user(self.marketer).browse(self.campaign.id).read(names)
        counts = []
        for size in (10, 100):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            campaigns[:size].with_user(self.marketer).read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
