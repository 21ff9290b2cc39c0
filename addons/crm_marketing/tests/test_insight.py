from dateutil.relativedelta import relativedelta
from odoo.addons.crm_marketing.tools import rfm
from odoo.exceptions import AccessError, UserError, ValidationError
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
        scores.with_user(self.marketer).with_context(allowed_company_ids=self.company.ids).action_compute_now()
        self.assertEqual(len(self.scores()), 10)
        with self.assertRaises(AccessError):
            scores.with_user(self.clerk).search([])

    def test_migration_matrix_between_two_days(self):
        """Both days scored from the invoices; the matrix counts every customer of either day once."""
        first = self.today - relativedelta(days=100)
        before, after = self.oracle(100), self.oracle()
        period = self.env["crm.insight.period"].with_user(self.marketer)
        action = period.create({"report": "migration", "date_from": first, "date_to": self.today}).action_open()
        rows = self.env["crm.rfm.migration"].with_user(self.marketer).with_context(action["context"]).search([])
        self.assertEqual(
            {row.partner_id.name: (row.cell_from or None, row.cell_to or None) for row in rows},
            {name: (before[name][3] if name in before else None, after[name][3]) for name in after},
        )
        newcomers = rows.filtered(lambda row: row.direction == "new")
        self.assertEqual(set(newcomers.mapped("partner_id.name")), {"Anchor", "Birch", "Delta", "Elm"})
        self.assertEqual(sum(rows.mapped("monetary_to")), sum(figure[2] for figure in after.values()))
        with self.assertRaises(ValidationError):
            period.create({"date_from": self.today, "date_to": self.today})

    def ids(self):
        return [partner.id for partner in self.customers.values()]
