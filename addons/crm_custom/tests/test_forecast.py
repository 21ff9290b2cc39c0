"""The frozen forecast: totals tie, adjustments stay apart, what came is compared."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .test_target import SalesCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestForecast(SalesCommon):
    @classmethod
    def deal(cls, value, days=None, user=None, category="pipeline", probability=50, **vals):
        return cls.env["crm.lead"].create(
            {
                "name": f"Deal {value}",
                "type": "opportunity",
                "company_id": cls.company.id,
                "user_id": (cls.salesman if user is None else user).id,
                "team_id": cls.team.id,
                "expected_revenue": value,
                "probability": probability,
                "forecast_category": category,
                "date_deadline": TODAY + timedelta(days) if days is not None else False,
                **vals,
            }
        )

    @classmethod
    def close(cls, lead, won, day):
        """Closed on a day; created 30 days before it."""
        if won:
            lead.action_set_won()
        else:
            lead.action_set_lost()
        lead.date_closed = f"{day} 10:00:00"
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [day - timedelta(30), lead.id])
        cls.env.invalidate_all()

    def freeze(self, day=TODAY):
        return self.env["crm.forecast"]._freeze(self.company, day)

    def total(self, forecast, column, *spans):
        return sum(forecast.line_ids.filtered(lambda line: line.span in spans).mapped(column))

    def test_totals_tie_with_rows_outside_the_hierarchy(self):
        """R030: the weighted forecast stands by month, team and territory, and its rows sum to the open pipeline."""
        nobody = self.env["res.users"]
        land = self.env["crm.territory"].create({"name": "Land"})
        deals = (
            self.deal(1000.0, 5, territory_id=land.id)
            | self.deal(500.0, 45, self.colleague)
            | self.deal(70.0, 200)
            | self.deal(30.0)
            | self.deal(11.11, -3)
            | self.deal(200.0, 10, nobody, team_id=False)
        )
        forecast = self.freeze()
        whole = self.total(forecast, "pipeline", "month", "later", "undated")
        self.assertAlmostEqual(whole, sum(deals.mapped("expected_revenue")), places=2)
        self.assertAlmostEqual(self.total(forecast, "pipeline", "30"), 1200.0, places=2)
        self.assertAlmostEqual(self.total(forecast, "weighted", "90"), 850.0, places=2)
        self.assertAlmostEqual(self.total(forecast, "pipeline", "undated"), 41.11, places=2)
        outside = forecast.line_ids.filtered(lambda line: line.span == "30" and not line.user_id)
        self.assertEqual((outside.pipeline, outside.is_outside), (200.0, True))
        own = forecast.line_ids.filtered(lambda line: line.span == "month" and line.territory_id == land)
        self.assertEqual((str(own.date_from), own.team_id, own.weighted), ("2026-07-01", self.team, 500.0))
        self.assertFalse(own.is_outside)

    def test_frozen_once_a_week(self):
        deal = self.deal(1000.0, 20)
        forecast = self.freeze()
        deal.expected_revenue = 9.0
        self.assertEqual(self.freeze(), forecast)
        self.assertEqual(self.total(forecast, "pipeline", "30"), 1000.0)
        self.assertEqual(str(forecast.week), "2026-06-29")
        later = self.freeze(TODAY + timedelta(7))
        self.assertNotEqual(later, forecast)
        self.assertEqual(self.total(later, "pipeline", "30"), 9.0)

    def test_adjustments_kept_apart_with_who_when_why(self):
        """R030: the salesperson's and the manager's figure stand apart, each with its author and reason."""
        deal = self.deal(1000.0, 5, category="commit")
        model = self.env["crm.forecast.adjustment"]
        own = model.with_user(self.salesman).create({"lead_id": deal.id, "amount": 800.0, "reason": "Half the sites"})
        self.assertEqual((own.user_id, own.expected_revenue), (self.salesman, 1000.0))
        self.assertEqual((deal.forecast_user_amount, deal.forecast_manager_amount), (800.0, 800.0))
        values = {"lead_id": deal.id, "level": "manager", "amount": 600.0, "reason": "Budget not signed"}
        with self.assertRaises(AccessError):
            model.with_user(self.salesman).create(values)
        with self.assertRaisesRegex(UserError, "Say why"):
            model.with_user(self.manager).create({**values, "reason": " "})
        model.with_user(self.manager).create({**values, "user_id": self.salesman.id})
        self.assertEqual((deal.forecast_user_amount, deal.forecast_manager_amount), (800.0, 600.0))
        self.assertEqual(deal.forecast_note, "Mag on 2026-06-30: Budget not signed")
        with self.assertRaises(AccessError):
            own.with_user(self.salesman).write({"amount": 1.0})
        with self.assertRaises(AccessError):
            model.with_user(self.colleague).create({"lead_id": deal.id, "amount": 1.0, "reason": "Not mine"})
        line = self.freeze().line_ids.filtered(lambda line: line.span == "30")
        self.assertEqual((line.commit, line.user_amount, line.manager_amount), (1000.0, 800.0, 600.0))

    def test_not_enough_data_is_a_state(self):
        self.deal(1000.0, 5)
        forecast = self.freeze()
        self.assertEqual((forecast.data_state, forecast.weight_state), ("few", "equal"))
        self.assertEqual(self.total(forecast, "combination", "30"), self.total(forecast, "weighted", "30"))
        self.assertFalse(self.env["crm.forecast.error"].search([("forecast_id", "=", forecast.id)]))

    def test_four_methods_side_by_side(self):
        """R030: with a history all four methods stand beside each other, by person."""
        for number in range(24):
            lead = self.deal(100.0, user=self.salesman if number % 2 else self.colleague)
            self.close(lead, number < 16, TODAY - timedelta(10 + number * 2))
        self.deal(1000.0, 5)
        forecast = self.freeze()
        self.assertEqual(forecast.data_state, "enough")
        for column in ("weighted", "hazard", "run_rate", "combination"):
            self.assertGreater(self.total(forecast, column, "30"), 0, column)
        # 16 wins of 100 since the first recorded closing 56 days ago: 30 days of that rate.
        self.assertAlmostEqual(self.total(forecast, "run_rate", "30"), 1600 / 56 * 30, places=1)
        own = forecast.line_ids.filtered(lambda line: line.span == "30" and line.user_id == self.salesman)
        self.assertGreater(own.run_rate, 0)
        shares = forecast.weight_weighted + forecast.weight_hazard + forecast.weight_run_rate
        self.assertAlmostEqual(shares, 1.0, places=6)

    def test_compared_with_what_came(self):
        """R030, R030.1: later the forecast stands beside won deals and actual orders; error and bias follow."""
        deal = self.deal(1000.0, 5)
        self.target(2000.0, date_from="2026-07-01", date_to="2026-07-31")
        forecast = self.freeze()
        deal.action_set_won()
        deal.date_closed = "2026-07-05 10:00:00"
        self.order(3, day="2026-07-06")
        surprise = self.deal(200.0, 5, self.colleague)
        surprise.action_set_won()
        surprise.date_closed = "2026-07-08 10:00:00"
        lines = self.env["crm.forecast.line"]
        with freeze_time("2026-08-03"):
            lines._settle(self.company, TODAY + timedelta(34))
            count = lines.search_count([("forecast_id", "=", forecast.id)])
            lines._settle(self.company, TODAY + timedelta(34))
        self.assertEqual(lines.search_count([("forecast_id", "=", forecast.id)]), count)
        settled = forecast.line_ids.filtered(lambda line: line.span == "30")
        self.assertEqual(sum(settled.mapped("actual_won")), 1200.0)
        self.assertEqual(sum(settled.mapped("actual_ordered")), 300.0)
        errors = (
            self.env["crm.forecast.error"]
            .with_user(self.manager)
            .search([("forecast_id", "=", forecast.id), ("user_id", "=", self.salesman.id), ("span", "=", "30")])
        )
        self.assertEqual(set(errors.mapped("method")), {"weighted", "user_amount", "manager_amount"})
        weighted = errors.filtered(lambda error: error.method == "weighted")
        self.assertEqual((weighted.bias, weighted.error), (-50.0, 50.0))
        figures = self.sums("user_id", "forecast", "ordered", "target_ordered", domain=[("date", ">=", "2026-07-01")])
        self.assertEqual(figures[self.salesman], (500.0, 300.0, 2000.0))
        with self.assertRaises(UserError):
            forecast.unlink()

    def test_reference_is_the_last_before_the_month(self):
        deal = self.deal(1000.0, 5)
        self.freeze()
        with freeze_time("2026-07-07"):
            deal.expected_revenue = 4.0
            self.freeze(TODAY + timedelta(7))
        figures = self.sums("user_id", "forecast", domain=[("date", "=", "2026-07-01")])
        self.assertEqual(figures[self.salesman], (500.0,))

    def test_salesperson_sees_own_lines(self):
        self.deal(1000.0, 5)
        self.deal(10.0, 5, self.colleague)
        forecast = self.freeze()
        lines = self.env["crm.forecast.line"].with_user(self.salesman).search([("forecast_id", "=", forecast.id)])
        self.assertEqual(lines.user_id, self.salesman)
        with self.assertRaises(UserError):
            self.env["crm.forecast"].with_user(self.salesman).action_freeze()

    def test_stage_changes_are_read_from_the_tracking(self):
        stages = self.env["crm.stage"].search([("is_won", "=", False)], limit=2)
        deal = self.deal(100.0, stage_id=stages[0].id).with_context(mail_notrack=False, tracking_disable=False)
        self.env.cr.precommit.run()
        deal.stage_id = stages[1]
        self.env.flush_all()
        self.env.cr.precommit.run()
        source = self.env["crm.forecast.source"]
        moves = source._moves(deal.ids)[deal.id]
        self.assertEqual([(old, new) for _day, old, new in moves], [(stages[0].id, stages[1].id)])
