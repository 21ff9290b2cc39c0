import random

from odoo.addons.crm_custom.tools import lifetime_value as clv
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestLifetimeValue(CustomerCommon):
    """A loyal customer with known invoices beside 60 drawn at random."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Lamp", "standard_price": 40})
        cls.loyal = cls.make_customer("Loyal", user=cls.salesman)
        cls.invoices = [cls.bill(cls.loyal, 100, days, product=cls.product) for days in (300, 200, 100, 10)]
        cls.once = cls.make_customer("Once", user=cls.colleague)
        cls.bill(cls.once, 100, 50, product=cls.product)
        cls.model = cls.env["crm.lifetime.model"]

    def crowd(self):
        """60 more customers with one to five purchases each, copied in SQL from one posted invoice."""
        rng = random.Random(3)
        partners = self.env["res.partner"].create([{"name": f"C{number}"} for number in range(60)])
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
        self.env["crm.lifetime.value"].with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids
        ).action_compute_now()
        value = self.value(self.loyal)
        self.assertEqual((value.state, value.purchases, value.realised, value.expected), ("no_data", 4, 120, 0))
        self.assertIn("Not enough data", self.loyal.with_user(self.salesman).crm_lifetime_reason)
        self.assertEqual(self.loyal.with_user(self.salesman).crm_lifetime_realised, 120)
        with self.assertRaises(UserError):
            self.env["crm.lifetime.value"].with_user(self.salesman).action_compute_now()

    def test_expected_value_is_the_model_s_on_the_customer_and_in_the_sorted_list(self):
        """R057: every expected value equals the rule on that customer's own history; customers sort by value."""
        self.crowd()
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

    def test_no_value_without_purchase_or_in_another_company(self):
        """R057: another company has no value of these customers."""
        other = self.setup_other_company()["company"]
        self.model._run(self.company)
        self.assertFalse(self.loyal.with_company(other).with_user(self.env.user).crm_lifetime_id)
        model = self.model._run(other)
        self.assertEqual((model.customer_count, model.state), (0, "no_data"))
