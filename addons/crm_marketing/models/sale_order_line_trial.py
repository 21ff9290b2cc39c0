from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools import rewards

REWARD_FIELDS = ("crm_reward_id", "crm_reward_pct")


class SaleOrderLine(models.Model):
    """The customer's reward is taken off after the price list; the price due (crm_custom) knows it.

    Set while the order is a quotation, then frozen. Nobody writes it: it follows from rule, customer and product.
    """

    _inherit = "sale.order.line"

    crm_reward_id = fields.Many2one(
        "crm.price.reward",
        "Price Reward",
        compute="_compute_crm_reward_id",
        store=True,
        precompute=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    crm_reward_pct = fields.Float(
        "Price Reward (%)", compute="_compute_crm_reward_id", store=True, precompute=True, copy=False, digits=(5, 2)
    )
    crm_reward_cost = fields.Monetary(
        "Cost of Reward",
        compute="_compute_crm_reward_cost",
        store=True,
        precompute=True,
        help="Untaxed amount that the reward takes off this line.",
    )

    @api.depends("product_id", "order_id.partner_id", "order_id.company_id")
    def _compute_crm_reward_id(self):
        rules = self.env["crm.price.reward"]
        for order, lines in self.grouped("order_id").items():
            if order.state == "sale" and all(line._origin for line in lines):
                for line in lines:
                    line.crm_reward_id = line._origin.crm_reward_id
                    line.crm_reward_pct = line._origin.crm_reward_pct
                continue
            customer = order.partner_id.commercial_partner_id
            company = order.company_id or self.env.company
            day = order._crm_reward_day() if order else fields.Date.context_today(self)
            found = rules._rules(company, day) if customer else rules
            facts = found._facts(customer._origin, company, day) if found else {}
            for line in lines:
                rule = rules
                if found and line._crm_is_priced() and not line.product_id.crm_discount_barred:
                    rule = found._best(customer._origin, line.product_id.sudo().categ_id, facts)
                line.crm_reward_id = rule
                line.crm_reward_pct = rule.discount

    @api.depends("price_subtotal", "crm_reward_pct", "discount")
    def _compute_crm_reward_cost(self):
        """Nothing where the discount was cut by hand below the reward."""
        for line in self:
            applied = line.crm_reward_pct if line.discount >= line.crm_reward_pct - 0.005 else 0.0
            line.crm_reward_cost = rewards.cost(line.price_subtotal, applied)

    @api.depends("crm_reward_pct")
    def _compute_discount(self):
        before = {line: line.discount for line in self}
        result = super()._compute_discount()
        shown = self.env["product.pricelist.item"]._is_discount_feature_enabled()
        for line in self.filtered("crm_reward_pct"):
            if shown and line.order_id.pricelist_id:
                line.discount = rewards.combined(line.discount, line.crm_reward_pct)
            elif not before[line] or before[line] == line._origin.crm_reward_pct:
                line.discount = line.crm_reward_pct
        return result

    def _crm_expected_price(self):
        """The price due is that of the price list less the reward."""
        return super()._crm_expected_price() * (1 - self.crm_reward_pct / 100)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in REWARD_FIELDS:
                vals.pop(name, None)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and any(name in vals for name in REWARD_FIELDS):
            raise AccessError(self.env._("Rewards follow from the rules: nobody writes them on an order."))
        return super().write(vals)
