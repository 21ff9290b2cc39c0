from dateutil.relativedelta import relativedelta
from odoo.addons.crm_marketing.tools import rfm
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .insight_common import BILLS, InsightCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestInsight(InsightCase):
    """What the marketer learns from the invoices, without any right on them."""

    def scores(self, user=None):
        found = self.env["crm.rfm.score"].with_user(user or self.marketer).search([])
        return {score.partner_id.name: score for score in found}

    def oracle(self, days_back=0, months=24):
        """{name: (recency, frequency, monetary, cell)} by hand and by the rule."""
        until = self.today - relativedelta(days=days_back)
        reach = (until - (until - relativedelta(months=months))).days
        kept = {
            name: [(amount, days - days_back) for amount, days in bills if 0 <= days - days_back < reach]
            for name, bills in BILLS.items()
        }
        kept = {name: bills for name, bills in kept.items() if bills}
        figures = [
            (min(days for _amount, days in bills), len(bills), sum(amount for amount, _days in bills))
            for bills in kept.values()
        ]
        columns = list(zip(*figures, strict=True))
        fifths = [rfm.quintiles([-days for days in columns[0]]), rfm.quintiles(columns[1]), rfm.quintiles(columns[2])]
        cells = ["".join(map(str, cell)) for cell in zip(*fifths, strict=True)]
        return {name: (*figure, cell) for name, figure, cell in zip(kept, figures, cells, strict=True)}

    # === RFM === #

    def test_fifths_of_the_invoices_with_ties_together(self):
        """Every figure and cell as by hand; six customers with one purchase share a score; run twice is the same."""
        self.env["crm.rfm.score"]._run(self.company)
        found = self.scores()
        expected = self.oracle()
        self.assertEqual({name: (s.recency, s.frequency, s.monetary, s.cell) for name, s in found.items()}, expected)
        once = [score.f_score for score in found.values() if score.frequency == 1]
        self.assertEqual(set(once), {1})
        self.assertEqual((found["Anchor"].rfm_group, found["Juniper"].rfm_group), ("champion", "lost"))
        self.assertIn("against 10 customers", found["Anchor"].reason)
        ids = {name: score.id for name, score in found.items()}
        self.env["crm.rfm.score"]._run(self.company)
        self.assertEqual({name: score.id for name, score in self.scores().items()}, ids)

    def test_partners_are_found_by_group_and_cell(self):
        """The domain builder of a segment finds customers by RFM; a salesperson only own ones."""
        self.env["crm.rfm.score"]._run(self.company)
        partners = self.env["res.partner"].with_user(self.marketer)
        champions = partners.search([("crm_rfm_group", "=", "champion"), ("id", "in", self.ids())])
        self.assertEqual(champions.mapped("crm_rfm_group"), ["champion"] * len(champions))
        self.assertIn(self.customers["Anchor"], champions)
        recent = partners.search([("crm_rfm_cell", "=like", "5%")])
        self.assertEqual(set(recent.mapped("name")), {"Anchor", "Birch"})
        self.assertFalse(partners.search([("crm_rfm_group", "=", False), ("id", "in", self.ids())]))
        own = self.env["res.partner"].with_user(self.salesman).search([("crm_rfm_group", "!=", False)])
        self.assertEqual(own.mapped("name"), ["Anchor"])
        for count in (3, 10):
            self.env.invalidate_all()
            with self.assertQueryCount(3):
                partners.browse(self.ids()[:count]).mapped("crm_rfm_cell")

    def test_few_customers_and_another_company_say_so(self):
        """A company under five customers has no fifths; its customers are not seen from the first company."""
        other = self.setup_other_company()["company"]
        self.bill(self.customers["Anchor"], 100, 5, company=other)
        scores = self.env["crm.rfm.score"]
        scores._run(other)
        score = scores.search([("company_id", "=", other.id)])
        self.assertEqual((score.rfm_group, score.cell, score.monetary), ("no_data", "000", 100))
        self.assertIn("Not enough data: 1 customers", score.reason)
        self.assertFalse(self.scores())
        with self.assertRaises(UserError):
            scores.with_user(self.salesman).action_compute_now()
        marketer = scores.with_user(self.marketer).with_context(allowed_company_ids=self.company.ids)
        call_kw(marketer, "action_compute_now", [[]], {})
        self.assertEqual(len(self.scores()), 10)
        with self.assertRaises(AccessError):
            scores.with_user(self.clerk).search([])

    def test_migration_matrix_between_two_days(self):
        """Both days scored from the invoices; the matrix counts every customer of either day once."""
        first = self.today - relativedelta(days=100)
        before, after = self.oracle(100), self.oracle()
        period = self.env["crm.insight.period"].with_user(self.marketer)
        action = period.create({"report": "migration", "date_from": first, "date_to": self.today}).action_open()
        rows = self.env["crm.rfm.migration"].with_user(self.marketer).with_context(**action["context"]).search([])
        self.assertEqual(
            {row.partner_id.name: (row.cell_from or None, row.cell_to or None) for row in rows},
            {name: (before[name][3] if name in before else None, after[name][3]) for name in after},
        )
        newcomers = rows.filtered(lambda row: row.direction == "new")
        self.assertEqual(set(newcomers.mapped("partner_id.name")), {"Anchor", "Birch", "Delta", "Elm"})
        self.assertEqual(sum(rows.mapped("monetary_to")), sum(figure[2] for figure in after.values()))
        with self.assertRaises(ValidationError):
            period.create({"date_from": self.today, "date_to": self.today})

    # === COMPOSITION === #

    def describe(self):
        """Three companies in two industries and regions, two people with age and occupation."""
        industries = self.env["res.partner.industry"].create([{"name": "Hotels"}, {"name": "Schools"}])
        country = self.env["res.country"].create({"name": "Freedonia", "code": "F1"})
        north, south = self.env["res.country.state"].create(
            [{"name": name, "code": name, "country_id": country.id} for name in ("North", "South")]
        )
        values = {
            "Anchor": {"industry_id": industries[0].id, "state_id": north.id, "customer_role": "direct"},
            "Birch": {"industry_id": industries[0].id, "state_id": south.id, "customer_role": "agent"},
            "Hazel": {"industry_id": industries[1].id, "state_id": north.id, "customer_role": "direct"},
            "Delta": {"is_company": False, "crm_birthdate": "1996-07-01", "crm_occupation": "Nurse"},
            "Elm": {"is_company": False, "crm_birthdate": "1991-06-30", "crm_occupation": "Nurse"},
            "Fir": {"is_company": False},
        }
        for name, vals in values.items():
            self.customers[name].write({"country_id": country.id} | vals)
        return industries, north, south

    def composition(self, by, *aggregates, **context):
        model = self.env["crm.customer.composition"].with_user(self.marketer).with_context(**context)
        return {key: rest for key, *rest in model._read_group([], [by], list(aggregates))}

    def test_customers_sales_and_margin_by_industry_occupation_age_and_region(self):
        """R135: the marketer sees customers, sales and margin by each of them; the totals are the posted lines'."""
        industries, north, south = self.describe()
        measures = ("customers:sum", "revenue:sum", "margin:sum")
        found = self.composition("industry_id", *measures)
        self.assertEqual(found[industries[0]], [2, 3300, 3300 - 5 * 60])
        self.assertEqual(found[industries[1]], [0, 0, 0], "Hazel bought before these twelve months only")
        self.assertEqual(self.composition("occupation", *measures)["Nurse"], [2, 500, 500 - 2 * 60])
        found = self.composition("age_band", *measures)
        self.assertEqual((found["2"][0], found["3"][0]), (1, 1), "29 until tomorrow; 35 today")
        self.assertEqual(found["unknown"][0], 1)
        found = self.composition("state_id", *measures)
        self.assertEqual((found[north][1], found[south][1]), (2400, 900))
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("display_type", "=", "product"),
                ("parent_state", "=", "posted"),
                ("move_id.invoice_date", ">", "2025-06-30"),
            ]
        )
        total = self.composition("company_id", "revenue:sum")[self.company][0]
        self.assertAlmostEqual(total, -sum(lines.mapped("balance")))
        with self.assertRaises(AccessError):
            self.env["crm.customer.composition"].with_user(self.clerk).search([])

    def test_types_and_regions_against_the_days_before(self):
        """R135.1: customers by type and region, each with its change against the period before."""
        _industries, north, south = self.describe()
        measures = ("customers:sum", "customers_before:sum", "customers_change:avg", "revenue_change:avg")
        found = self.composition("state_id", *measures, insight_from="2026-01-01", insight_to="2026-06-30")
        self.assertEqual(found[north], [1, 0, False, False])
        found = self.composition("state_id", *measures)
        self.assertEqual(found[north][:3], [1, 1, 0.0])
        self.assertAlmostEqual(found[north][3], 100 * (2400 - 780) / 780)
        self.assertEqual(found[south][:2], [1, 0])
        found = self.composition("customer_role", "customers:sum", "revenue_before:sum")
        self.assertEqual(found["agent"], [1, 0])
        self.assertEqual(found["direct"], [1, 780])
        self.assertEqual(found["none"][0], 5)

    def test_ranked_by_contribution_with_ability_to_buy(self):
        """R157: rank and contribution of the chosen window; overdue, credit limit or best year says who can buy."""
        for name in ("Anchor", "Birch", "Fir", "Grove", "Cedar"):
            invoices = self.env["account.move"].search(
                [("partner_id", "=", self.customers[name].id), ("invoice_date_due", "<", self.today)]
            )
            for invoice in invoices:
                self.pay(invoice)
        self.customers["Birch"].with_company(self.company).credit_limit = 600
        self.customers["Cedar"].with_company(self.company).credit_limit = 300
        period = self.env["crm.insight.period"].with_user(self.marketer)
        action = period.create(
            {"report": "contribution", "date_from": "2026-03-01", "date_to": self.today}
        ).action_open()
        rows = (
            self.env["crm.customer.contribution"].with_user(self.marketer).with_context(**action["context"]).search([])
        )
        self.assertEqual(
            [(row.partner_id.name, row.place, row.contribution, row.ability, row.capacity) for row in rows],
            [
                ("Anchor", 1, 2400 - 180, "spend", 2400),
                ("Birch", 2, 900 - 120, "credit", 100),
                ("Cedar", 3, 300 - 60, "limit", 0),
                ("Delta", 4, 250 - 60, "spend", 250),
                ("Elm", 4, 250 - 60, "overdue", 0),
            ],
        )
        self.assertAlmostEqual(rows[0].share, 100 * 2220 / (2220 + 780 + 240 + 190 + 190), 2)
        self.assertIn("overdue", rows[4].reason)
        self.assertIn("limit of", rows[1].reason)

    def ids(self):
        return [partner.id for partner in self.customers.values()]
