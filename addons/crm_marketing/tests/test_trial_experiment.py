from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

START = datetime(2026, 3, 2, 8)
DECISION = datetime(2026, 4, 2, 8)


class TrialCase(TransactionCase):
    """200 customers with an address, a marketer, and a product with a cost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {index:03}", "email": f"c{index}@trial.example"} for index in range(200)]
        )
        cls.marketer = new_test_user(cls.env, "trial_marketer", "mass_mailing.group_mass_mailing_user")
        cls.manager = new_test_user(cls.env, "trial_manager", "sales_team.group_sale_manager")
        cls.company_2 = cls.env["res.company"].create({"name": "Other company"})
        cls.stranger = new_test_user(
            cls.env,
            "trial_stranger",
            "mass_mailing.group_mass_mailing_user",
            company_id=cls.company_2.id,
            company_ids=[Command.set(cls.company_2.ids)],
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Tea", "type": "consu", "list_price": 100.0, "standard_price": 60.0, "taxes_id": False}
        )
        cls.campaign = cls.env["utm.campaign"].create({"title": "Tea in March", "company_id": cls.company.id})

    @classmethod
    def _test(cls, **values):
        return (
            cls.env["crm.experiment"]
            .with_user(cls.marketer)
            .create(
                {
                    "name": "Two texts",
                    "campaign_id": cls.campaign.id,
                    "metric": "order",
                    "audience_domain": repr([("id", "in", cls.customers.ids)]),
                    "holdout_share": 20,
                    "date_decision": DECISION,
                    "arm_ids": [
                        Command.create({"name": "A", "share": 40, "kind": "control"}),
                        Command.create({"name": "B", "share": 40}),
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _orders(cls, partners, date=START + timedelta(days=5), **values):
        return cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "state": "sale",
                    "date_order": date,
                    "order_line": [Command.create({"product_id": cls.product.id, "product_uom_qty": 1})],
                    **values,
                }
                for partner in partners
            ]
        )

    @classmethod
    def _members(cls, arm):
        return cls.env["crm.experiment.member"].search([("arm_id", "=", arm.id)]).partner_id


@tagged("post_install", "-at_install")
class TestTrialExperiment(TrialCase):
    def test_customers_are_drawn_into_cells_with_a_holdout(self):
        """R155: 200 customers in cells of 40, 40 and 20 %; people of one company together; shares stand then."""
        parent = self.customers[0]
        child = self.env["res.partner"].create({"name": "Buyer", "parent_id": parent.id, "email": "b@trial.example"})
        test = self._test(audience_domain=repr([("id", "in", (self.customers | child).ids)]))
        self.assertEqual(test.audience_count, 201)
        test._start(START)
        self.assertEqual(test.arm_ids.mapped("units"), [80, 80, 40])
        self.assertEqual(test.arm_ids.mapped("kind"), ["control", "variant", "holdout"])
        members = self.env["crm.experiment.member"].search([("experiment_id", "=", test.id)])
        self.assertEqual(len(members), 201)
        self.assertEqual(len(members.filtered(lambda m: m.partner_id in parent | child).arm_id), 1)
        for values in ({"holdout_share": 5}, {"date_decision": START}, {"metric": "click"}):
            with self.assertRaises(UserError):
                test.write(values)
        with self.assertRaises(UserError):
            test.arm_ids[0].share = 10
        with self.assertRaises(UserError):
            test.unlink()
        with self.assertRaises(UserError):
            test._start(START)

    def test_who_is_out_of_campaigns_is_not_drawn(self):
        """R155: competitors, other companies' customers, blacklisted and unreachable people stay out."""
        rival, foreign, barred, silent = self.customers[:4]
        rival.relation_type = "competitor"
        foreign.company_id = self.company_2
        self.env["mail.blacklist"].create({"email": barred.email})
        silent.email = False
        test = self._test()
        self.assertEqual(test.audience_count, 196)
        test._start(START)
        self.assertEqual(sum(test.arm_ids.mapped("units")), 196)
        self.assertFalse((rival | foreign | barred | silent).sudo().crm_experiment_member_ids)

    def test_size_is_asked_before_and_the_plan_is_checked(self):
        """R155: 10 % + 20 % needs 3,839 a cell, 80 are there: said before the start."""
        test = self._test(base=10, lift=20)
        self.assertEqual(test.required_units, 3839)
        self.assertIn("No: 80", test.size_reason)
        test.write({"base": 40, "lift": 60})
        self.assertLess(test.required_units, 80)
        self.assertIn("Yes", test.size_reason)
        with self.assertRaises(ValidationError):
            test.holdout_share = 30
        with self.assertRaises(UserError):
            test._start(DECISION)
        with self.assertRaises(UserError):
            self._test(arm_ids=[Command.create({"name": "A", "share": 40})], holdout_share=0)._start(START)

    def test_decided_on_the_day_with_a_winner(self):
        """R155: 8 of 80 against 36 of 80 ordered: B wins on the day fixed, not before; p by hand."""
        test = self._test()
        test._start(START)
        a, b, holdout = (self._members(arm) for arm in test.arm_ids)
        self._orders(a[:8])
        self._orders(b[:36])
        self._orders(holdout[:4])
        self._orders(b[40:43], date=START - timedelta(days=1))
        self._orders(a[40:43], date=DECISION)
        with self.assertRaises(UserError):
            test._decide(DECISION - timedelta(hours=1))
        test._measure(DECISION - timedelta(hours=1))
        self.assertEqual((test.outcome, test.arm_ids.mapped("verdict")), ("running", [False] * 3))
        for _run in range(2):
            for due in self.env["crm.experiment"]._due(DECISION):
                due._process_decision(DECISION)
        self.assertEqual((test.state, test.outcome, test.winner_id.name), ("decided", "winner", "B"))
        self.assertEqual(test.arm_ids.mapped("result"), [10.0, 45.0, 10.0])
        # pooled rate 44/160 = 0.275; z = 0.35 / sqrt(0.275 * 0.725 * 2/80) = 4.957
        self.assertLess(test.winner_id.p_value, 0.00001)
        self.assertGreater(test.winner_id.chance, 99.9)
        self.assertIn("B: 45.00 % against 10.00 % of A", test.reason)
        # margin 40 an order: treated 44/160 * 40 = 11.00 each, holdout 4/40 * 40 = 4.00: 7.00 * 160 customers
        self.assertTrue(test.has_gain)
        self.assertAlmostEqual(test.gain, 1120.0)
        self.assertLess(test.gain_low, 1120.0)
        self.assertGreater(test.gain_high, 1120.0)

    def test_undecided_says_how_many_more(self):
        """R155: 20 against 24 of 80 proves nothing; the test says how many customers are missing."""
        test = self._test(base=25, lift=20)
        test._start(START)
        a, b, _holdout = (self._members(arm) for arm in test.arm_ids)
        self._orders(a[:20])
        self._orders(b[:24])
        test._decide(DECISION)
        self.assertEqual((test.outcome, test.winner_id.id), ("undecided", False))
        self.assertEqual(test.arm_ids[1].needed, test.required_units - 80)
        self.assertIn(f"Undecided, needs {test.required_units - 80} more", test.reason)
        with self.assertRaises(UserError):
            test.action_adopt()

    def test_lost_customers_make_no_verdict(self):
        """R155: a cell that lost half its customers gives no verdict, however good it looks."""
        test = self._test()
        test._start(START)
        _a, b, _holdout = (self._members(arm) for arm in test.arm_ids)
        self._orders(b[:40])
        self.env["crm.experiment.member"].search([("partner_id", "in", b[40:].ids)]).unlink()
        test._decide(DECISION)
        self.assertEqual((test.outcome, test.winner_id.id), ("mismatch", False))
        self.assertLess(test.mismatch_p, 0.001)

    def test_clicks_of_the_cells_mailings_and_roll_out_to_the_rest(self):
        """R155: each cell gets its mailing; clicks of people count; the winner goes to those that waited."""
        test = self._test(
            metric="click",
            holdout_share=10,
            arm_ids=[Command.create({"name": "A", "share": 25}), Command.create({"name": "B", "share": 25})],
        )
        test._start(START)
        a, b, holdout, rest = test.arm_ids
        self.assertEqual((holdout.units, rest.kind, rest.units), (20, "rest", 80))
        for arm, clicks in ((a, 5), (b, 25)):
            arm.action_create_mailing()
            self.assertEqual(sorted(arm.mailing_id._get_recipients()), sorted(self._members(arm).ids))
            self._trace(arm, clicks)
        with self.assertRaises(UserError):
            holdout.action_create_mailing()
        broad = self.env["mailing.mailing"].create(
            {
                "subject": "To all",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": test.audience_domain,
                "campaign_id": self.campaign.id,
            }
        )
        self.assertFalse(set(self._members(holdout).ids) & set(broad._get_recipients()), "the holdout gets nothing")
        self.assertEqual(len(broad._get_recipients()), 180)
        test._decide(DECISION)
        self.assertEqual((test.outcome, test.winner_id), ("winner", b))
        test.action_adopt()
        self.assertTrue(test.adopted)
        self.assertEqual(sorted(test.rollout_mailing_id._get_recipients()), sorted(self._members(rest).ids))
        self.assertEqual(test.rollout_mailing_id.subject, b.mailing_id.subject)
        self.assertEqual(test.rollout_mailing_id.state, "draft")

    def _trace(self, arm, clicks):
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": arm.mailing_id.id,
                    "model": "res.partner",
                    "res_id": partner.id,
                    "email": partner.email,
                    "trace_status": "open" if index < clicks else "sent",
                    "sent_datetime": START,
                    "links_click_datetime": START + timedelta(hours=1) if index < clicks else False,
                }
                for index, partner in enumerate(self._members(arm))
            ]
        )

    def test_tests_per_year_by_subject_and_share_adopted(self):
        """R155.1: two advertising tests and one product test in 2026, half of the advertising tests adopted."""
        tests = self._test() | self._test() | self._test(subject="product")
        tests._start(START)
        tests[0].sudo().write({"state": "decided", "outcome": "winner", "winner_id": tests[0].arm_ids[1].id})
        tests[0].action_adopt()
        groups = (
            self.env["crm.experiment"]
            .with_user(self.manager)
            ._read_group([("id", "in", tests.ids)], ["date_start:year", "subject"], ["__count", "adopted_share:avg"])
        )
        found = {subject: (year.year, count, share) for year, subject, count, share in groups}
        self.assertEqual(found, {"advertising": (2026, 2, 50.0), "product": (2026, 1, 0.0)})

    def test_a_mailing_is_tested_against_a_holdout(self):
        """R155: from a mailing, one cell and a holdout; the mailing leaves the holdout out."""
        mailing = (
            self.env["mailing.mailing"]
            .with_user(self.marketer)
            .create(
                {
                    "subject": "New tea",
                    "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "mailing_domain": repr([("id", "in", self.customers.ids)]),
                    "campaign_id": self.campaign.id,
                }
            )
        )
        test = self.env["crm.experiment"].browse(mailing.action_crm_experiment()["res_id"])
        self.assertEqual((test.arm_ids.share, test.holdout_share), (90, 10))
        test.date_decision = DECISION
        test._start(START)
        self.assertEqual(len(mailing._get_recipients()), 180)
        self.assertEqual(mailing.action_crm_experiment()["res_id"], test.id)

    def test_rights(self):
        """R155: marketers test, sales managers read, another company sees nothing."""
        test = self._test()
        test._start(START)
        self.assertEqual(test.with_user(self.manager).arm_ids[0].units, 80)
        with self.assertRaises(AccessError):
            test.with_user(self.manager).name = "Mine"
        for record in (test, test.arm_ids[0], self.env["crm.experiment.member"].search([], limit=1)):
            with self.assertRaises(AccessError):
                record.with_user(self.stranger).read(["display_name"])
