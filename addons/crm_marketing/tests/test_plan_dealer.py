from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestPlanDealer(CampaignCase):
    def _promotion(self, **vals):
        return (
            self.env["crm.dealer.promotion"]
            .with_user(self.marketer)
            .create(
                {
                    "name": "Display",
                    "campaign_id": self.campaign.id,
                    "partner_id": self.partner_a.id,
                    "date_start": "2026-03-11",
                    "date_end": "2026-03-20",
                    "budget": 300,
                    **vals,
                }
            )
        )

    def _sell(self, day, price, quantity=1, discount=0, move_type="out_invoice", product=None, **vals):
        line = {
            "product_id": (product or self.kettle).id,
            "quantity": quantity,
            "price_unit": price,
            "discount": discount,
            "tax_ids": [Command.clear()],
        }
        invoice = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.partner_a.id,
                "invoice_date": day,
                "invoice_line_ids": [Command.create(line)],
                **vals,
            }
        )
        invoice.action_post()
        return invoice

    @property
    def kettle(self):
        return self.product_a

    def _result(self, promotion):
        self.env.flush_all()
        self.env.invalidate_all()
        return promotion

    def test_dealer_promotion_expected_and_actual(self):
        """R138: five figures expected; cost, effect, discount and margin from the ledger beside them.

        Ten days from 11 March: 10 kettles at 100 less 10 % = 900, one free (list 100), one credited (100);
        compared with 1 to 10 March: 2 kettles = 200. A kettle costs 40; the bill of the display is 150.
        """
        self.kettle.standard_price = 40
        promotion = self._promotion(
            product_tmpl_ids=[Command.link(self.kettle.product_tmpl_id.id)],
            cost_expected=120,
            effect_expected=800,
            discount_expected=150,
            margin_expected=500,
        )
        self.assertEqual(self._result(promotion).margin_state, "no_sales")
        self._sell("2026-03-11", 100, 10, discount=10)
        self._sell("2026-03-20", 100, 1, discount=100)
        self._sell("2026-03-20", 100, 1, move_type="out_refund")
        self._sell("2026-03-10", 100, 2)
        self._sell("2026-03-21", 100, 5)
        self._sell("2026-03-12", 70, 3, product=self.product_b)
        self._sell("2026-03-12", 100, 3, partner_id=self.partner_b.id)
        self._bill([150], [self.campaign])
        seen = self._result(promotion)
        self.assertEqual((seen.sales, seen.baseline_sales, seen.effect_actual), (800, 200, 600))
        self.assertEqual((seen.cost_actual, seen.cost_expected, seen.budget), (150, 120, 300))
        self.assertEqual((seen.discount_actual, seen.discount_expected), (200, 150), "100 of the ten, 100 the free one")
        self.assertEqual((seen.margin_state, seen.margin_actual, seen.margin_expected), ("known", 400, 500))
        self.assertEqual(seen.profit, 400 - 120 - 150, "800 - 10 kettles; 200 - 2 kettles; the bill")
        promotion.baseline = "year"
        self.assertEqual(self._result(promotion).effect_actual, 800)
        lines = self.env["account.move.line"].search(promotion.with_user(self.env.user)._sales_domain())
        self.assertEqual(-sum(lines.mapped("balance")), 800)

    def test_brand_profit_and_cost_side_by_side(self):
        """R138.1: brand influence, profit and cost of each promotion, with the dealer's profit."""
        self.kettle.standard_price = 40
        first = self._promotion()
        second = self._promotion(partner_id=self.partner_b.id, budget=600)
        self._sell("2026-03-12", 100, 10)
        self._bill([100], [self.campaign])
        rows = self.env["crm.dealer.promotion.result"].with_user(self.marketer)
        self.env.flush_all()
        row = rows.search([("promotion_id", "=", first.id)])
        self.assertEqual((row.brand_state, row.dealer_state), ("unknown", "unknown"))
        first.write({"brand_before": 20, "brand_after": 26, "brand_date": "2026-03-25",
                     "dealer_resale": 1500, "dealer_outlay": 120, "dealer_date": "2026-03-28"})  # fmt: skip
        self._result(first)
        row = rows.search([("promotion_id", "=", first.id)])
        self.assertEqual((row.brand_change, row.profit, row.cost_actual), (6, 1000 - 400 - 33.33, 33.33))
        self.assertEqual(row.dealer_profit, 1500 - 1000 - 120)
        other = rows.search([("promotion_id", "=", second.id)])
        self.assertEqual(other.cost_actual, 66.67, "shared by their budgets, to the cent")
        self.assertEqual(row.action_open_promotion()["res_id"], first.id)

    def test_dealer_promotions_stay_in_their_company(self):
        promotion = self._promotion()
        for name in ("crm.dealer.promotion", "crm.dealer.promotion.result"):
            self.assertFalse(self.env[name].with_user(self.stranger).search([("id", "=", promotion.id)]))
        with self.assertRaises(AccessError):
            promotion.with_user(self.salesman).budget = 1
        with self.assertRaises(AccessError):
            promotion.with_user(self.worker).read(["name"])
