"""Prices of the customer's class, approval of what departs, products without discount, prices by weight."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .supply_common import SupplyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 09:00:00")
class TestSupplyPrice(SupplyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids += cls.env.ref("product.group_product_pricelist")
        cls.env.ref("base.group_user").implied_ids += cls.env.ref("sale.group_discount_per_so_line")
        cls.public = cls.env["product.pricelist"].create({"name": "Everybody", "sequence": 0})
        cls.gold = cls.env["product.pricelist"].create(
            {
                "name": "Gold",
                "sequence": 99,
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 20})],
            }
        )
        policies = cls.env["crm.customer.class.policy"]
        policies._ensure(cls.company)
        cls.policies = {
            policy.customer_class: policy for policy in policies.search([("company_id", "=", cls.company.id)])
        }
        cls.policies["a"].pricelist_id = cls.gold
        cls.policies["c"].max_discount = 10
        cls.chair = cls.goods("Chair", 40)

    def quote(self, partner=None, **values):
        order = self.order(partner or self.agent, (self.lamp, 2), (self.chair, 1), confirm=False)
        if values:
            order.order_line[0].write(values)
        return order

    def ask(self, order, reason="Old friend"):
        action = order.action_crm_ask_price()
        wizard = order.env[action["res_model"]].browse(action["res_id"])
        wizard.reason = reason
        wizard.action_ask()
        return order.crm_price_approval_ids[:1]

    def test_class_list_applies_and_confirms_without_question(self):
        """R032: the price list of the class is there without being chosen, and needs no approval."""
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.agent
        with form.order_line.new() as line:
            line.product_id = self.lamp
        order = form.save()
        self.assertEqual((order.pricelist_id, order.amount_untaxed), (self.gold, 80))
        self.assertEqual(order.crm_price_state, "agreed")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_departure_needs_approval_through_every_door(self):
        """R032: a price or discount off the class list, or another list, is refused until somebody approves it."""
        for values in ({"discount": 30}, {"price_unit": 70, "discount": 0}, {"price_unit": 120, "discount": 0}):
            order = self.quote(**values)
            self.assertEqual(order.crm_price_state, "departs", values)
            with self.assertRaisesRegex(ValidationError, "Lamp"):
                order.action_confirm()
            with self.assertRaises(ValidationError):
                order.write({"state": "sale"})
        cheap = self.public.copy({"item_ids": [Command.create({"compute_price": "percentage", "percent_price": 50})]})
        order = self.quote()
        order.pricelist_id = cheap
        order._recompute_prices()
        with self.assertRaises(ValidationError):
            order.action_confirm()
        with self.assertRaises(ValidationError):
            self.order(self.agent, (self.lamp, 1), confirm=False, state="sale").order_line.write({"price_unit": 1})

    def test_discount_on_the_whole_order_departs_too(self):
        """R032: Odoo's discount dialog is no way around the approval."""
        self.company.sale_discount_product_id = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "invoice_policy": "order"}
        )
        order = self.quote()
        wizard = order.env["sale.order.discount"].with_context(active_id=order.id)
        wizard.create(
            {"sale_order_id": order.id, "discount_type": "amount", "discount_amount": 10}
        ).action_apply_discount()
        self.assertEqual(order.crm_price_state, "departs")
        with self.assertRaises(ValidationError):
            order.action_confirm()

    def test_manager_approves_salesperson_cannot(self):
        """R032: who asked, who decided and why stays logged; the salesperson cannot decide or write the record."""
        order = self.quote(price_unit=70, discount=0)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.ask(order, " ")
        approval = self.ask(order)
        self.assertEqual(
            (approval.state, approval.user_id, approval.reason), ("requested", self.salesman, "Old friend")
        )
        self.assertEqual(approval.line_ids.percent, -12.5)
        self.assertEqual(approval.amount_given, 20)
        for model, found in (("crm.price.approval", approval), ("crm.price.approval.line", approval.line_ids)):
            self.assertFalse(self.env[model].with_user(self.colleague).search([("id", "in", found.ids)]))
        self.assertTrue(order.activity_ids, "a manager is told")
        with self.assertRaisesRegex(UserError, "may not decide"):
            approval.action_approve()
        with self.assertRaises(AccessError):
            approval.write({"state": "approved"})
        with self.assertRaises(AccessError):
            self.env["crm.price.approval"].with_user(self.salesman).create(
                {"order_id": order.id, "user_id": self.salesman.id, "reason": "x", "state": "approved"}
            )
        approval.with_user(self.manager).action_approve()
        self.assertEqual((approval.state, approval.decided_by_id), ("approved", self.manager))
        self.assertFalse(order.activity_ids)
        order.invalidate_recordset()
        self.assertEqual(order.crm_price_state, "approved")
        order.action_confirm()
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 172))
        with self.assertRaisesRegex(UserError, "decided already"):
            approval.with_user(self.manager).action_refuse()

    def test_approval_covers_that_price_and_quantity_only(self):
        """R032: after confirmation a lower price, a larger quantity or a new line needs a new approval."""
        order = self.quote(price_unit=70, discount=0)
        self.ask(order).with_user(self.manager).action_approve()
        order.action_confirm()
        line = order.order_line[0]
        for values in ({"price_unit": 60}, {"discount": 5}, {"product_uom_qty": 9}):
            with self.assertRaises(ValidationError):
                line.write(values)
        with self.assertRaises(ValidationError):
            order.write({"order_line": [Command.create({"product_id": self.chair.id, "price_unit": 1})]})
        self.env.transaction.clear()
        result = order.load([".id", "order_line/.id", "order_line/price_unit"], [[str(order.id), str(line.id), "1"]])
        self.assertIn("nobody approved", result["messages"][0]["message"])
        line.price_unit = 75
        self.assertEqual(line.price_unit, 75, "closer to the agreed price")

    def test_price_of_a_confirmed_order_is_asked_for_before(self):
        order = self.quote()
        order.action_confirm()
        action = order.action_crm_ask_price()
        wizard = order.env[action["res_model"]].browse(action["res_id"])
        wizard.reason = "Damaged box"
        with self.assertRaisesRegex(UserError, "nothing to approve"):
            wizard.action_ask()
        wizard.line_ids[0].price_asked = 60
        wizard.action_ask()
        order.crm_price_approval_ids.with_user(self.manager).action_approve()
        order.order_line[0].write({"price_unit": 60, "discount": 0})
        self.assertEqual(order.order_line[0].price_subtotal, 120)

    def test_refused_stays_refused(self):
        order = self.quote(discount=30)
        approval = self.ask(order)
        order.with_user(self.manager).action_crm_refuse_price()
        self.assertEqual(approval.state, "refused")
        order.invalidate_recordset()
        self.assertEqual(order.crm_price_state, "refused")
        with self.assertRaises(ValidationError):
            order.action_confirm()

    def test_named_approvers_alone_decide(self):
        """R032: the settings name who may approve."""
        self.company.crm_price_approver_ids = self.colleague
        approval = self.ask(self.quote(discount=30))
        with self.assertRaisesRegex(UserError, "may not decide"):
            approval.with_user(self.manager).action_approve()
        approval.with_user(self.colleague).action_approve()
        self.assertEqual(approval.decided_by_id, self.colleague)

    def test_largest_discount_of_the_class(self):
        """R032: a class without price list: its discount is free, more needs approval."""
        order = self.quote(self.direct, discount=10)
        self.assertEqual(order.crm_price_state, "agreed")
        order.action_confirm()
        dearer = self.quote(self.direct, price_unit=130)
        self.assertEqual(dearer.crm_price_state, "agreed", "no price list binds this class")
        order = self.quote(self.direct, discount=11)
        with self.assertRaises(ValidationError):
            order.action_confirm()

    def test_customer_without_policy_is_free(self):
        self.policies["c"].max_discount = 0
        self.quote(self.direct, discount=60).action_confirm()

    def test_own_price_list_is_granted_by_a_manager_alone(self):
        """R032: giving the customer another list is a departure too."""
        with self.assertRaisesRegex(UserError, "sales manager"):
            self.agent.with_user(self.salesman).property_product_pricelist = self.public
        self.agent.with_user(self.manager).property_product_pricelist = self.public
        self.direct.with_user(self.salesman).property_product_pricelist = self.public
        self.assertEqual(self.quote().crm_price_state, "agreed")

    # === NO DISCOUNT === #

    def test_no_discount_by_product_and_category(self):
        """R079: a discount on a barred product is refused, whoever gives it and however."""
        parent = self.env["product.category"].create({"name": "Masterworks", "crm_no_discount": True})
        category = self.env["product.category"].create({"name": "Tables", "parent_id": parent.id})
        for values in ({"crm_no_discount": True}, {"categ_id": category.id}):
            product = self.goods("Table", 500, **values)
            order = self.order(self.agent, (product, 1), confirm=False)
            self.assertEqual((order.order_line.price_unit, order.order_line.discount), (500, 0), "no list applies")
            self.env.flush_all()
            for change in ({"discount": 1}, {"price_unit": 499}):
                with self.assertRaisesRegex(ValidationError, "without discount"):
                    order.order_line.write(change)
                with self.assertRaisesRegex(ValidationError, "without discount"):
                    order.with_user(self.manager).order_line.write(change)
            with self.assertRaisesRegex(ValidationError, "without discount"):
                self.env["sale.order"].with_user(self.salesman).create(
                    {
                        "partner_id": self.direct.id,
                        "order_line": [Command.create({"product_id": product.id, "discount": 5})],
                    }
                )
            self.env.transaction.clear()
            order.action_confirm()
            self.assertEqual(order.amount_untaxed, 500)

    # === BY WEIGHT === #

    def test_price_times_kilograms(self):
        """R079: a line by weight costs price x kg: from the piece's weight, or as weighed."""
        jade = self.goods("Rosewood stool", 12.34, weight=7.78, crm_price_by_weight=True)
        order = self.order(self.direct, (jade, 3), confirm=False)
        line = order.order_line
        self.assertAlmostEqual(line.crm_weight, 23.34, 2)
        self.assertEqual(line.price_subtotal, order.currency_id.round(12.34 * line.crm_weight))
        line.crm_weight = 24.1
        self.assertEqual(line.price_subtotal, order.currency_id.round(12.34 * 24.1))
        line.crm_price_kg = 12.0
        self.assertEqual(line.price_subtotal, order.currency_id.round(12.0 * 24.1))
        line.product_uom_qty = 2
        self.assertAlmostEqual(line.crm_weight, 15.56, 2)
        gold = self.order(self.agent, (jade, 1), confirm=False)
        self.assertAlmostEqual(gold.order_line.price_subtotal, gold.currency_id.round(12.34 * 0.8 * 7.78), 1)
        self.assertEqual(gold.crm_price_state, "agreed")
        gold.order_line.crm_price_kg = 5
        self.assertEqual(gold.crm_price_state, "departs")

    # === COST === #

    def test_state_of_many_orders_in_few_queries(self):
        orders = self.env["sale.order"].union(*(self.quote(discount=25) for _number in range(8)))
        counts = []
        for part in (orders[:2], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            part.mapped("crm_price_state")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess((counts[1] - counts[0]) / 6, 8, counts)
