from dateutil.relativedelta import relativedelta
from odoo import Command

from .common import CustomerCommon


class ShopCommon(CustomerCommon):
    """Goods of two categories and helpers that bill baskets of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        herbs, cakes = cls.env["product.category"].create([{"name": "Herbs"}, {"name": "Cakes"}])
        cls.herbs, cls.cakes = herbs, cakes
        cls.thyme = cls.make_product("Thyme marker", herbs, 10, 4)
        cls.sage = cls.make_product("Sage marker", herbs, 12, 5)
        cls.cake = cls.make_product("Cake stand", cakes, 40, 20)
        cls.fork = cls.make_product("Cake fork", cakes, 5, 1)
        cls.lamp = cls.make_product("Lamp", cakes, 30, 10)

    @classmethod
    def make_product(cls, name, categ, price, cost, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "categ_id": categ.id,
                "list_price": price,
                "standard_price": cost,
                "type": "consu",
                "is_storable": False,
                "taxes_id": False,
                "supplier_taxes_id": False,
                "invoice_policy": "order",
                **vals,
            }
        )

    @classmethod
    def baskets(cls, *sold, company=None):
        """Post invoices: `sold` are (partner, products, days_ago[, quantity]); refunds have a negative quantity."""
        company = company or cls.company
        moves = cls.env["account.move"].with_company(company).create([cls._basket_vals(*basket) for basket in sold])
        moves.action_post()
        return moves

    @classmethod
    def _basket_vals(cls, partner, products, days_ago, quantity=1):
        day = cls.today - relativedelta(days=days_ago)
        return {
            "move_type": "out_refund" if quantity < 0 else "out_invoice",
            "partner_id": partner.id,
            "invoice_date": day,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": abs(quantity),
                        "price_unit": product.list_price,
                        "tax_ids": [Command.clear()],
                    }
                )
                for product in products
            ],
        }
