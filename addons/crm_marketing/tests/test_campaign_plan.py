from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .common import CampaignCase

LIST_FIELDS = ["title", "budget", "spent", "budget_share", "budget_state", "collected", "return_rate", "return_state"]


@tagged("post_install", "-at_install")
class TestCampaignPlan(CampaignCase):
    def test_budget_is_one_figure_or_lines(self):
        """R131: a marketer enters a budget as one figure or by cost type and month."""
        campaign = self.env["utm.campaign"].with_user(self.marketer).create({"title": "Plan", "budget": 500})
        self.assertEqual((campaign.budget, len(campaign.budget_line_ids)), (500, 1))
        campaign.budget = 600
        self.assertEqual(campaign.budget_line_ids.mapped("amount"), [600])
        event = self.env.ref("crm_marketing.cost_type_event")
        campaign.budget_line_ids = [Command.create({"cost_type_id": event.id, "date": "2026-05-17", "amount": 250})]
        self.assertEqual(campaign.budget, 850)
        self.assertEqual(campaign.budget_line_ids.filtered("date").date, date(2026, 5, 1))
        with self.assertRaises(UserError):
            campaign.budget = 100

    def test_budget_change_is_told_in_the_chatter(self):
        """R131: a raised budget leaves a trace."""
        self.campaign.with_user(self.marketer).budget = 500
        self.campaign.with_user(self.marketer).budget = 800
        bodies = " ".join(self.campaign.message_ids.mapped("body"))
        self.assertIn("500.00", bodies)
        self.assertIn("800.00", bodies)

    def test_plan_and_actual_by_cost_type_and_month(self):
        """R131: budget and cost stand side by side by cost type and month."""
        event = self.env.ref("crm_marketing.cost_type_event")
        self.company_data["default_account_expense"].campaign_cost_type_id = event
        self.campaign.budget_line_ids = [
            Command.create({"cost_type_id": event.id, "date": "2026-03-01", "amount": 500}),
            Command.create({"cost_type_id": event.id, "date": "2026-04-01", "amount": 100}),
        ]
        self._bill([420], [self.campaign], date="2026-03-15")
        self.env.flush_all()
        groups = self.env["crm.campaign.entry"]._read_group(
            [("campaign_id", "=", self.campaign.id), ("kind", "in", ("budget", "cost"))],
            ["cost_type_id", "date:month"],
            ["budget:sum", "cost:sum"],
        )
        self.assertEqual(
            [(kind, month, budget, cost) for kind, month, budget, cost in groups],
            [(event, date(2026, 3, 1), 500, 420), (event, date(2026, 4, 1), 100, 0)],
        )

    def test_dates_in_order(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.campaign.write({"date_start": "2026-03-02", "date_end": "2026-03-01"})
            self.campaign.flush_recordset()

    def test_budget_stays_in_the_company_of_the_campaign(self):
        with self.assertRaises(ValidationError):
            self.env["crm.campaign.budget.line"].create(
                {"campaign_id": self.campaign.id, "company_id": self.company_2.id, "amount": 5}
            )
        line = self.env["crm.campaign.budget.line"].create(
            {"campaign_id": self.shared.id, "company_id": self.company_2.id, "amount": 5}
        )
        self.assertEqual(line.currency_id, self.foreign)
        self.assertFalse(self.shared.budget, "a budget of another company is not this company's")

    def test_expected_beside_actual_response(self):
        """R131: expected responses beside the people who answered, each person once."""
        campaign = self.campaign
        campaign.with_user(self.marketer).expected_responses = 10
        contacts = self.env["mailing.contact"].create([{"name": n, "email": f"{n}@x.org"} for n in ("a", "b", "c")])
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Hello",
                "campaign_id": campaign.id,
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.contact"),
            }
        )
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": mailing.id,
                    "model": "mailing.contact",
                    "res_id": contact.id,
                    "email": contact.email,
                    "trace_status": status,
                    "links_click_datetime": clicked,
                }
                for contact, status, clicked in zip(
                    contacts, ("sent", "open", "bounce"), (False, "2026-03-01 10:00:00", False), strict=True
                )
            ]
        )
        self.env["crm.lead"].create({"name": "B asks", "email_from": "b@x.org", "campaign_id": campaign.id})
        self.env["crm.lead"].create({"name": "D asks", "email_from": "d@x.org", "campaign_id": campaign.id})
        campaign.invalidate_recordset()
        seen = campaign.with_user(self.marketer)
        self.assertEqual((seen.delivered_count, seen.response_count, seen.response_rate), (2, 2, 100))

    # === WARNING OF THE OWNER === #

    def _activities(self):
        return self.campaign.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("crm_marketing.mail_activity_type_budget")
        )

    def _run(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["utm.campaign"]._process_budget_alerts()

    def test_owner_is_warned_once_at_the_share(self):
        """R131: at 80 % of the budget the owner gets one activity, also when the job runs twice."""
        self.campaign.write({"title": "Spring <b>1</b>", "budget": 1000, "user_id": self.marketer.id})
        self._bill([799.99], [self.campaign])
        self._run()
        self.assertFalse(self._activities())
        self._bill([0.01], [self.campaign])
        self._run()
        self._run()
        self.assertEqual(len(self._activities()), 1)
        self.assertEqual(self._activities().user_id, self.marketer)
        self.assertIn("80", self._activities().summary)
        self.assertIn("&lt;b&gt;1", self._activities().note)
        self._activities().action_done()
        self._bill([500], [self.campaign])
        self._run()
        self.assertFalse(self._activities(), "done is done")

    def test_raised_budget_may_warn_again(self):
        """R131: a new budget is a new promise."""
        self.campaign.budget = 100
        self._bill([90], [self.campaign])
        self._run()
        self.campaign.budget = 1000
        self._run()
        self._bill([800], [self.campaign])
        self._run()
        self.assertEqual(len(self._activities()), 2)

    def test_share_is_a_setting_of_the_company(self):
        """R131: another company, another share; zero never warns."""
        self.company.crm_campaign_warn_pct = 50
        self.campaign.budget = 100
        self._bill([50], [self.campaign])
        self.assertEqual(self.campaign.budget_state, "warn")
        self.company.crm_campaign_warn_pct = 0
        self.env.invalidate_all()
        self.assertEqual(self.campaign.budget_state, "within")
        self._run()
        self.assertFalse(self._activities())

    def test_cron_runs(self):
        self.campaign.budget = 100
        self._bill([90], [self.campaign])
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("crm_marketing.ir_cron_budget_alerts").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self._activities()), 1)

    # === QUERIES === #

    def _queries(self, campaigns, fields):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        campaigns.read(fields)
        return self.env.cr.sql_log_count - before

    def test_figures_of_ten_and_a_hundred_campaigns(self):
        """R136: no query per campaign."""
        campaigns = self.env["utm.campaign"].create(
            [{"title": f"C{index}", "company_id": self.company.id, "budget": 10 + index} for index in range(100)]
        )
        self._bill([1] * 100, campaigns)
        campaigns = campaigns.with_user(self.marketer)
        for fields in (LIST_FIELDS, ["response_count", "response_rate"]):
            self._queries(campaigns[:10], fields)  # fills the caches of rules and groups
            ten, hundred = self._queries(campaigns[:10], fields), self._queries(campaigns, fields)
            self.assertEqual(ten, hundred, fields)
            self.assertLessEqual(hundred, 12, fields)

    def test_budget_job_reads_all_campaigns_at_once(self):
        """R131: queries of the job grow with the warnings it gives, not with the campaigns it looks at."""
        campaigns = self.env["utm.campaign"].create(
            [{"title": f"C{index}", "company_id": self.company.id, "budget": 10} for index in range(100)]
        )
        self._bill([1] * 100, campaigns)
        self.env["utm.campaign"]._process_budget_alerts()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["utm.campaign"]._process_budget_alerts()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 15)
