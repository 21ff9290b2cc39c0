from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .test_pipeline_gates import DAY, PipelineCommon
from .test_pipeline_waterfall import QUIET, SnapshotCommon


@tagged("post_install", "-at_install")
class TestSalesFunnel(PipelineCommon):
    def funnel(self, user=None, domain=()):
        """{stage: (deals, value, conversion in percent)} as the user's pivot shows it."""
        self.env.flush_all()
        groups = (
            self.env["crm.funnel"]
            .with_user(user or self.manager)
            ._read_group(
                [("team_id", "in", (self.team + self.second_team).ids), *domain],
                ["stage_id"],
                ["deals:sum", "amount:sum", "conversion:avg"],
            )
        )
        return {stage.name: (deals, amount, rate and round(rate, 1)) for stage, deals, amount, rate in groups}

    def test_count_value_and_conversion(self):
        """R026: count, value and stage-to-stage conversion, for any period, team and salesperson."""
        with freeze_time(DAY):
            stays = self.deal(expected_revenue=100.0)
            back = self.deal(expected_revenue=200.0)
        with freeze_time(DAY + relativedelta(days=5)):
            back.stage_id = self.offered
            won = self.deal(user=self.other, expected_revenue=400.0)
        with freeze_time(DAY + relativedelta(days=9)):
            back.stage_id = self.fresh
            back.action_set_lost()
            won.action_set_won()
        # Fresh: all three, two went on. Qualified and Offered: leapt over counts. Of both that reached it, one won.
        self.assertEqual(
            self.funnel(),
            {
                "Fresh": (3, 700.0, 66.7),
                "Qualified": (2, 600.0, 100.0),
                "Offered": (2, 600.0, 50.0),
                "Signed": (1, 400.0, False),
            },
        )
        mine = self.funnel(domain=[("user_id", "=", self.other.id)])
        self.assertEqual(mine["Fresh"], (1, 400.0, 100.0))
        self.assertEqual(self.funnel(user=self.other)["Fresh"], (1, 400.0, 100.0), "own deals only")
        self.assertFalse(self.funnel(domain=[("team_id", "=", self.second_team.id)]))
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2025-01-05' WHERE id = %s", [stays.id])
        period = self.funnel(domain=[("started", ">=", "2025-01-01"), ("started", "<=", "2025-01-31")])
        self.assertEqual(period, {"Fresh": (1, 100.0, 0.0)})
        row = self.env["crm.funnel"].with_user(self.manager).search([("lead_id", "=", won.id)], limit=1)
        self.assertEqual(row.action_open_lead()["res_id"], won.id)

    def test_stages_of_other_teams_are_no_step(self):
        self.qualified.team_ids = [Command.set(self.second_team.ids)]
        self.deal().action_set_won()
        self.assertNotIn("Qualified", self.funnel())


@tagged("post_install", "-at_install")
class TestDealResult(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Press", "list_price": 100.0, "type": "service"})

    def closed(self, created, won, ordered=None, **vals):
        """A deal closed at the end of its month; days since DAY."""
        deal = self.deal(partner_id=self.customer.id, expected_revenue=100.0, **vals)
        if ordered is not None:
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "opportunity_id": deal.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
            )
            order.action_confirm()
            order.date_order = DAY + relativedelta(days=ordered)
        deal.action_set_won() if won else deal.action_set_lost()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_closed = %s WHERE id = %s",
            [DAY + relativedelta(days=created), DAY + relativedelta(days=created + 20), deal.id],
        )
        deal.invalidate_recordset()
        return deal

    def months(self, **domain):
        groups = (
            self.env["crm.deal.result"]
            .with_user(self.manager)
            ._read_group(
                [("team_id", "=", self.team.id)],
                ["date:month"],
                ["win_rate:avg", "days_to_order:avg", "win_change:avg", "days_change:avg", "goal_gap:avg"],
            )
        )
        return {month.month: [value and round(value, 1) for value in rest] for month, *rest in groups}

    def test_win_rate_and_cycle_beside_the_baseline(self):
        """R029, R034: rate and days from opportunity to order by month, change from the stored baseline, +5 % goal."""
        self.closed(0, True, ordered=10)
        self.closed(0, False)
        self.assertEqual(self.months(), {6: [50.0, 10.0, False, False, False]}, "no baseline, no change")
        self.company.write({"crm_baseline_from": "2026-06-01", "crm_baseline_to": "2026-06-30", "crm_win_goal": 5.0})
        others = self.env["crm.deal.result"].search([("team_id", "!=", self.team.id)])
        self.assertFalse(others.filtered(lambda row: row.date and row.date.month == 6 and row.date.year == 2026))
        self.company._crm_measure_baseline()
        self.assertEqual(
            (self.company.crm_baseline_win_rate, self.company.crm_baseline_cycle_days, self.company.crm_baseline_deals),
            (50.0, 10.0, 2),
        )
        # July: three of four won, orders after 4, 6 and 8 days. Goal: 50 % x 1.05 = 52.5 %.
        for days in (34, 36, 38):
            self.closed(30, True, ordered=days)
        self.closed(30, False)
        self.assertEqual(self.months()[7], [75.0, 6.0, 25.0, -4.0, 22.5])
        self.assertEqual(self.months()[6], [50.0, 10.0, 0.0, 0.0, -2.5])
        self.closed(0, True, ordered=10)
        self.assertEqual(self.company.crm_baseline_win_rate, 50.0, "a baseline stays what it was")

    def test_baseline_needs_a_span_with_deals(self):
        self.company.write({"crm_baseline_from": False, "crm_baseline_to": False})
        with self.assertRaises(UserError):
            self.company._crm_measure_baseline()
        self.company.write({"crm_baseline_from": "1999-01-01", "crm_baseline_to": "1999-02-01"})
        with self.assertRaises(UserError):
            self.company._crm_measure_baseline()

    def test_won_revenue_per_referrer(self):
        """R036.1: the salesperson enters the referring customer; the manager sees won revenue per referrer."""
        friend = self.env["res.partner"].create({"name": "Good Friend", "is_company": True})
        self.closed(0, True, referrer_id=friend.id)
        self.closed(0, True, referrer_id=friend.id)
        self.closed(0, False, referrer_id=friend.id)
        [(partner, won, deals)] = (
            self.env["crm.deal.result"]
            .with_user(self.manager)
            ._read_group([("referrer_id", "=", friend.id)], ["referrer_id"], ["won_amount:sum", "deals:sum"])
        )
        self.assertEqual((partner, won, deals), (friend, 200.0, 3))
        seen = friend.with_user(self.seller)
        self.assertEqual((seen.referral_count, seen.referral_won_amount), (3, 200.0))
        self.assertEqual(seen.with_user(self.other).referral_count, 0, "deals of others stay unseen")
        self.assertEqual(len(self.env["crm.lead"].search(seen.action_referrals()["domain"])), 2)

    def test_origin_on_the_list(self):
        """R025.1: each opportunity shows source, channel, partner involved, probability and expected closing."""
        self.customer.customer_role = "distributor"
        helper = self.env["res.partner"].create({"name": "Agent Smith"})
        source = self.env["utm.source"].create({"name": "Fair 2026"})
        deal = self.deal(partner_id=self.customer.id, source_id=source.id, involved_partner_id=helper.id)
        deal.write({"date_deadline": "2026-12-24", "probability": 40})
        view = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .get_view(self.env.ref("crm.crm_case_tree_view_oppor").id, "list")
        )
        for name in ("source_id", "sales_channel", "involved_partner_id", "probability", "date_deadline"):
            self.assertRegex(view["arch"], rf'<field name="{name}"[^>]*optional="show"')
        row = deal.with_user(self.manager).read(["sales_channel", "involved_partner_id", "source_id"])[0]
        self.assertEqual(
            (row["sales_channel"], row["involved_partner_id"][1], row["source_id"][1]),
            ("distributor", "Agent Smith", "Fair 2026"),
        )


@tagged("post_install", "-at_install")
class TestCalibration(SnapshotCommon):
    def story(self, count, probability, won):
        """Deals that stood at the probability, were raised to 95 shortly before, and then closed."""
        vals = {"name": f"{probability}", "type": "opportunity", "team_id": self.team.id, "user_id": self.seller.id}
        vals |= {"company_id": self.company.id, "probability": probability}
        return self.env["crm.lead"].with_context(**QUIET).create([vals] * count), won

    def tell(self, *stories):
        self.take(0)
        for deals, _won in stories:
            deals.write({"probability": 95})
        self.take(35)
        for deals, won in stories:
            deals.write({"stage_id": self.signed.id} if won else {"active": False, "probability": 0})
        self.take(40)

    def measure(self, **vals):
        wizard = self.env["crm.calibration"].with_user(self.manager).create({"team_id": self.team.id, **vals})
        wizard.action_measure()
        return wizard

    def test_not_enough_data(self):
        self.tell(self.story(3, 20, False), self.story(2, 70, True))
        wizard = self.measure()
        self.assertEqual((wizard.state, wizard.won, wizard.lost), ("no_data", 2, 3))
        self.assertIn("Not enough data", wizard.verdict)
        self.assertFalse(wizard.line_ids)

    def test_reliability_and_brier(self):
        """Thirty days before closing the deals stood at 20 and 70 %, not at the 95 of the last days."""
        self.tell(
            *(self.story(32, 20, False), self.story(8, 20, True)),
            *(self.story(8, 70, False), self.story(32, 70, True)),
        )
        wizard = self.measure()
        self.assertEqual((wizard.state, wizard.won, wizard.lost), ("done", 40, 40))
        found = [(line.low, line.deals, line.mean, line.actual) for line in wizard.line_ids]
        self.assertEqual(found, [(20, 40, 20.0, 20.0), (70, 40, 70.0, 80.0)])
        # (32 x 0.04 + 8 x 0.64 + 8 x 0.49 + 32 x 0.09) / 80 = 0.165
        self.assertEqual((round(wizard.brier, 4), round(wizard.reference, 4)), (0.165, 0.25))
        self.assertEqual(round(wizard.line_ids[1].gap, 1), 10.0)
        [(score,)] = (
            self.env["crm.probability.check"]
            .search([("team_id", "=", self.team.id)])
            ._read_group([("team_id", "=", self.team.id)], [], ["brier:avg"])
        )
        self.assertEqual(round(score, 4), 0.165)
        late = self.measure(days=2)
        self.assertEqual([line.mean for line in late.line_ids], [95.0])

    def test_own_deals_only(self):
        self.tell(self.story(2, 20, False), self.story(1, 70, True))
        wizard = self.env["crm.calibration"].with_user(self.other).create({})
        wizard.action_measure()
        self.assertEqual((wizard.won, wizard.lost), (0, 0))


@tagged("post_install", "-at_install")
class TestPipelineSettings(PipelineCommon):
    def test_settings_screen(self):
        """The manager measures the baseline from the settings screen."""
        deal = self.deal()
        deal.action_set_won()
        settings = self.env["res.config.settings"].create(
            {
                "crm_baseline_from": fields.Date.today() - timedelta(days=2),
                "crm_baseline_to": fields.Date.today() + timedelta(days=2),
            }
        )
        settings.action_measure_baseline()
        self.assertGreaterEqual(self.company.crm_baseline_deals, 1)
