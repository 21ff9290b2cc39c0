from odoo import Command
from odoo.tests import new_test_user

from .common import CustomerCommon


class SupplyCommon(CustomerCommon):
    """Agents of class A, direct customers of class C; stocked goods from one vendor; the people of the chain."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {"company_ids": [Command.set(cls.company.ids)], "company_id": cls.company.id, "tz": "UTC"}
        cls.salesman.tz = cls.manager.tz = cls.env.user.tz = "UTC"
        cls.planner = new_test_user(
            cls.env, "crm_planner", "base.group_user,stock.group_stock_user", name="Pla", **company
        )
        cls.buyer = new_test_user(
            cls.env,
            "crm_buyer",
            "base.group_user,purchase.group_purchase_user,stock.group_stock_user",
            name="Buy",
            **company,
        )
        cls.company.write({"stock_text_confirmation": False, "has_received_warning_stock_sms": True})
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.stock = cls.warehouse.lot_stock_id
        cls.agent = cls.make_customer("Agent", "agent", user=cls.salesman)
        cls.direct = cls.make_customer("Direct", "direct", user=cls.salesman)
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor", "is_company": True})
        cls.lamp = cls.goods("Lamp", 100)
        cls.run_cards()

    @classmethod
    def goods(cls, name, price=100.0, stock=0.0, **values):
        product = cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "list_price": price,
                "standard_price": price / 2,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
                "seller_ids": [Command.create({"partner_id": cls.vendor.id, "price": price / 2, "delay": 5})],
                "company_id": False,
                **values,
            }
        )
        if stock:
            cls.put(product, stock)
        return product

    @classmethod
    def put(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(product, cls.stock, quantity)

    @classmethod
    def order(cls, partner, *lines, user=None, confirm=True, **values):
        """An order entered by the salesperson; lines are (product, quantity)."""
        env = cls.env(user=(user or cls.salesman).id)
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def purchase(cls, *lines, confirm=True, planned="2026-07-10 12:00:00", **values):
        order = cls.env(user=cls.buyer.id)["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_qty": quantity, "price_unit": 50, "date_planned": planned}
                    )
                    for product, quantity in lines
                ],
                **values,
            }
        )
        if confirm:
            order.button_confirm()
        return order

    def receive(self, purchase, quantity=None, backorder=False):
        receipt = purchase.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        if quantity is not None:
            receipt.move_ids.write({"quantity": quantity, "picked": True})
        keep = [] if backorder else receipt.ids
        receipt.with_context(skip_backorder=True, picking_ids_not_to_backorder=keep).button_validate()
        return receipt
