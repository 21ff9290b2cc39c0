from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestReturnsTour(HttpCase):
    def test_from_the_defect_to_the_replacement(self):
        """R085, R113: an agent opens a defect ticket from the delivered line, takes goods back and replaces them."""
        company = self.env.company
        new_test_user(
            self.env,
            "returns_agent",
            "crm_service.group_service_user,stock.group_stock_user",
            name="Rita Return",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        lamp = self.env["product.product"].create(
            {"name": "Tour Lamp", "is_storable": True, "list_price": 10, "taxes_id": [Command.clear()]}
        )
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(lamp, warehouse.lot_stock_id, 10)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Tour Buyer"}).id,
                "order_line": [Command.create({"product_id": lamp.id, "product_uom_qty": 5})],
            }
        )
        order.action_confirm()
        order.picking_ids.move_ids.write({"quantity": 5, "picked": True})
        order.picking_ids.button_validate()
        with mute_logger("odoo.http"):
            self.start_tour(
                f"/odoo/action-sale.action_orders/{order.id}",
                "crm_service_returns",
                login="returns_agent",
                timeout=180,
            )
        back = self.env["crm.return"].search([("picking_id", "in", order.picking_ids.ids)])
        self.assertEqual((back.state, back.outcome), ("done", "exchange"))
        self.assertEqual(back.line_ids.scrap_id.scrap_qty, 2)
        self.assertEqual(back.replacement_ids.move_ids.product_uom_qty, 2)
        self.assertEqual(back.ticket_id.category_kind, "defect")
