from datetime import datetime

from odoo import Command

from .light import LightCommon

MONDAY = datetime(2026, 3, 2, 10)


class CareCommon(LightCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.care.rule"].search([]).active = False
        cls.company.partner_id.tz = "UTC"
        cls.lamp = cls.env["product.product"].create(
            {"name": "Lamp", "is_storable": True, "list_price": 100, "taxes_id": [Command.clear()], "sale_delay": 0}
        )
        cls.vip = cls.env["res.partner"].create({"name": "Prime Optics", "email": "prime@optics.test"})
        cls._classes({cls.vip: "a", cls.customer: "c"})

    @classmethod
    def _classes(cls, classes):
        """Give customers their class as a scorecard run would."""
        month = cls.env["crm.company.scorecard"].create({"company_id": cls.company.id, "period": "2090-01-01"})
        cls.env["crm.scorecard"].search([("company_id", "=", cls.company.id)]).is_latest = False
        cls.env["crm.scorecard"].create(
            [
                {
                    "month_id": month.id,
                    "company_id": cls.company.id,
                    "partner_id": partner.id,
                    "period": "2090-01-01",
                    "date": "2090-01-31",
                    "is_latest": True,
                    "customer_class": name,
                }
                for partner, name in classes.items()
            ]
        )

    @classmethod
    def _order(cls, partner, quantity=5, ordered=MONDAY, due=None, deliver=False):
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": cls.lamp.id, "product_uom_qty": quantity})],
            }
        )
        order.commitment_date = due
        order.action_confirm()
        order.date_order = ordered
        if deliver:
            picking = order.picking_ids
            picking.move_ids.quantity = quantity
            picking.move_ids.picked = True
            picking.button_validate()
            picking.date_done = deliver
        return order
