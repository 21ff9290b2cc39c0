from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestClassPolicy(CustomerCommon):
    """An agent (class A) and a direct customer (class C), each with a policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids += cls.env.ref("product.group_product_pricelist")
        cls.agent = cls.make_customer("Agent", "agent", user=cls.salesman)
        cls.person = cls.env["res.partner"].create({"name": "Ann", "parent_id": cls.agent.id})
        cls.direct = cls.make_customer("Direct", "direct", user=cls.salesman)
        cls.product = cls.env["product.product"].create({"name": "Lamp", "list_price": 100})
        cls.public = cls.env["product.pricelist"].create({"name": "Everybody", "sequence": 0})
        cls.gold = cls.env["product.pricelist"].create(
            {
                "name": "Gold",
                "sequence": 99,
                "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 20, "applied_on": "3_global"})],
            }
        )
        cls.term = cls.env.ref("account.account_payment_term_30days")
        policies = cls.env["crm.customer.class.policy"]
        policies._ensure(cls.company)
        cls.policies = {
            policy.customer_class: policy for policy in policies.search([("company_id", "=", cls.company.id)])
        }
        cls.policies["a"].write(
            {"pricelist_id": cls.gold.id, "payment_term_id": cls.term.id, "service_level": "Gold", "max_discount": 15}
        )
        cls.run_cards()

    def quotation(self, partner):
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = partner
        return form

    def test_new_quotation_takes_the_terms_of_the_class(self):
        """R050: price list and payment term of class A on the quotation of an agent's contact, and its price."""
        form = self.quotation(self.person)
        with form.order_line.new() as line:
            line.product_id = self.product
        order = form.save()
        self.assertEqual(order.pricelist_id, self.gold)
        self.assertEqual(order.payment_term_id, self.term)
        self.assertEqual(order.order_line.price_subtotal, 80)
        self.assertEqual(order.class_policy_id, self.policies["a"])
        plain = self.quotation(self.direct).save()
        self.assertNotEqual(plain.pricelist_id, self.gold)
        self.assertFalse(plain.payment_term_id)

    def test_choice_by_hand_and_own_terms_stand_above_the_class(self):
        """R050: what the salesperson chose stays; what the customer was promised itself wins."""
        form = self.quotation(self.agent)
        form.pricelist_id = self.public
        form.payment_term_id = self.env["account.payment.term"]
        order = form.save()
        order.date_order = "2026-06-29"
        self.assertEqual(order.pricelist_id, self.public)
        self.assertFalse(order.payment_term_id)
        own = self.env.ref("account.account_payment_term_immediate")
        self.agent.property_product_pricelist = self.public
        self.agent.property_payment_term_id = own
        self.agent.specific_property_product_pricelist = self.public
        order = self.quotation(self.agent).save()
        self.assertEqual((order.pricelist_id, order.payment_term_id), (self.public, own))

    def test_policy_of_the_newest_class_for_many_customers_in_few_queries(self):
        """R050: {partner: policy} for a list, contacts included; the next run's class counts."""
        partners = self.agent + self.person + self.direct
        model = self.env["crm.customer.class.policy"]
        found = model._for_partners(partners, self.company)
        self.assertEqual([found[partner.id] for partner in partners], [self.policies[name] for name in "aac"])
        self.agent.customer_role = "direct"
        self.run_cards()
        self.assertEqual(model._for_partners(self.agent, self.company)[self.agent.id], self.policies["c"])
        many = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(100)])
        for partners in (many[:10], many):
            self.env.invalidate_all()
            partners.mapped("commercial_partner_id")
            with self.assertQueryCount(2):
                self.assertFalse(any(model._for_partners(partners, self.company).values()))

    def test_salesperson_reads_and_manager_sets(self):
        """R050: the manager opens a line for each class; a salesperson sees what the class receives."""
        self.policies["b"].unlink()
        model = self.env["crm.customer.class.policy"]
        model.with_user(self.manager).action_open_policies()
        self.assertEqual(model.search_count([("company_id", "=", self.company.id)]), 3)
        customer = self.agent.with_user(self.salesman)
        self.assertIn("discount up to 15 %", customer.class_policy_text)
        self.assertIn("price list Gold", customer.class_policy_text)
        self.assertFalse(self.agent.with_user(self.clerk).class_policy_text)
        with mute_logger("odoo.addons.base.models.ir_model"), self.assertRaises(AccessError):
            self.policies["a"].with_user(self.salesman).max_discount = 50
        self.assertEqual(self.policies["a"].customer_count, 1)

    def test_other_company_has_its_own_policies(self):
        """R050: a class in one company gives nothing in another."""
        other = self.setup_other_company()["company"]
        found = self.env["crm.customer.class.policy"]._for_partners(self.agent, other)
        self.assertFalse(found[self.agent.id])
        user = new_test_user(
            self.env, "crm_other", "sales_team.group_sale_manager", company_ids=[other.id], company_id=other.id
        )
        self.assertFalse(self.env["crm.customer.class.policy"].with_user(user).search([]))
