import random

from odoo.addons.crm_custom.tools import lifetime_value as clv
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestLifetimeValue(CustomerCommon):
    """A loyal customer with known invoices beside others drawn at random."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Lamp", "standard_price": 40})
        cls.loyal = cls.make_customer("Loyal", user=cls.salesman)
        cls.invoices = [cls.bill(cls.loyal, 100, days, product=cls.product) for days in (300, 200, 100, 10)]
        cls.once = cls.make_customer("Once", user=cls.colleague)
        cls.bill(cls.once, 100, 50, product=cls.product)
        cls.model = cls.env["crm.lifetime.model"]

    def crowd(self, size=60):
        """More customers with one to five purchases each, copied in SQL from one posted invoice."""
        rng = random.Random(3)
        partners = self.env["res.partner"].create([{"name": f"C{number}"} for number in range(size)])
        seed = self.bill(self.make_customer("Seed"), 150, 20, product=self.product)
        self.env.flush_all()
        columns = {}
        for table in ("account_move", "account_move_line"):
            self.env.cr.execute(SQL("SELECT column_name FROM information_schema.columns WHERE table_name = %s", table))
            columns[table] = [name for (name,) in self.env.cr.fetchall()]
        for partner in partners:
            for days in rng.sample(range(5, 700), rng.randint(1, 5)):
                self.copy_invoice(columns, seed, partner, days, rng.randint(80, 300))
        return partners

    def copy_invoice(self, columns, seed, partner, days, amount):
        day = self.today - self.today.resolution * days
        changes = {"commercial_partner_id": partner.id, "partner_id": partner.id, "invoice_date": day, "date": day}
        move = self.copy_row(
            columns["account_move"], "account_move", seed.id, changes | {"name": f"X{partner.id}/{days}"}
        )
        line = seed.invoice_line_ids.id
        self.copy_row(
            columns["account_move_line"],
            "account_move_line",
            line,
            {"move_id": move, "balance": -amount, "partner_id": partner.id},
        )

    def copy_row(self, columns, table, source, changes):
        others = SQL(", ").join(SQL.identifier(name) for name in columns if name != "id" and name not in changes)
        names = SQL(", ").join(SQL.identifier(name) for name in changes)
        query = SQL(
            """INSERT INTO %(table)s (%(names)s, %(others)s) SELECT %(values)s, %(others)s FROM %(table)s
                WHERE id = %(id)s RETURNING id""",
            table=SQL.identifier(table),
            names=names,
            others=others,
            values=SQL(", ").join(SQL("%s", value) for value in changes.values()),
            id=source,
        )
        self.env.cr.execute(query)
        return self.env.cr.fetchone()[0]

    def value(self, partner, user=None):
        values = self.env["crm.lifetime.value"].with_user(user or self.manager)
        return values.search([("partner_id", "=", partner.id)])

    def test_too_few_customers_are_said_and_realised_is_shown(self):
        """R057: realised is the margin of what has been paid; the expectation says 'not enough data'."""
        self.pay(self.invoices[0])
        self.pay(self.invoices[1])
        values = (
            self.env["crm.lifetime.value"].with_user(self.manager).with_context(allowed_company_ids=self.company.ids)
        )
        call_kw(values, "action_compute_now", [[]], {})
        value = self.value(self.loyal)
        self.assertEqual((value.state, value.purchases, value.realised, value.expected), ("no_data", 4, 120, 0))
        self.assertIn("Not enough data", self.loyal.with_user(self.salesman).crm_lifetime_reason)
        self.assertEqual(self.loyal.with_user(self.salesman).crm_lifetime_realised, 120)
        with self.assertRaises(UserError):
            self.env["crm.lifetime.value"].with_user(self.salesman).action_compute_now()

    def test_expected_value_is_the_model_s_on_the_customer_and_in_the_sorted_list(self):
        """R057: every expected value equals the rule on that customer's own history; customers sort by value."""
        self.crowd(210)
        model = self.model._run(self.company)
        self.assertEqual(model.state, "ok")
        buying = clv.BgNbd(model.r, model.alpha, model.a, model.b)
        spending = clv.GammaGamma(model.p, model.q, model.v) if model.p else None
        value = self.value(self.loyal)
        count, alive, amount, expected = clv.value_of(buying, spending, (3, 290, 300, 60.0), 36, 10.0)
        self.assertAlmostEqual(value.expected, expected, 1)
        self.assertAlmostEqual(value.expected_purchases, count, 2)
        self.assertAlmostEqual(value.alive, 100 * alive, 1)
        self.assertAlmostEqual(value.mean_margin, amount, 1)
        self.assertEqual(self.value(self.once).alive, 100, "one purchase: the model lets nobody leave")
        values = self.env["crm.lifetime.value"].with_user(self.manager).search([("company_id", "=", self.company.id)])
        totals = values.mapped("total")
        self.assertEqual(totals, sorted(totals, reverse=True))
        self.assertEqual(values[0].rank, 1)
        partner = self.loyal.with_user(self.salesman)
        self.assertAlmostEqual(partner.crm_lifetime_expected, value.expected, 2)
        self.assertIn("purchases of", partner.crm_lifetime_reason)
        found = self.env["res.partner"].with_user(self.salesman).search([("crm_lifetime_expected", ">", 0.01)])
        self.assertIn(self.loyal, found)
        self.assertNotIn(self.once, found, "a colleague's customer")
        self.assertFalse(self.value(self.once, self.salesman))
        ids = values.ids
        self.model._run(self.company)
        self.assertEqual(self.env["crm.lifetime.value"].search([("id", "in", ids)]).ids, values.ids, "run twice")

        self.assertIn("fitted to 213 customers", model.method_text)
        self.assertEqual(model.holdout_days, 182)
        days = self.env["account.move"]._read_group(
            [("company_id", "=", self.company.id), ("move_type", "=", "out_invoice"), ("state", "=", "posted")],
            ["commercial_partner_id"],
            ["invoice_date:array_agg"],
        )
        cut = self.today - self.today.resolution * 182
        known = [set(dates) for _partner, dates in days if min(dates) <= cut]
        self.assertEqual(model.holdout_customers, len(known))
        self.assertEqual(model.holdout_actual, sum(1 for dates in known for day in dates if day > cut))
        error = 100 * (model.holdout_expected / model.holdout_actual - 1)
        self.assertAlmostEqual(model.holdout_error, error, 0)
        self.assertIn(f"{model.holdout_actual} happened", model.check_text)

    def test_under_200_customers_a_simple_estimate_says_so(self):
        """R057: the stand-in names itself on the model and on each customer."""
        self.crowd()
        model = self.model._run(self.company)
        self.assertEqual(model.state, "simple")
        self.assertIn("only 63 customers", model.method_text)
        value = self.value(self.loyal)
        rate = clv.simple_purchases(model.rate, 3, 290, 300, 36 * 365.25 / 12)
        self.assertEqual(value.state, "simple")
        self.assertAlmostEqual(value.expected_purchases, rate, 1)
        self.assertIn("Simple estimate, under 200 customers", value.reason)
        action = self.env["crm.lifetime.value"].with_user(self.salesman).action_open_model()
        self.assertEqual(action["res_id"], model.id)

    def test_no_value_without_purchase_or_in_another_company(self):
        """R057: another company has no value of these customers."""
        other = self.setup_other_company()["company"]
        self.model._run(self.company)
        self.assertFalse(self.loyal.with_company(other).with_user(self.env.user).crm_lifetime_id)
        model = self.model._run(other)
        self.assertEqual((model.customer_count, model.state), (0, "no_data"))
