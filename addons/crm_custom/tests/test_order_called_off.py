from odoo import Command
from odoo.tests import freeze_time, tagged

from .supply_common import SupplyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 09:00:00")
class TestOrderCalledOff(SupplyCommon):
    def test_salesperson_cancels_an_order_of_goods(self):
        """R048: a plain salesperson calls off a confirmed order, also one that goods are bought for."""
        order = self.order(self.direct, (self.lamp, 2))
        bought = self.order(self.direct, (self.lamp, 3))
        purchase = self.purchase((self.lamp, 3))
        bought.sudo().order_line.move_ids.created_purchase_line_ids = [Command.set(purchase.order_line.ids)]
        self.env.flush_all()
        self.env.invalidate_all()
        for mine in (order, bought):
            mine.with_user(self.salesman).action_cancel()
        self.assertEqual((order + bought).mapped("state"), ["cancel", "cancel"])
        self.assertEqual(set((order + bought).sudo().picking_ids.mapped("state")), {"cancel"})
        self.assertIn(bought.name, purchase.sudo().activity_ids[:1].note, "the buyer is told")
        self.assertFalse(self.env["purchase.order"].with_user(self.salesman).has_access("read"))
