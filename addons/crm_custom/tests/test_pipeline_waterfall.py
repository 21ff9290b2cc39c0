import random
from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..tools import waterfall
from .test_pipeline_gates import PipelineCommon

DAY = date(2026, 3, 1)
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


class SnapshotCommon(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].with_context(active_test=False).search([]).write({"type": "lead"})
        cls.env["crm.pipeline.day"].search([]).unlink()
        cls.env["crm.pipeline.snapshot"].search([]).unlink()
        cls.snapshot = cls.env["crm.pipeline.snapshot"]

    def take(self, number):
        """The snapshot of day `number`, taken on that day."""
        day = DAY + timedelta(days=number)
        self.assertTrue(self.snapshot._take(day, day))

    def steps(self, first, last, user=None, domain=(), **context):
        """Sums by step between two days, as the user sees them."""
        context |= {"pipeline_from": DAY + timedelta(days=first), "pipeline_to": DAY + timedelta(days=last)}
        model = self.env["crm.pipeline.change"].with_user(user or self.manager).with_context(**context)
        groups = model._read_group([*domain, ("company_id", "=", self.company.id)], ["step"], ["amount:sum"])
        return {step: round(amount, 2) for step, amount in groups}


@tagged("post_install", "-at_install")
class TestPipelineSnapshot(SnapshotCommon):
    def test_a_day_twice_changes_nothing(self):
        deal = self.deal(expected_revenue=100.0)
        self.take(0)
        self.take(0)
        self.take(1)
        rows = self.snapshot.search([("lead_ref", "=", deal.id)])
        self.assertEqual(len(rows), 1, "an unchanged deal is one row, however many days")
        deal.expected_revenue = 120.0
        self.take(1)
        deal.expected_revenue = 130.0
        self.take(1)
        rows = self.snapshot.search([("lead_ref", "=", deal.id)], order="date_from")
        self.assertEqual(rows.mapped("amount"), [100.0, 130.0])
        self.assertEqual(rows[0].date_to, rows[1].date_from - timedelta(days=1))
        day = self.env["crm.pipeline.day"].search([("company_id", "=", self.company.id)], order="day")
        self.assertEqual(day.mapped("amount"), [100.0, 130.0])
        self.assertFalse(self.snapshot._take(DAY, DAY), "an earlier day stays as it is")

    def test_deals_without_company_and_of_another_company(self):
        """Each deal counts in one company: its own, else its team's, else its salesperson's."""
        far = self.env["res.company"].create({"name": "Far", "currency_id": self.env.ref("base.CHF").id})
        loose = self.deal(expected_revenue=10.0)
        self.env.cr.execute("UPDATE crm_lead SET company_id = NULL WHERE id = %s", [loose.id])
        away = self.env["crm.lead"].create(
            {"name": "Away", "type": "opportunity", "company_id": far.id, "team_id": False, "user_id": False}
        )
        self.take(0)
        rows = {row.lead_ref: row for row in self.snapshot.search([])}
        self.assertEqual(rows[loose.id].company_id, self.company)
        self.assertEqual((rows[away.id].company_id, rows[away.id].currency_id), (far, far.currency_id))
        seen = self.snapshot.with_user(self.manager).search([])
        self.assertNotIn(away.id, seen.mapped("lead_ref"))

    def test_missed_days_are_rebuilt(self):
        """Stage, state, amount and salesperson of a missed night come from the history and the log of changes."""
        with self.real_days(0):
            deal = self.deal(expected_revenue=100.0)
            self.flush_tracking()
        with self.real_days(4):
            deal.write({"expected_revenue": 150.0, "user_id": self.other.id, "stage_id": self.offered.id})
            self.flush_tracking()
            self.stamp_tracking(deal, 4)
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [DAY, deal.id])
        today = DAY + timedelta(days=6)
        self.snapshot._take(DAY + timedelta(days=1), today)
        self.snapshot._run(today)
        days = self.env["crm.pipeline.day"].search([("company_id", "=", self.company.id)], order="day")
        self.assertEqual(days.mapped("amount"), [100.0, 100.0, 100.0, 150.0, 150.0, 150.0])
        self.assertEqual(days.mapped("source"), ["rebuilt"] * 5 + ["measured"])
        rows = self.snapshot.search([("lead_ref", "=", deal.id)], order="date_from")
        self.assertEqual(rows[0].stage_id, self.fresh)
        self.assertEqual(rows[0].user_id, self.seller)
        self.assertEqual(rows[1].stage_id, self.offered)
        self.assertEqual(rows[1].date_from, DAY + timedelta(days=4))

    def test_first_run_rebuilds_month_ends(self):
        self.deal(expected_revenue=100.0)
        today = fields.Date.today()
        self.snapshot._run(today)
        days = self.env["crm.pipeline.day"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(days), 13)
        self.assertEqual(max(days.mapped("day")), today)

    def test_cron(self):
        self.deal(expected_revenue=100.0)
        with self.enter_registry_test_mode():
            self.assertIs(self.env.ref("crm_custom.crm_pipeline_snapshot_cron").method_direct_trigger(), True)
        self.assertEqual(self.snapshot.search([("lead_id.team_id", "=", self.team.id)]).amount, 100.0)

    def real_days(self, number):
        return freeze_time(f"{DAY + timedelta(days=number)} 10:00:00")

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def stamp_tracking(self, deal, number):
        """Odoo dates its log by the transaction: put it on the day of the story."""
        self.env.cr.execute(
            """UPDATE mail_tracking_value SET create_date = %s WHERE mail_message_id IN
               (SELECT id FROM mail_message WHERE model = 'crm.lead' AND res_id = %s)""",
            [f"{DAY + timedelta(days=number)} 10:00:00", deal.id],
        )


@tagged("post_install", "-at_install")
class TestPipelineWaterfall(SnapshotCommon):
    def test_each_step(self):
        """Start, new, in, up, down, out, won, lost and end of deals of each fate, and the sum."""
        deals = {
            name: self.deal(name=name, expected_revenue=100.0, date_deadline="2026-09-01")
            for name in ("up", "down", "won", "lost", "gone", "parked", "handed", "same")
        }
        sleeper = self.deal(name="sleeper", expected_revenue=40.0)
        sleeper.action_set_lost()
        self.take(0)
        deals["up"].expected_revenue = 130.5
        deals["down"].expected_revenue = 60.0
        deals["won"].write({"expected_revenue": 110.0})
        deals["won"].action_set_won()
        deals["lost"].action_set_lost()
        deals["gone"].with_user(self.manager).unlink()
        deals["parked"].probability = 30  # archived with probability 0 is lost, by Odoo's rule
        deals["parked"].action_archive()
        deals["handed"].user_id = self.other
        sleeper.action_restore()
        self.deal(name="new", expected_revenue=70.0)
        quick = self.deal(name="quick", expected_revenue=5.0)
        quick.action_set_won()
        self.take(9)
        expected = {
            "1_start": 800.0,
            "2_new": 75.0,
            "3_in": 140.0,
            "4_up": 40.5,
            "5_down": -40.0,
            "6_out": -300.0,
            "7_won": -115.0,
            "8_lost": -100.0,
            "9_end": 500.5,
        }
        self.assertEqual(self.steps(0, 9), expected)
        found = self.steps(0, 9)
        self.assertEqual(round(sum(amount for step, amount in found.items() if step != "9_end"), 2), found["9_end"])
        mine = self.steps(0, 9, domain=[("user_id", "=", self.other.id)])
        self.assertEqual(mine, {"3_in": 100.0, "9_end": 100.0})
        self.assertEqual(self.steps(0, 9, user=self.other), {"3_in": 100.0, "9_end": 100.0})
        reasons = (
            self.env["crm.pipeline.change"]
            .with_context(pipeline_from=DAY, pipeline_to=DAY + timedelta(days=9))
            .search([("step", "in", ("3_in", "6_out"))])
        )
        self.assertEqual(
            {(row.name, row.reason) for row in reasons},
            {
                ("handed", "handed_over"),
                ("sleeper", "reopened"),
                ("gone", "deleted"),
                ("parked", "archived"),
            },
        )
        row = reasons.filtered(lambda row: row.name == "sleeper")
        self.assertEqual(row.action_open_lead()["res_id"], sleeper.id)
        self.assertEqual(
            reasons.filtered(lambda row: row.name == "gone").action_open_lead()["type"], "ir.actions.client"
        )

    def test_window_of_expected_closings(self):
        """A deal whose closing moves out of the window leaves it; one that moves in enters."""
        late = self.deal(expected_revenue=10.0, date_deadline="2026-04-10")
        soon = self.deal(expected_revenue=20.0, date_deadline="2026-08-10")
        self.take(0)
        late.date_deadline = "2026-09-10"
        soon.date_deadline = "2026-04-20"
        self.take(5)
        found = self.steps(0, 5, close_from="2026-04-01", close_to="2026-06-30")
        self.assertEqual(found, {"1_start": 10.0, "3_in": 20.0, "6_out": -10.0, "9_end": 20.0})

    def test_random_stories_balance_to_the_cent(self):
        """Any story of deals, any two days: SQL equals the rule, deal by deal, and every team balances."""
        rng = random.Random(7)
        states, deals = {}, []
        users = [self.seller, self.other]
        for number in range(9):
            for _more in range(4):
                vals = {"expected_revenue": rng.randrange(100000) / 100, "user_id": rng.choice(users).id}
                deals.append(self.deal(user=self.manager, **vals).with_context(**QUIET))
            for deal in rng.sample(deals, min(len(deals), 9)):
                self.shake(rng, deal, users)
            deals = [deal for deal in deals if deal.exists()]
            self.take(number)
            states[number] = {deal.id: self.state(deal) for deal in deals}
        for first, last in [(0, 8), (0, 1), (2, 6), (5, 8), (7, 8)]:
            self.compare(states, first, last)

    def shake(self, rng, deal, users):
        act = rng.choice(("amount", "amount", "won", "lost", "restore", "park", "hand", "team", "delete", "back"))
        if act == "amount":
            deal.expected_revenue = rng.randrange(100000) / 100
        elif act == "won" and deal.active:
            deal.action_set_won()
        elif act == "lost" and deal.won_status == "pending":
            deal.action_set_lost()
        elif act == "restore" and not deal.active:
            deal.action_restore()
        elif act == "park" and deal.won_status == "pending":
            deal.action_archive()
        elif act == "hand":
            deal.user_id = rng.choice(users)
        elif act == "team":
            deal.team_id = rng.choice([self.team, self.second_team])
        elif act == "back" and deal.won_status == "won":
            deal.write({"stage_id": self.fresh.id, "probability": 20})
        elif act == "delete" and rng.random() < 0.3:
            deal.unlink()
        self.env["crm.lead"].flush_model()

    def state(self, deal):
        cents = round(deal.expected_revenue * 100)
        return waterfall.State(deal._stage_status(), cents, (deal.company_id.id, deal.team_id.id, deal.user_id.id))

    def compare(self, states, first, last):
        expected, gone = {}, waterfall.State("gone", 0, ())
        for lead_id in states[first].keys() | states[last].keys():
            after = states[last].get(lead_id, gone)
            for step, cents, unit, reason in waterfall.steps(states[first].get(lead_id), after):
                expected[lead_id, step] = (cents, unit, reason or False)
        model = self.env["crm.pipeline.change"].with_context(
            pipeline_from=DAY + timedelta(days=first), pipeline_to=DAY + timedelta(days=last)
        )
        model.invalidate_model()
        found = {}
        for row in model.search([]):
            unit = (row.company_id.id, row.team_id.id, row.user_id.id)
            found[row.id // 16, row.step] = (round(row.amount * 100), unit, row.reason)
        self.assertEqual(found, expected)
        for team in (self.team, self.second_team):
            sums = self.steps(first, last, domain=[("team_id", "=", team.id)])
            change = sum(amount for step, amount in sums.items() if step != "9_end")
            self.assertEqual(round(change, 2), sums.get("9_end", 0.0))

    def test_wizard(self):
        """A salesperson asks for two days, today included, and gets table and graph."""
        self.deal(expected_revenue=10.0)
        Wizard = self.env["crm.pipeline.waterfall"].with_user(self.seller)
        wizard = Wizard.create({"date_from": fields.Date.today() - timedelta(days=40)})
        action = wizard.action_open()
        self.assertEqual([mode for _id, mode in action["views"]], ["graph", "list", "pivot"])
        rows = self.env["crm.pipeline.change"].with_user(self.seller).with_context(**action["context"]).search([])
        self.assertIn(("2_new", 10.0), rows.mapped(lambda row: (row.step, row.amount)))
        with self.assertRaises(UserError):
            Wizard.create({"date_from": "2026-02-01", "date_to": "2026-01-01"}).action_open()

    def test_two_companies(self):
        """A manager of one company sees no deal of the other; with both allowed, each keeps its currency."""
        far = self.env["res.company"].create({"name": "Far", "currency_id": self.env.ref("base.CHF").id})
        both = new_test_user(
            self.env,
            "pipe_both",
            "base.group_user,sales_team.group_sale_manager",
            company_ids=[Command.set((self.company + far).ids)],
        )
        self.deal(expected_revenue=10.0)
        self.env["crm.lead"].create(
            {
                "name": "Away",
                "type": "opportunity",
                "company_id": far.id,
                "expected_revenue": 99.0,
                "team_id": False,
                "user_id": False,
            }
        )
        self.take(0)
        context = {"pipeline_from": DAY - timedelta(days=1), "pipeline_to": DAY}
        model = self.env["crm.pipeline.change"].with_context(**context)
        self.assertEqual(sum(model.with_user(self.manager).search([("step", "=", "9_end")]).mapped("amount")), 10.0)
        rows = model.with_user(both).with_context(allowed_company_ids=(self.company + far).ids).search([])
        ends = rows.filtered(lambda row: row.step == "9_end")
        self.assertEqual(
            {row.currency_id: row.amount for row in ends}, {self.company.currency_id: 10.0, far.currency_id: 99.0}
        )
