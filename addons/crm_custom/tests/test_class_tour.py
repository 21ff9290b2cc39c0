from odoo.tests import HttpCase, freeze_time, tagged

from .common import CustomerCommon


@tagged("post_install", "-at_install")
class TestClassTour(CustomerCommon, HttpCase):
    def test_salesperson_sees_class_reason_history_value_and_price_list(self):
        """R050, R051, R055, R057: on the customer and on a new quotation, as a salesperson in the browser."""
        self.env.ref("base.group_user").implied_ids += self.env.ref("product.group_product_pricelist")
        partner = self.make_customer("Ann's Agency", "direct", user=self.salesman)
        with freeze_time("2026-06-30 12:00:00"):
            self.pay(self.bill(partner, 100, 20))
            order = self.env["sale.order"].create({"partner_id": partner.id, "user_id": self.salesman.id})
            order.action_cancel()
            self.run_cards("2026-05-31")
            partner.customer_role = "agent"
            self.run_cards()
            self.env["crm.lifetime.model"]._run(self.company, self.today)
        policies = self.env["crm.customer.class.policy"]
        policies._ensure(self.company)
        policy = policies.search([("company_id", "=", self.company.id), ("customer_class", "=", "a")])
        policy.pricelist_id = self.env["product.pricelist"].create({"name": "Gold", "sequence": 99})
        self.start_tour(f"/odoo/res.partner/{partner.id}", "crm_custom_class_tour", login="crm_salesman")
