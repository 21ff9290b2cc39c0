"""Orders for goods and their delivery by a storekeeper, for the tests of credit checks."""

from odoo.exceptions import UserError
from odoo.fields import Command

from .common import FinanceCommon


class CreditCommon(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.storekeeper = cls._user("fin_storekeeper", "stock.group_stock_user")
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Plain goods",
                "type": "consu",
                "invoice_policy": "delivery",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
                "property_account_income_id": cls.company_data["default_account_revenue"].id,
            }
        )

    def _confirmed(self, amount, product=None, **values):
        order = self._order(amount, **values)
        if product:
            order.order_line.write({"product_id": product.id, "price_unit": amount})
        order.with_user(self.salesman).action_confirm()
        return order

    def _goods(self, *lines, **values):
        """A confirmed order of goods: (quantity, price) or (quantity, price, values of the line)."""
        commands = [
            Command.create(
                {
                    "product_id": self.goods.id,
                    "product_uom_qty": quantity,
                    "price_unit": price,
                    "tax_ids": [Command.clear()],
                    **(more[0] if more else {}),
                }
            )
            for quantity, price, *more in lines
        ]
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "user_id": self.salesman.id, "order_line": commands, **values}
        )
        order.action_confirm()
        return order

    def _refused(self, act, *arguments, **options):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            act(*arguments, **options)
        return str(caught.exception).replace("\ufeff", "")

    def _ship(self, order, quantity=None):
        picking = order.sudo().picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        picking = picking.with_user(self.storekeeper)
        picking.move_ids.quantity = picking.move_ids.product_uom_qty if quantity is None else quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    def _release(self, order, expiry="2026-03-08", **values):
        self.env["crm.credit.release"].with_user(self.finance).create(
            {"order_id": order.id, "reason": "Paid by phone", "date_expiry": expiry, **values}
        ).action_release()
