"""Scarce stock: better customer classes first, and the reason of whoever decides otherwise."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .supply_common import SupplyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 09:00:00")
class TestScarceStock(SupplyCommon):
    def setUp(self):
        super().setUp()
        self.low = self.order(self.direct, (self.lamp, 5))
        self.high = self.order(self.agent, (self.lamp, 5))
        self.moves = (self.low + self.high).sudo().picking_ids.move_ids

    def waiting(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env["crm.stock.waiting"].with_user(user or self.planner)
        return model.search([("product_id", "=", self.lamp.id)])

    def test_better_class_gets_what_arrives(self):
        """R067: stock that comes in goes to class A, though class C ordered first."""
        self.receive(self.purchase((self.lamp, 7)))
        self.assertEqual(self.moves.mapped("quantity"), [2, 5])

    def test_as_odoo_does_where_the_setting_is_off(self):
        self.company.crm_stock_by_class = False
        self.receive(self.purchase((self.lamp, 7)))
        self.assertEqual(self.moves.mapped("quantity"), [5, 2])

    def test_urgent_delivery_keeps_its_place(self):
        self.low.sudo().picking_ids.priority = "1"
        self.receive(self.purchase((self.lamp, 7)))
        self.assertEqual(self.moves.mapped("quantity"), [5, 2])

    def test_priority_of_the_policy_counts(self):
        policies = self.env["crm.customer.class.policy"]
        policies._ensure(self.company)
        policies.search([("company_id", "=", self.company.id), ("customer_class", "=", "c")]).stock_priority = -1
        self.receive(self.purchase((self.lamp, 7)))
        self.assertEqual(self.moves.mapped("quantity"), [5, 2])

    def test_planner_sees_the_queue(self):
        """R067: a warehouse planner sees waiting deliveries by class, and what each would get."""
        self.put(self.lamp, 7)
        rows = self.waiting()
        self.assertEqual(rows.sorted("position").mapped("customer_class"), ["a", "c"])
        self.assertEqual(rows.sorted("position").mapped("qty_now"), [5, 2])
        self.assertEqual(rows.sorted("position").mapped("qty_before"), [0, 5])
        self.assertTrue(all(rows.mapped("is_scarce")))
        with self.assertRaises(AccessError):
            self.waiting(self.clerk)

    def test_plenty_is_not_scarce_and_asks_nothing(self):
        self.put(self.lamp, 10)
        self.assertFalse(any(self.waiting().mapped("is_scarce")))
        self.assertIs(self.low.picking_ids.with_user(self.planner).action_assign(), True)
        self.assertEqual(self.moves[0].quantity, 5)

    def test_lower_class_first_asks_and_logs_the_reason(self):
        """R067: reserving for class C while class A waits asks for a reason, which is logged."""
        self.put(self.lamp, 7)
        picking = self.low.picking_ids.with_user(self.planner)
        action = picking.with_context(crm_out_of_turn=True).action_assign()
        self.assertEqual(self.moves[0].quantity, 0, "nothing is reserved yet, whatever the client says")
        wizard = self.env[action["res_model"]].with_user(self.planner).browse(action["res_id"])
        self.assertIn("Agent", wizard.waiting)
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_reserve()
        wizard.reason = "Lorry leaves today"
        wizard.action_reserve()
        self.assertEqual(self.moves[0].quantity, 5)
        log = self.env["crm.stock.override"].with_user(self.planner).search([("picking_id", "=", picking.id)])
        self.assertEqual((log.reason, log.user_id, log.quantity), ("Lorry leaves today", self.planner, 5))
        self.assertEqual((log.partner_id, log.waiting_partner_ids), (self.direct, self.agent))
        self.assertIn("Lorry leaves today", picking.message_ids[0].body)
        with self.assertRaises(AccessError):
            log.reason = "Other"

    def test_quantity_by_hand_does_not_pass_the_queue(self):
        """R067: writing the quantity on the delivery is no way around the reason."""
        self.put(self.lamp, 7)
        with self.assertRaisesRegex(UserError, "Agent"):
            self.low.picking_ids.with_user(self.planner).move_ids.quantity = 5
        self.high.picking_ids.with_user(self.planner).move_ids.quantity = 5
        self.assertEqual(self.moves.mapped("quantity"), [0, 5])

    def test_another_company_keeps_its_queue(self):
        other = self.setup_other_company(name="Other")["company"]
        self.put(self.lamp, 7)
        self.planner.write({"company_ids": [(4, other.id)]})
        model = self.env["crm.stock.waiting"].with_user(self.planner).with_context(allowed_company_ids=other.ids)
        self.assertFalse(model.search([("product_id", "=", self.lamp.id)]))
