from dateutil.relativedelta import relativedelta
from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .insight_common import InsightCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestInsightUse(InsightCase):
    """What is done with what is known: contacted, analysed, asked, followed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers["Anchor"].customer_role = "agent"
        cls.run_cards()
        # Customers of the database that the tests run on would be followed and counted as well.
        cls.env["res.partner"].search(
            [("customer_rank", ">", 0), ("id", "not in", [partner.id for partner in cls.customers.values()])]
        ).customer_rank = 0

    def contact(self, name, days):
        return self.env["crm.contact.log"].create(
            {
                "partner_id": self.customers[name].id,
                "date": fields.Datetime.now() - relativedelta(days=days),
                "subject": "Call",
                "channel": "call",
                "user_id": self.salesman.id,
                "company_id": self.company.id,
            }
        )

    def use(self, *aggregates, **context):
        model = self.env["crm.data.utilisation"].with_user(self.marketer).with_context(**context)
        return model._read_group([], [], list(aggregates))[0]

    def test_share_of_customers_contacted_or_analysed(self):
        """R157.1: of ten customers two were contacted in the last six months; analysed are those with a scorecard."""
        self.contact("Anchor", 10)
        self.contact("Birch", 100)
        self.contact("Cedar", 300)
        shares = ("customers:sum", "contacted_share:avg", "used_share:avg")
        self.assertEqual(self.use(*shares), (10, 20.0, 100.0))
        later = {"insight_to": "2027-03-31"}
        self.assertEqual(self.use(*shares, **later), (10, 0.0, 0.0))
        self.company.crm_insight_months = 12
        self.assertEqual(self.use(*shares)[1], 30.0)
        self.assertEqual(self.use(*shares, **later)[2], 100.0)
        rows = self.env["crm.data.utilisation"].with_user(self.marketer).search([("contacted", "=", 0)])
        self.assertEqual(len(rows), 7)
        self.assertEqual(set(rows.mapped("use")), {"analysed"})
        with self.assertRaises(AccessError):
            self.env["crm.data.utilisation"].with_user(self.clerk).search([])

    def test_survey_values_and_score_with_sales(self):
        """R154.1: newest survey values of a customer beside sales; customers are found by values, score and both."""
        research = self.env["crm.customer.research"].with_user(self.marketer)
        values = {
            "Anchor": (60, 9, 8),
            "Birch": (20, 3, 2),
            "Fir": (90, 8, -1),
            "Juniper": (5, 1, 1),
        }
        for name, (wallet, repurchase, attitude) in values.items():
            research.create(
                {
                    "partner_id": self.customers[name].id,
                    "wallet_share": wallet,
                    "repurchase": repurchase,
                    "attitude": attitude,
                }
            )
        research.create({"partner_id": self.customers["Anchor"].id, "date": "2026-01-01", "repurchase": 0})
        rows = self.env["crm.research.profile"].with_user(self.marketer).search([])
        found = {row.partner_id.name: (row.score, row.revenue, row.quadrant) for row in rows}
        self.assertEqual(
            found,
            {
                "Anchor": (78.0, 2400, "keep"),
                "Birch": (24.0, 900, "repair"),
                "Fir": (84.3, 100, "grow"),
                "Juniper": (8.5, 0, "watch"),
            },
        )
        partners = self.env["res.partner"].with_user(self.marketer)

        def names(*domain):
            return set(partners.search(list(domain)).mapped("name"))

        self.assertEqual(names(("crm_research_quadrant", "=", "repair")), {"Birch"})
        self.assertEqual(names(("crm_research_score", ">=", 60)), {"Anchor", "Fir"})
        self.assertEqual(names(("crm_research_attitude", "<", 5)), {"Birch", "Juniper"}, "Fir was not asked")
        self.assertEqual(names(("crm_research_repurchase", ">", 5), ("crm_research_wallet", ">", 80)), {"Fir"})
        segment = (
            self.env["crm.segment"]
            .with_user(self.marketer)
            .create(
                {
                    "name": "Win back",
                    "domain": "[('crm_research_score', '<', 60)]",
                    "condition_ids": [Command.create({"kind": "sales", "amount": 500})],
                }
            )
        )
        segment._refresh()
        self.assertEqual(segment.sudo().member_ids.partner_id, self.customers["Birch"], "Juniper bought nothing")
        self.assertIn("buys again 9 of 10", research.search([("partner_id.name", "=", "Anchor")], limit=1).reason)
        self.assertEqual(self.customers["Fir"].with_user(self.marketer).crm_research_score, 84.3)

    def rule(self, **vals):
        return (
            self.env["crm.follow.rule"]
            .with_user(self.marketer)
            .create(
                {
                    "name": "Silent",
                    "basis": "contact",
                    "age_from": 90,
                    "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                    "user_id": self.manager.id,
                    **vals,
                }
            )
        )

    def test_customers_without_campaign_get_tasks_by_age_and_importance(self):
        """R158: rules by silence and class give the rest of the customers a call or a mail, once."""
        for name, days in (("Anchor", 40), ("Birch", 100), ("Cedar", 20), ("Delta", 200), ("Elm", 200)):
            self.contact(name, days)
        campaign = self.env["utm.campaign"].create({"title": "Summer", "company_id": self.company.id})
        self.env["crm.touch"]._record(
            [
                {
                    "date": fields.Datetime.now() - relativedelta(days=5),
                    "kind": "mail",
                    "partner_id": self.customers["Elm"].id,
                    "campaign_id": campaign.id,
                    "res_model": "utm.campaign",
                    "res_id": campaign.id,
                }
            ]
        )
        self.customers["Delta"].user_id = False
        important = self.rule(name="Class A", age_from=30, importance="a", sequence=1)
        others = self.rule(name="Others", sequence=2, activity_type_id=self.env.ref("mail.mail_activity_data_email").id)
        [domain] = important.action_preview()["domain"]
        self.assertEqual(domain[2], self.customers["Anchor"].ids)
        important.action_run_now()
        tasks = important.task_ids | others.task_ids
        given = {
            task.partner_id.name: (task.rule_id.name, task.user_id.name, task.activity_id.activity_type_id.name)
            for task in tasks.sudo()
        }
        mail = self.env.ref("mail.mail_activity_data_email").name
        self.assertEqual(
            given,
            {
                "Anchor": ("Class A", "Sal", self.env.ref("mail.mail_activity_data_call").name),
                "Birch": ("Others", "Col", mail),
                "Delta": ("Others", "Mag", mail),
            },
            "the others are young records without contact, or were reached by a campaign",
        )
        activity = tasks.sudo().filtered(lambda task: task.partner_id.name == "Anchor").activity_id
        self.assertEqual(activity.date_deadline, self.today + relativedelta(days=7))
        self.assertIn("40 days ago", activity.note)
        rules = self.env["crm.follow.rule"]
        segment = self.env["crm.segment"].create(
            {"name": "Cedar only", "domain": f"[('id', '=', {self.customers['Cedar'].id})]"}
        )
        of_segment = self.rule(name="Of the segment", age_from=10, segment_id=segment.id, sequence=9)
        self.assertEqual(of_segment.action_preview()["domain"], [("id", "in", self.customers["Cedar"].ids)])
        of_segment.active = False
        self.assertEqual(rules._process(self.company, self.today), 0, "a second run makes none")
        activity.with_user(self.salesman).action_feedback(feedback="Reached")
        later = [self.today + relativedelta(days=days) for days in (59, 61)]
        self.assertEqual(rules._process(self.company, later[0]), 1, "Elm, whom no campaign touched for 64 days")
        self.assertIn(self.customers["Elm"], others.task_ids.partner_id)
        self.assertEqual(rules._process(self.company, later[1]), 1, "Anchor again: the call is done, 60 days rested")
        self.assertEqual(important.task_ids.partner_id, self.customers["Anchor"])
        self.assertEqual(len(important.task_ids), 2)
        with self.assertRaises(AccessError):
            important.with_user(self.salesman).write({"age_from": 1})
