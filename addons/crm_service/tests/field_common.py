from odoo import Command

from .light import LightCommon


class FieldCommon(LightCommon):
    """A machine with serial numbers and a grinder that are kept on record, beans that are not; no accounting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        products = cls.env["product.product"]
        kept = {"is_storable": True, "service_asset": True, "warranty_months": 24, "maintenance_months": 6}
        cls.machine = products.create({"name": "Espresso Machine", "tracking": "serial", **kept})
        cls.grinder = products.create({"name": "Grinder", **kept, "maintenance_months": 0})
        cls.beans = products.create({"name": "Beans", "is_storable": True, "list_price": 12, "standard_price": 5})
        cls.outsider = cls._user("field_outsider", "base.group_user")

    @classmethod
    def _lot(cls, name, product=None):
        return cls.env["stock.lot"].create({"name": name, "product_id": (product or cls.machine).id})

    @classmethod
    def _asset(cls, **values):
        return cls.env["crm.customer.asset"].create(
            {
                "partner_id": cls.contact.id,
                "product_id": cls.machine.id,
                "warranty_months": 24,
                "maintenance_months": 6,
                **values,
            }
        )

    @classmethod
    def _agreement(cls, **values):
        """An active agreement with the customer for 2026, which promises the light policy."""
        return cls.env["crm.service.agreement"].create(
            {
                "title": "Full care",
                "partner_id": cls.customer.id,
                "date_start": "2026-01-01",
                "date_end": "2026-12-31",
                "policy_id": cls.policy.id,
                "state": "active",
                **values,
            }
        )

    @classmethod
    def _deliver(cls, product, quantity=None, lots=(), price=100):
        """Return an order of the contact that was delivered in full; one piece for each serial number."""
        quantity = quantity or len(lots) or 1
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.contact.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity, "price_unit": price})
                ],
            }
        )
        order.action_confirm()
        cls._validate(order.picking_ids, quantity, [cls._lot(name, product) for name in lots])
        return order

    @classmethod
    def _validate(cls, picking, quantity, lots=()):
        move = picking.move_ids
        if lots:
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create(
                    {
                        "product_id": move.product_id.id,
                        "lot_id": lot.id,
                        "quantity": 1,
                        "location_id": move.location_id.id,
                        "location_dest_id": move.location_dest_id.id,
                        "picking_id": picking.id,
                    }
                )
                for lot in lots
            ]
        else:
            move.quantity = quantity
        move.picked = True
        picking.button_validate()

    @classmethod
    def _return(cls, picking, quantity=None, lots=()):
        """Bring goods of this delivery back, in full or as many as said."""
        context = {"active_model": "stock.picking", "active_id": picking.id}
        wizard = cls.env["stock.return.picking"].with_context(**context).create({})
        wizard.product_return_moves.quantity = quantity or len(lots)
        back = cls.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        named = cls.env["stock.lot"].search([("name", "in", lots), ("product_id", "=", picking.product_id.id)])
        cls._validate(back, quantity, named if lots else ())
