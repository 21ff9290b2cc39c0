from odoo import Command
from odoo.addons.crm_custom.tools import projection
from odoo.tests import freeze_time, tagged

from .common import CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestCustomerReports(CustomerCommon):
    """A direct customer won by a fair in May, one by the web in June, a franchisee of two years, one that left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fair = cls.env["utm.source"].create({"name": "Fair"})
        cls.web = cls.env["utm.source"].create({"name": "Web"})
        cls.lamps = cls.env["product.category"].create({"name": "Lamps"})
        cls.lamp = cls.env["product.product"].create({"name": "Lamp", "categ_id": cls.lamps.id, "list_price": 100})
        cls.glass = cls.env["product.product"].create({"name": "Glass", "list_price": 10})
        cls.by_fair = cls.make_customer("By fair", "direct", user=cls.salesman)
        cls.by_web = cls.make_customer("By web", "direct", user=cls.colleague)
        cls.old = cls.make_customer("Old", "franchisee", user=cls.salesman)
        cls.left = cls.make_customer("Left", "franchisee", user=cls.salesman)
        cls.first = cls.order_and_bill(cls.by_fair, cls.fair, 50)
        cls.bill(cls.by_fair, 30, 20, product=cls.glass)
        cls.bill(cls.by_web, 70, 10, source_id=cls.web.id)
        for days in (700, 300, 40):
            cls.bill(cls.old, 500, days, product=cls.glass)
        cls.bill(cls.left, 100, 600)
        cls.run_cards()
        cls.mine = cls.by_fair + cls.by_web + cls.old + cls.left

    @classmethod
    def order_and_bill(cls, partner, source, days):
        lead = cls.env["crm.lead"].create(
            {"name": "L", "partner_id": partner.id, "type": "opportunity", "source_id": source.id}
        )
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "opportunity_id": lead.id,
                "order_line": [Command.create({"product_id": cls.lamp.id, "price_unit": 100, "tax_ids": False})],
            }
        )
        order.action_confirm()
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.invoice_date = cls.today - cls.today.resolution * days
        invoice.action_post()
        return invoice

    def test_new_customers_per_month_by_source(self):
        """R036: first invoices counted by month and source, the source taken from the opportunity; cost is a figure
        only where there is one."""
        rows = self.env["crm.acquisition"].with_user(self.manager)
        domain = [("partner_id", "in", self.mine.ids), ("date", ">", "2026-01-01")]
        groups = rows._read_group(domain, ["date:month", "source_id"], ["customers:sum"])
        self.assertEqual(
            [(month.month, source.name, count) for month, source, count in groups], [(5, "Fair", 1), (6, "Web", 1)]
        )
        row = rows.search([("partner_id", "=", self.by_fair.id)])
        self.assertEqual((row.move_id, row.first_amount, row.cost_band), (self.first, 100, "none"))
        self.assertEqual(row.action_open_customer()["res_id"], self.by_fair.id)
        self.assertNotIn(self.by_web, rows.with_user(self.salesman).search([]).partner_id, "a colleague's customer")

    def test_projection_by_category_and_what_wins_it(self):
        """R045: twelve months by category equal to the rule on the counted rates; the best source is named."""
        rows = self.env["crm.customer.projection"].with_user(self.manager).search([])
        mine = rows.filtered(lambda row: row.company_id == self.company and row.category == "direct")
        self.assertEqual(len(mine), 12)
        self.assertEqual((mine[0].customers_now, round(mine[0].new_a_month, 4)), (2, round(2 / 12, 4)))
        for month, row in enumerate(mine, 1):
            self.assertAlmostEqual(row.customers, projection.customers_after(month, 2, 2 / 12, 0), 1)
        franchisees = rows.filtered(lambda row: row.company_id == self.company and row.category == "franchisee")
        loss = projection.monthly_loss(2, 1)
        for month, row in enumerate(franchisees, 1):
            self.assertAlmostEqual(row.customers, projection.customers_after(month, 1, 0, loss), 1)
        self.assertIn(mine[0].top_source_id, self.fair + self.web)
        action = mine[0].action_sources()
        won = self.env["crm.acquisition"].with_user(self.manager).search(action["domain"])
        self.assertEqual(won.source_id, self.fair + self.web)

    def test_a_young_company_has_no_projection(self):
        """R045: under twelve months of invoices there is not enough data."""
        other = self.setup_other_company()["company"]
        self.bill(self.by_web, 70, 10, company=other)
        self.assertFalse(self.env["crm.customer.projection"].search([("company_id", "=", other.id)]))

    def test_distribution_by_level_risk_interest_and_habit(self):
        """R042: each customer counts once in each split; interest is the category bought most."""
        rows = self.env["crm.customer.distribution"].with_user(self.manager)
        domain = [("partner_id", "in", self.mine.ids)]
        row = rows.search([("partner_id", "=", self.by_fair.id)])
        self.assertEqual((row.customer_class, row.risk, row.interest_id, row.habit), ("c", "none", self.lamps, "rare"))
        left = rows.search([("partner_id", "=", self.left.id)])
        self.assertEqual((left.risk, left.habit, left.interest_id), ("high", "pause", self.env["product.category"]))
        for field in ("customer_class", "risk", "interest_id", "habit"):
            groups = rows._read_group(domain, [field], ["customers:sum"])
            self.assertEqual(sum(count for _value, count in groups), 4, field)
