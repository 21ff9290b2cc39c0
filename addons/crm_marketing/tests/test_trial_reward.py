from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestTrialReward(CampaignCase):
    """The one class of this topic that posts invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.manager = new_test_user(cls.env, "reward_manager", "sales_team.group_sale_manager", **own)
        cls.seller = new_test_user(cls.env, "reward_seller", "sales_team.group_sale_salesman", **own)
        cls.volume, cls.tenure = (
            cls.env["crm.price.reward"]
            .with_user(cls.manager)
            .create(
                [
                    {"name": "Volume", "basis": "volume", "threshold": 1000, "discount": 3},
                    {"name": "Faithful", "basis": "tenure", "threshold": 3, "discount": 5},
                ]
            )
        )
        cls.tea = cls.env["product.product"].create({"name": "Tea", "list_price": 100, "taxes_id": False})
        cls.customer = cls.env["res.partner"].create({"name": "Café", "user_id": cls.seller.id})

    def _sold(self, amount, day, move_type="out_invoice"):
        return self._invoice(amount, self.campaign, move_type, date=day, partner_id=self.customer.id)

    def _quotation(self, day="2026-03-20 10:00:00", user=None, product=None, **values):
        return (
            self.env["sale.order"]
            .with_user(user or self.seller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "date_order": day,
                    "company_id": self.company.id,
                    "order_line": [Command.create({"product_id": (product or self.tea).id, "product_uom_qty": 10})],
                    **values,
                }
            )
        )

    def test_volume_reward_and_its_cost_on_the_quotation(self):
        """R164: 1,000 invoiced in twelve months give 3 %: 1,000 of tea costs 970, the reward 30, and it says why."""
        self._sold(600, "2026-01-10")
        self.assertFalse(self._quotation().crm_reward_text)
        self._sold(500, "2026-02-10")
        order = self._quotation()
        self.assertEqual((order.order_line.discount, order.amount_untaxed, order.crm_reward_cost), (3, 970, 30))
        self.assertIn("Volume: 3 %", order.crm_reward_text)
        self.assertIn("1,100.00", order.crm_reward_text)
        self.assertEqual(self._quotation("2027-02-20 10:00:00").order_line.discount, 0, "a year later: bought nothing")
        self._sold(200, "2026-03-01", "out_refund")
        self.assertEqual(self._quotation().order_line.discount, 0, "less credit notes: 900")

    def test_tenure_reward_is_the_larger_one(self):
        """R164: first invoice three years ago gives 5 %, above the 3 % for volume; they do not add up."""
        self._sold(10, "2023-03-20")
        self._sold(2000, "2026-01-10")
        order = self._quotation()
        self.assertEqual((order.order_line.discount, order.crm_reward_cost), (5, 50))
        self.assertIn("3 years", order.crm_reward_text)
        self.assertEqual(self._quotation("2026-03-19 10:00:00").order_line.discount, 3, "a day before it is full")
        order.with_user(self.seller).action_confirm()
        self.assertEqual(self.tenure.given_cost, 50)
        self.tenure.with_user(self.manager).discount = 20
        self.assertEqual(order.order_line.crm_reward_pct, 5, "a confirmed order keeps its reward")

    def test_only_products_meant_and_never_where_discount_is_barred(self):
        """R164: a rule for a category; a product without discount sells at its list price."""
        self._sold(2000, "2026-01-10")
        drinks = self.env["product.category"].create({"name": "Drinks"})
        hot = self.env["product.category"].create({"name": "Hot", "parent_id": drinks.id})
        self.volume.categ_id = drinks
        self.assertEqual(self._quotation().order_line.discount, 0)
        self.tea.categ_id = hot
        self.assertEqual(self._quotation().order_line.discount, 3)
        self.tea.crm_no_discount = True
        order = self._quotation()
        self.assertEqual((order.order_line.discount, order.crm_reward_cost), (0, 0))

    def test_the_class_price_knows_the_reward(self):
        """R164: a class that allows no discount needs no approval for a reward, but for one percent more it does."""
        self._sold(2000, "2026-01-10")
        self.env["crm.customer.class.policy"].create(
            {"company_id": self.company.id, "customer_class": "a", "max_discount": 0.5}
        )
        month = self.env["crm.company.scorecard"].sudo()._open_month(self.company, date(2026, 3, 1))
        self.env["crm.scorecard"].sudo().create(
            {
                "month_id": month.id,
                "date": month.date,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "period": "2026-03-01",
                "customer_class": "a",
                "is_latest": True,
            }
        )
        order = self._quotation()
        self.assertEqual(order.crm_price_state, "agreed")
        order.order_line.discount = 5
        order.invalidate_recordset()
        self.assertEqual(order.crm_price_state, "departs")

    def test_money_collected_per_customer_of_each_cell(self):
        """R155: 300 collected of two of five customers are 60 each, 100 of one are 20; open invoices are not money."""
        people = self.env["res.partner"].create(
            [{"name": f"Payer {index}", "email": f"payer{index}@trial.example"} for index in range(10)]
        )
        test = (
            self.env["crm.experiment"]
            .with_user(self.marketer)
            .create(
                {
                    "name": "Terms",
                    "metric": "collected",
                    "company_id": self.company.id,
                    "audience_domain": repr([("id", "in", people.ids)]),
                    "holdout_share": 50,
                    "date_decision": "2026-04-01 08:00:00",
                    "arm_ids": [Command.create({"name": "Longer terms", "share": 50})],
                }
            )
        )
        test._start(datetime(2026, 3, 2, 8))
        terms, holdout = test.arm_ids
        for arm, amounts in ((terms, (100, 200)), (holdout, (100,))):
            members = self.env["crm.experiment.member"].search([("arm_id", "=", arm.id)]).partner_id
            for partner, amount in zip(members, amounts, strict=False):
                self._pay(self._invoice(amount, self.campaign, partner_id=partner.id))
            self._invoice(500, self.campaign, partner_id=members[-1].id)
        test._decide(datetime(2026, 4, 1, 8))
        self.assertEqual((terms.units, terms.total, terms.result, holdout.result), (5, 300, 60, 20))
        self.assertEqual((terms.difference, test.outcome), (40, "not_enough"))
        self.assertGreaterEqual(terms.needed, 5)

    def test_rights_and_other_companies(self):
        """R164: a sales manager sets the rules; nobody writes a reward on an order; another company has none."""
        self._sold(2000, "2026-01-10")
        order = self._quotation()
        with self.assertRaises(AccessError):
            self.volume.with_user(self.seller).discount = 50
        with self.assertRaises(AccessError):
            order.order_line.with_user(self.seller).crm_reward_pct = 50
        sneaked = self._quotation(
            order_line=[Command.create({"product_id": self.tea.id, "crm_reward_pct": 50, "product_uom_qty": 1})]
        )
        self.assertEqual(sneaked.order_line.crm_reward_pct, 3)
        other = self._quotation(user=self.env.user, company_id=self.company_2.id)
        self.assertFalse(other.order_line.crm_reward_id)
        self.assertFalse(self.env["crm.price.reward"].with_user(self.stranger).search([]))
