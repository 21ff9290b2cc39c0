from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import price_rules

# What, when it changes on a line, may break a price rule.
PRICED = ("price_unit", "discount", "product_id", "product_uom_qty", "product_uom_id", "crm_weight", "crm_price_kg")


class SaleOrderLine(models.Model):
    """Prices by weight, products without discount, and the price that the customer's class is due.

    Weights in kg of the whole line; prices in the order's currency. The unit price of a line by weight is price per
    kg x kg / quantity, kept unrounded, so that the amount of the line is price x kg.
    """

    _inherit = "sale.order.line"

    crm_by_weight = fields.Boolean(related="product_id.crm_price_by_weight", string="Sold by Weight")
    crm_weight = fields.Float(
        "Weight (kg)",
        digits="Stock Weight",
        compute="_compute_crm_weight",
        store=True,
        readonly=False,
        precompute=True,
        help="Kilograms of the whole line: weight of a piece x quantity, or as weighed.",
    )
    crm_price_kg = fields.Float(
        "Price per kg",
        min_display_digits="Product Price",
        compute="_compute_crm_price_kg",
        store=True,
        readonly=False,
        precompute=True,
    )

    # === BY WEIGHT === #

    @api.depends("product_id", "product_uom_qty", "product_uom_id")
    def _compute_crm_weight(self):
        for line in self:
            if line.crm_by_weight and line.product_uom_id:
                quantity = line.product_uom_id._compute_quantity(
                    line.product_uom_qty, line.product_id.uom_id, round=False
                )
                line.crm_weight = line.product_id.weight * quantity
            else:
                line.crm_weight = 0.0

    @api.depends("product_id", "order_id.pricelist_id")
    def _compute_crm_price_kg(self):
        for line in self:
            line.crm_price_kg = line._crm_list_price_kg() if line.crm_by_weight and line.order_id else 0.0

    def _crm_list_price_kg(self):
        """What the price list says of one unit of the product, which is one kilogram; before a discount it shows."""
        self.ensure_one()
        line = self.with_company(self.company_id)
        rule = line.pricelist_item_id
        values = line._get_pricelist_kwargs() | {"quantity": line.crm_weight or 1.0, "uom": line.product_id.uom_id}
        price = rule._compute_price(product=line.product_id, **values)
        if not rule._show_discount():
            return price
        return max(rule._compute_price_before_discount(product=line.product_id, **values), price)

    @api.depends("crm_weight", "crm_price_kg")
    def _compute_price_unit(self):
        weighed = self.filtered(lambda line: line.crm_by_weight and line.order_id and not line.qty_invoiced)
        for line in weighed:
            price = price_rules.unit_price_by_weight(line.crm_price_kg, line.crm_weight, line.product_uom_qty)
            line.price_unit = line.technical_price_unit = price
        return super(SaleOrderLine, self - weighed)._compute_price_unit()

    # === NO DISCOUNT === #

    @api.depends("product_id")
    def _compute_pricelist_item_id(self):
        """Where discounts are barred, no price list applies either: the list price stands."""
        result = super()._compute_pricelist_item_id()
        self.filtered(lambda line: line.product_id.crm_discount_barred).pricelist_item_id = False
        return result

    @api.constrains(*PRICED)
    def _check_crm_no_discount(self):
        """Whoever writes it, and from where: a discount on such a product is refused."""
        for line in self:
            if line.display_type or line.is_downpayment or not line.product_id.crm_discount_barred:
                continue
            digits = line._crm_price_digits()
            due = line._crm_expected_price()
            cheaper = price_rules.deviation(due, line._crm_net_price(), digits, strict=False)
            if line.discount > 0 or cheaper < 0:
                raise ValidationError(
                    self.env._(
                        "%(product)s sells without discount: its price is %(price)s.",
                        product=line.product_id.display_name,
                        price=f"{due:.{digits}f}",
                    )
                )

    @api.constrains(*PRICED)
    def _check_crm_price_approved(self):
        """A confirmed order's prices change only within what is approved."""
        self.order_id.filtered(lambda order: order.state == "sale")._crm_check_prices()

    # === EXPECTED PRICE === #

    def _crm_price_digits(self):
        return self.env["decimal.precision"].precision_get("Product Price")

    def _crm_expected_price(self):
        """Net unit price that the customer is due, in the order's currency and the line's unit and tax basis."""
        self.ensure_one()
        line = self.with_company(self.company_id)
        pricelist = line.order_id._crm_due_pricelist()
        values = line._get_pricelist_kwargs()
        if line.crm_by_weight:
            values |= {"quantity": line.crm_weight or 1.0, "uom": line.product_id.uom_id}
        product = line.product_id.with_context(**line._get_product_price_context())
        if line.product_id.crm_discount_barred or not pricelist:
            price = line.env["product.pricelist.item"]._compute_price(product=product, **values)
        else:
            price = pricelist._get_product_price(product, **values)
        if line.crm_by_weight:
            return price_rules.unit_price_by_weight(price, line.crm_weight, line.product_uom_qty)
        return line.product_id._get_tax_included_unit_price_from_price(
            price,
            product_taxes=line.product_id.taxes_id._filter_taxes_by_company(line.company_id),
            fiscal_position=line.order_id.fiscal_position_id,
        )

    def _crm_net_price(self):
        """Unit price less discount; of a discount on the whole order, its amount."""
        self.ensure_one()
        return price_rules.net_price(self.price_unit, self.discount)

    def _crm_is_priced(self):
        """Lines whose price is judged: goods and services of the catalogue; not rewards that a programme gives."""
        self.ensure_one()
        return not (
            self.display_type
            or self.is_downpayment
            or self.is_expense
            or self.combo_item_id
            or self.product_type == "combo"
            or not self.product_id
            or ("is_reward_line" in self._fields and self.is_reward_line)
            or ("is_delivery" in self._fields and self.is_delivery)
        )

    def _crm_deviation(self, policy):
        """Percent that the net price departs from what the class is due; 0: as agreed. See tools.price_rules."""
        self.ensure_one()
        if self._is_global_discount() or self.price_unit < 0:
            return -100.0 if self.price_subtotal < 0 else 0.0
        return price_rules.deviation(
            self._crm_expected_price(),
            self._crm_net_price(),
            self._crm_price_digits(),
            max_discount=policy.max_discount,
            strict=bool(policy.pricelist_id),
        )

    def _crm_due_price(self):
        """Price due of any line that is judged; of a discount on the whole order: none."""
        self.ensure_one()
        return 0.0 if self._is_global_discount() or self.price_unit < 0 else self._crm_expected_price()
