from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .segment_common import SegmentCase


@tagged("post_install", "-at_install")
class TestSegmentValue(SegmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Paint pot", "list_price": 100.0, "taxes_id": False})

    def _order(self, partner, day):
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "date_order": day,
                "state": "sale",
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )

    def test_patterns_become_segments(self):
        """R142.1: an analyst sees customers by buying pattern and moves a pattern, or some customers, into segments."""
        today = fields.Date.today()
        for weeks in (1, 3, 5, 7):
            self._order(self.partners[0], fields.Datetime.subtract(fields.Datetime.now(), weeks=weeks))
        for weeks in (30, 32, 34):
            self._order(self.partners[1], fields.Datetime.subtract(fields.Datetime.now(), weeks=weeks))
        self._order(self.partners[2], fields.Datetime.now())
        rows = self.env["crm.buying.pattern"].with_user(self.marketer).search([("partner_id", "in", self.partners.ids)])
        self.assertEqual(
            {row.partner_id: row.pattern for row in rows},
            {self.partners[0]: "frequent", self.partners[1]: "dormant", self.partners[2]: "single"},
        )
        first = rows.filtered(lambda row: row.partner_id == self.partners[0])
        self.assertEqual((first.orders, round(first.gap), first.revenue), (4, 14, 400.0))
        action = rows.filtered(lambda row: row.pattern == "dormant").action_make_segment()
        segment = self.env["crm.segment"].browse(action["res_id"])
        self.assertEqual(self.members(segment) & self.partners, self.partners[1])
        self._order(self.partners[1], today)
        segment._refresh()
        self.assertFalse(self.members(segment) & self.partners, "the segment follows the pattern")
        wizard = self.env["crm.segment.pick"].with_user(self.marketer)
        wizard = wizard.with_context(active_model="crm.buying.pattern", active_ids=rows[:2].ids).create(
            {"name": "Mine"}
        )
        picked = self.env["crm.segment"].browse(wizard.action_pick()["res_id"])
        self.assertEqual(self.members(picked), rows[:2].partner_id.sorted("id"))

    def test_budget_by_margin_per_cost(self):
        """R142.2: segments ranked by expected margin per unit of cost; the budget is laid out in that order."""
        model = self.env["crm.lifetime.model"].search([("company_id", "=", self.company.id)], limit=1)
        model = model or model.create({"company_id": self.company.id})
        self.env["crm.lifetime.value"].create(
            [
                {"company_id": self.company.id, "partner_id": partner.id, "model_id": model.id, "mean_margin": margin}
                for partner, margin in zip(self.partners, (400, 200, 100, 10), strict=True)
            ]
        )
        best = self.make(self.choose("class", "a"), name="A", contact_cost=20, response_rate=20)
        good = self.make(self.choose("class", "b"), name="B", contact_cost=10, response_rate=20)
        poor = self.make(self.choose("class", "c"), name="C", contact_cost=10, response_rate=20)
        free = self.make(name="All", response_rate=20)
        segments = best + good + poor + free
        segments._refresh()
        self.assertEqual(segments.mapped("expected_margin"), [120.0, 20.0, 2.0, 142.0])
        self.assertEqual(free.economy_text, "No cost yet")
        plan = self.env["crm.segment.budget"].with_user(self.marketer)
        plan = plan.create({"name": "Autumn", "budget": 45, "segment_ids": [Command.set(segments.ids)]})
        plan.action_allocate()
        self.assertEqual(plan.line_ids.segment_id, best + good + poor + free)
        self.assertEqual(plan.line_ids.mapped("ratio"), [3.0, 2.0, 0.2, 0.0])
        self.assertEqual(plan.line_ids.mapped("allocated"), [40.0, 5.0, 0.0, 0.0])
        self.assertEqual((plan.allocated, plan.left), (45.0, 0.0))
        plan.budget = 100
        plan.action_allocate()
        self.assertEqual(plan.left, 50.0, "what would not return its cost is kept")
        action = plan.line_ids[0].action_create_campaign()
        campaign = self.env["utm.campaign"].browse(action["res_id"])
        self.assertEqual((campaign.budget, campaign.audience_size), (40.0, 2))

    def test_terms_for_one_customer(self):
        """R143: price, promotion and channel set for one customer; the quotation and the mailing use them."""
        self.env.ref("base.group_user").implied_ids |= self.env.ref("product.group_product_pricelist")
        self.env["product.pricelist"].create({"name": "Everybody's", "sequence": 1})
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Own",
                "sequence": 99,
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 20, "base": "list_price"})
                ],
            }
        )
        program = self.env["loyalty.program"].create(
            {
                "name": "Own promotion",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({"minimum_amount": 1})],
                "reward_ids": [Command.create({"reward_type": "discount", "discount": 10, "discount_mode": "percent"})],
            }
        )
        mine, other = self.partners[0], self.partners[1]
        terms = self.env["crm.customisation"].with_user(self.marketer)
        terms = terms.create(
            {
                "partner_id": mine.id,
                "pricelist_id": pricelist.id,
                "program_ids": [Command.set(program.ids)],
                "channel": "call",
            }
        )
        totals = []
        for partner in (mine, other):
            order = self.env["sale.order"].with_user(self.seller).create({"partner_id": partner.id})
            order.order_line = [Command.create({"product_id": self.product.id})]
            order.action_open_reward_wizard()
            totals.append(
                (order.order_line[0].price_unit * (1 - order.order_line[0].discount / 100), order.amount_untaxed)
            )
        self.assertEqual(totals, [(80.0, 72.0), (100.0, 100.0)])
        mailing = (
            self.env["mailing.mailing"]
            .with_user(self.marketer)
            .create(
                {
                    "subject": "News",
                    "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "mailing_domain": repr([("id", "in", (mine + other).ids)]),
                }
            )
        )
        self.assertEqual(mailing._get_recipients(), other.ids, "agreed to be called")
        version = self.make()._freeze("Spring", "email")
        line = version.line_ids.filtered(lambda row: row.partner_id == mine)
        self.assertEqual(line.excluded_reason, "channel")
        terms.channel = "email"
        self.assertEqual(set(mailing._get_recipients()), set((mine + other).ids))
        mailing.sudo().body_html = '<p t-out="object.crm_terms_text"/>'
        body = mailing.sudo()._render_field("body_html", mine.ids)[mine.id]
        self.assertIn("Own, Own promotion", body)
        terms.date_from = fields.Date.subtract(fields.Date.today(), days=9)
        terms.date_to = fields.Date.subtract(fields.Date.today(), days=1)
        order = self.env["sale.order"].with_user(self.seller).create({"partner_id": mine.id})
        self.assertNotEqual(order.pricelist_id, pricelist, "the terms are over")
        with self.assertRaises(ValidationError):
            terms.copy({"date_from": terms.date_to})

    def test_budget_needs_segments(self):
        """R142.2: a company without segments is told so."""
        company = self.env["res.company"].create({"name": "No segments"})
        plan = self.env["crm.segment.budget"].create({"name": "X", "budget": 5, "company_id": company.id})
        with self.assertRaises(UserError):
            plan.action_allocate()
