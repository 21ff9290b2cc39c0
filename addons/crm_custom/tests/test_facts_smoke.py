"""One order from confirmation to money, seen by the three facts."""

from odoo import Command
from odoo.addons.sale.tests.common import TestSaleCommon
from odoo.tests import freeze_time, tagged


@tagged("post_install", "-at_install")
class TestFactsSmoke(TestSaleCommon):
    @freeze_time("2026-03-01")
    def test_order_goes_from_delivery_to_cash(self):
        product = self.company_data["product_order_no"]
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner_a.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 4, "price_unit": 25})],
            }
        )
        order.action_confirm()
        flow = self.env["crm.order.flow"].browse(order.order_line.ids)
        self.assertRecordValues(
            flow, [{"status": "to_ship", "qty_ordered": 4, "amount_ordered": 100, "is_late": False}]
        )
        order.picking_ids.move_ids.write({"quantity": 4, "picked": True})
        order.picking_ids.button_validate()
        invoice = order._create_invoices()
        invoice.action_post()
        self.env.invalidate_all()
        self.assertRecordValues(flow, [{"status": "invoiced", "qty_delivered": 4, "amount_invoiced": 100}])
        items = self.env["crm.open.item"].search([("move_id", "=", invoice.id)])
        self.assertEqual(sum(items.mapped("residual")), invoice.amount_total)
        self._register_payment(invoice)
        self.env.invalidate_all()
        self.assertFalse(self.env["crm.open.item"].search([("move_id", "=", invoice.id)]))
        self.assertRecordValues(flow, [{"status": "paid", "amount_collected": 100}])
        part = self.env["crm.collection"].search([("move_id", "=", invoice.id)])
        self.assertRecordValues(part, [{"order_id": order.id, "amount": invoice.amount_total, "days_late": 0}])
