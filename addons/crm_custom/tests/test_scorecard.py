import random
from collections import defaultdict

from dateutil.relativedelta import relativedelta
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from ..tools import classes, scores
from .common import TODAY, CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestScorecard(CustomerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rng = random.Random(7)
        roles = [False, "agent", "franchisee", "distributor", "direct"]
        cls.customers = cls.env["res.partner"]
        cls.product_a.standard_price = 60.0
        for number in range(24):
            partner = cls.make_customer(
                f"Customer {number:02}", roles[number % 5], cls.salesman if number % 2 else cls.colleague
            )
            cls.customers |= partner
            for _invoice in range(rng.randint(0, 4)):
                cls.bill(
                    partner,
                    rng.choice([100, 150.5, 400, 999.99]),
                    rng.randint(0, 1200),
                    rng.choice(["out_invoice"] * 4 + ["out_refund"]),
                    rng.choice([None, cls.product_a]),
                )
        # three years that grow by exactly 10 % and then by more
        cls.grower = cls.make_customer("Grower", "direct", cls.salesman)
        for amount, days_ago in [(100, 1000), (110, 500), (130, 20)]:
            cls.pay(cls.bill(cls.grower, amount, days_ago), days_ago=days_ago)
        cls.customers |= cls.grower
        cls.cards = cls.run_cards()

    def sales(self, partner, start, stop):
        """Posted untaxed sales of start <= day < stop, by the ORM."""
        moves = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", partner.id),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("state", "=", "posted"),
                ("company_id", "=", self.company.id),
            ]
        )
        return moves.filtered(lambda move: (not start or start <= move.invoice_date) and move.invoice_date < stop)

    def expected_values(self, partner):
        """Every metric by hand; a missing key = not enough data."""
        stop = TODAY + relativedelta(days=1)
        start = stop - relativedelta(years=1)
        year, ever = self.sales(partner, start, stop), self.sales(partner, None, stop)
        invoices = ever.filtered(lambda move: move.move_type == "out_invoice")
        values = {}
        if ever:
            values["revenue"] = sum(year.mapped("amount_untaxed_signed"))
        if invoices:
            days = invoices.mapped("invoice_date")
            values["recency"] = (TODAY - max(days)).days
            values["frequency"] = len(invoices & year)
            age = relativedelta(TODAY, min(days))
            values["tenure"] = age.years * 12 + age.months
        years = [
            sum(
                self.sales(partner, stop - relativedelta(years=k + 1), stop - relativedelta(years=k)).mapped(
                    "amount_untaxed_signed"
                )
            )
            for k in range(3)
        ]
        if years[1] > 0 and years[2] > 0:
            values["growth_2y"] = 100 * min(years[0] / years[1] - 1, years[1] / years[2] - 1)
        known = year.invoice_line_ids.filtered("product_id")
        sold = sum(-line.balance for line in known)
        if sold > 0:
            cost = sum(60 * (line.quantity if line.move_type == "out_invoice" else -line.quantity) for line in known)
            values["margin"] = 100 * (sold - cost) / sold
        return values

    def test_each_metric_equals_the_figure_by_hand(self):
        """R056: the parts of the score are what the posted invoices say, customer by customer."""
        seen = defaultdict(int)
        for partner in self.customers:
            expected = self.expected_values(partner)
            for value in self.cards[partner].value_ids if partner in self.cards else ():
                code = value.metric_id.code
                if code not in ("recency", "frequency", "revenue", "tenure", "growth_2y", "margin"):
                    continue
                self.assertEqual(value.state, "ok" if code in expected else "no_data", (partner.name, code))
                if code in expected:
                    self.assertAlmostEqual(value.value, expected[code], 3, (partner.name, code))
                    seen[code] += 1
        self.assertTrue(all(seen[code] for code in ("recency", "revenue", "tenure", "growth_2y", "margin")), seen)

    def test_average_days_late_counts_money_and_overdue_invoices(self):
        """R056: 100 paid 10 days late and 300 open 50 days past due are 40 days late on average."""
        partner = self.make_customer("Late payer")
        self.pay(self.bill(partner, 100, 90), days_ago=50)
        self.bill(partner, 300, 80)
        early = self.make_customer("Early payer")
        self.pay(self.bill(early, 100, 40), days_ago=40)
        cards = self.run_cards()
        self.assertEqual(self.part(cards[partner], "days_late").value, 40)
        self.assertEqual(self.part(cards[early], "days_late").value, -30)
        self.assertEqual(self.part(cards[early], "days_late").score, 100)

    def test_scores_follow_the_specified_rule(self):
        """R056: value scores, total and coverage equal tools/scores.py on every row."""
        by_metric = defaultdict(list)
        for value in self.env["crm.metric.value"].search([("scorecard_id.month_id.period", "=", "2026-06-01")]):
            by_metric[value.metric_id].append(value)
        for metric, values in by_metric.items():
            known = [value.value for value in values if value.state == "ok"]
            bands = [(band.limit_value, band.score) for band in metric.band_ids]
            for value in values:
                if value.state != "ok":
                    self.assertEqual(value.value_text, "not enough data")
                    continue
                expected = (
                    scores.band_score(value.value, bands, metric.better)
                    if metric.scoring == "band"
                    else scores.percentile_score(value.value, known, metric.better)
                )
                self.assertAlmostEqual(value.score, expected, 2, metric.code)
        for card in self.cards.values():
            parts = [(value.weight, value.score if value.state == "ok" else None) for value in card.value_ids]
            total, coverage = scores.total_score(parts)
            self.assertEqual(card.score_state, "no_data" if total is None else "ok")
            self.assertAlmostEqual(card.score, total or 0, 1)
            self.assertAlmostEqual(card.coverage, coverage, 1)
            self.assertAlmostEqual(sum(card.value_ids.mapped("points")), card.score, 1)

    def test_weights_change_the_score(self):
        """R056: a manager sets the weights; a metric of weight 0 leaves the score, the only one left is the score."""
        metrics = self.env["crm.metric"].with_user(self.manager).search([("subject", "=", "customer")])
        metrics.filtered(lambda metric: metric.code != "revenue").weight = 0
        card = self.run_cards()[self.grower]
        self.assertEqual(card.score, self.part(card, "revenue").score)
        self.assertIn("Revenue", card.score_text)
        with self.assertRaises(AccessError):
            metrics.with_user(self.salesman)[0].weight = 5

    def test_ranks_and_shares_equal_a_sorted_list(self):
        """R052: rank and cumulative share by annual sales, ties share a place."""
        cards = list(self.cards.values())
        total = sum(max(card.revenue, 0) for card in cards)
        for card in cards:
            self.assertEqual(card.rank, 1 + sum(1 for other in cards if other.revenue > card.revenue))
            running = sum(max(other.revenue, 0) for other in cards if other.revenue >= card.revenue)
            self.assertAlmostEqual(card.cumulative_share, 100 * running / total, 1)

    def test_classes_follow_the_specified_rule(self):
        """R047, R048, R049: the class in SQL is the class of tools/classes.py on every row."""
        seen = set()
        for card in self.cards.values():
            facts, policy = card._judgement()
            verdict = classes.judge(facts, policy)
            self.assertEqual((card.customer_class, card.class_rule), (verdict.customer_class, verdict.rule))
            seen.add(card.class_rule)
            lifecycle = scores.lifecycle(card.facts["recency_days"], card.facts["tenure_days"], card.customer_class)
            self.assertEqual(card.lifecycle, lifecycle)
        self.assertEqual(seen, {"always", "top_share", "growth", "rest"})

    def test_a_closed_month_is_frozen(self):
        """R060: a manager closes the month; figures, notes and runs are refused, for managers too."""
        month = self.cards[self.grower].month_id
        line = month.line_ids.filtered(lambda line: line.metric_id.code == "company_revenue").with_user(self.manager)
        with self.assertRaises(UserError):
            month.with_user(self.salesman).action_close()
        line.write({"target": 1000, "has_target": True, "adjustment": "Call the lapsed customers"})
        month.with_user(self.manager).action_close()
        self.assertEqual((month.state, month.closed_by_id), ("closed", self.manager))
        with self.assertRaises(UserError):
            line.adjustment = "Other"
        with self.assertRaises(UserError):
            line.target = 5
        with self.assertRaises(UserError):
            self.run_cards()
        with self.assertRaises(UserError):
            month.unlink()
        month.with_user(self.manager).action_reopen()
        self.run_cards()
        self.assertEqual((line.adjustment, line.target), ("Call the lapsed customers", 1000))

    def test_monthly_scorecard_has_target_previous_month_and_owner(self):
        """R060: each metric of the month with value, target, previous month and owner department."""
        before = self.run_cards(TODAY - relativedelta(months=1))[self.grower].month_id
        month = self.run_cards()[self.grower].month_id
        june, may = (
            sum(self.sales_of_month(first, last))
            for first, last in (("2026-06-01", "2026-06-30"), ("2026-05-01", "2026-05-30"))
        )
        line = month.line_ids.filtered(lambda line: line.metric_id.code == "company_revenue")
        self.assertAlmostEqual(line.value, june, 2)
        self.assertAlmostEqual(line.previous_value, may, 2)
        self.assertEqual((line.owner_department, line.judgement), ("sales", "none"))
        self.assertEqual(line.target_text, "no target set")
        line.write({"has_target": True, "target": june + 1})
        self.assertEqual(line.judgement, "bad")
        line.target = june
        self.assertEqual(line.judgement, "good")
        self.assertFalse(before.line_ids.filtered("has_previous"))

    def sales_of_month(self, first, last):
        return (
            self.env["account.move"]
            .search(
                [
                    ("move_type", "in", ("out_invoice", "out_refund")),
                    ("state", "=", "posted"),
                    ("company_id", "=", self.company.id),
                    ("invoice_date", ">=", first),
                    ("invoice_date", "<=", last),
                ]
            )
            .mapped("amount_untaxed_signed")
        )

    def test_a_salesperson_sees_the_own_customers_only(self):
        """R056: own customers and those without salesperson; a clerk sees no scorecard and no class."""
        cards = self.env["crm.scorecard"].with_user(self.salesman).search([("period", "=", "2026-06-01")])
        self.assertEqual(cards.partner_id.user_id, self.salesman)
        self.assertIn(self.grower, cards.partner_id)
        other = next(card for partner, card in self.cards.items() if partner.user_id == self.colleague)
        with self.assertRaises(AccessError):
            other.with_user(self.salesman).read(["score"])
        with self.assertRaises(AccessError):
            other.value_ids.with_user(self.salesman).read(["value"])
        self.assertFalse(other.partner_id.with_user(self.salesman).customer_class)
        self.assertFalse(self.grower.with_user(self.clerk).customer_class)
        with self.assertRaises(AccessError):
            cards.with_user(self.manager).write({"score": 100})
        with self.assertRaises(UserError):
            self.env["crm.scorecard"].with_user(self.salesman).action_compute_now()

    def test_the_compute_now_button_works_as_the_client_calls_it(self):
        """R060: the button above the list is called without a selection, by a sales administrator."""
        self.bill(self.grower, 70, 1)
        scorecards = self.env["crm.scorecard"].with_user(self.manager)
        call_kw(scorecards, "action_compute_now", [[]], {"context": {"allowed_company_ids": self.company.ids}})
        self.assertEqual(self.cards[self.grower].revenue, 200)

    def test_customers_are_found_by_class_and_score(self):
        """R047: class, reason and score stand on the customer and its contacts, and can be searched."""
        partner = self.grower.with_user(self.salesman)
        card = self.cards[self.grower]
        self.assertEqual((partner.customer_class, partner.crm_score), (card.customer_class, card.score))
        self.assertEqual(partner.class_reason, card.class_reason)
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.grower.id})
        found = self.env["res.partner"].with_user(self.salesman).search([("customer_class", "=", "b")])
        self.assertIn(contact, found)
        self.assertIn(self.grower, found)
        self.assertEqual(set(found.mapped("customer_class")), {"b"})
        unclassed = self.env["res.partner"].with_user(self.salesman).search([("customer_class", "=", False)])
        self.assertFalse(unclassed & found)
        self.assertNotIn(self.grower, self.env["res.partner"].search([("crm_score", "<", card.score)]))

    def test_a_second_run_keeps_ids_and_follows_the_records(self):
        """R060: the month can be computed again; archived customers leave, new figures come in."""
        card = self.cards[self.grower]
        self.bill(self.grower, 70, 1)
        gone = next(partner for partner in self.cards if partner != self.grower)
        gone.active = False
        again = self.run_cards()
        self.assertEqual(again[self.grower], card)
        self.assertEqual(card.revenue, 200)
        self.assertNotIn(gone, again)

    def test_previous_month_gives_the_movement(self):
        """R060: class and score of the month before stand beside the new ones."""
        self.run_cards(TODAY - relativedelta(months=1))
        self.grower.customer_role = "agent"
        card = self.run_cards()[self.grower]
        self.assertEqual((card.customer_class, card.movement), ("a", "up" if card.previous_class != "a" else "same"))
        self.assertEqual(card.previous_id.period.isoformat(), "2026-05-01")
        self.assertTrue(card.is_latest)
        self.assertFalse(card.previous_id.is_latest)

    def test_a_run_costs_the_same_queries_for_10_and_100_customers(self):
        """R056: no customer is loaded: the number of statements does not depend on the customers."""

        def count(number):
            partners = self.env["res.partner"].create(
                [{"name": f"N{i}", "is_company": True, "customer_role": "direct"} for i in range(number)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["crm.scorecard"]._run(self.company, TODAY)
            return partners, self.cr.sql_log_count - before

        self.run_cards()
        _partners, ten = count(10)
        _partners, hundred = count(100)
        self.assertEqual(ten, hundred)

    def test_class_and_score_of_a_list_cost_the_same_queries(self):
        """R008.1: a list with class, reason and score of 10 or 100 customers takes the same queries."""
        partners = self.env["res.partner"].create(
            [{"name": f"N{i}", "is_company": True, "customer_role": "direct"} for i in range(100)]
        )
        self.run_cards()

        def count(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.mapped("class_reason")
            some.mapped("crm_score_text")
            return self.cr.sql_log_count - before

        count(partners[:2])
        self.assertEqual(count(partners[:10]), count(partners))
