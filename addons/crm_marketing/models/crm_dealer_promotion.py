from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .utm_campaign import FIGURE_GROUPS

RESULTS = (
    "sales", "baseline_sales", "cost_actual", "effect_actual", "discount_actual", "margin_actual", "margin_state",
    "profit", "brand_change", "brand_state", "dealer_profit", "dealer_state",
)  # fmt: skip


class CrmDealerPromotion(models.Model):
    """A promotion with a dealer: five figures expected, and what became of them.

    Expected and actual are in the company's currency, untaxed. The actual figures come from posted entries
    (report/crm_dealer_promotion_result.py, which says how); brand and the dealer's own figures are entered.
    """

    _name = "crm.dealer.promotion"
    _description = "Dealer Promotion"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    campaign_id = fields.Many2one(
        "utm.campaign",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Its posted costs are the promotion's; promotions that share a campaign share them by their budgets.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Dealer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('parent_id', '=', False)]",
    )
    user_id = fields.Many2one("res.users", "Owner", default=lambda self: self.env.user, tracking=True)
    date_start = fields.Date("Start", required=True, tracking=True)
    date_end = fields.Date("End", required=True, tracking=True)
    product_tmpl_ids = fields.Many2many(
        "product.template",
        "crm_dealer_promotion_product_rel",
        "promotion_id",
        "product_tmpl_id",
        "Products",
        check_company=True,
        help="Whose sales count. Empty: all.",
    )
    baseline = fields.Selection(
        [("before", "As many days before"), ("year", "Same days a year before")],
        "Compared With",
        required=True,
        default="before",
        help="The sales that the dealer would have bought anyway.",
    )
    # The five figures
    cost_expected = fields.Monetary(tracking=True)
    budget = fields.Monetary(tracking=True, help="What may be spent at most.")
    effect_expected = fields.Monetary(tracking=True, help="Additional untaxed sales to the dealer.")
    discount_expected = fields.Monetary("Material Discount Expected", tracking=True)
    margin_expected = fields.Monetary(
        "Gross Margin Expected", tracking=True, help="Untaxed sales of the promotion less the cost of the goods."
    )
    # Entered results
    brand_before = fields.Integer(help="People asked who name or prefer our brand, in percent.")
    brand_after = fields.Integer(help="The same question after the promotion, in percent.")
    brand_date = fields.Date("Brand Measured On", help="Empty: not measured yet.")
    dealer_resale = fields.Monetary("Dealer's Resale", help="What the dealer sold the goods for, untaxed.")
    dealer_outlay = fields.Monetary("Dealer's Own Cost", help="What the dealer spent on the promotion.")
    dealer_date = fields.Date("Reported by the Dealer On", help="Empty: not reported yet.")
    # Measured results
    sales = fields.Monetary(compute="_compute_results", groups=FIGURE_GROUPS)
    baseline_sales = fields.Monetary("Sales Compared With", compute="_compute_results", groups=FIGURE_GROUPS)
    cost_actual = fields.Monetary("Cost", compute="_compute_results", groups=FIGURE_GROUPS)
    effect_actual = fields.Monetary("Effect", compute="_compute_results", groups=FIGURE_GROUPS)
    discount_actual = fields.Monetary("Material Discount", compute="_compute_results", groups=FIGURE_GROUPS)
    margin_actual = fields.Monetary("Gross Margin", compute="_compute_results", groups=FIGURE_GROUPS)
    margin_state = fields.Selection(
        selection=lambda self: self._result_selection("margin_state"), compute="_compute_results", groups=FIGURE_GROUPS
    )
    profit = fields.Monetary("Profit of the Promotion", compute="_compute_results", groups=FIGURE_GROUPS)
    brand_change = fields.Integer("Brand Influence", compute="_compute_results", groups=FIGURE_GROUPS)
    brand_state = fields.Selection(
        selection=lambda self: self._result_selection("brand_state"), compute="_compute_results", groups=FIGURE_GROUPS
    )
    dealer_profit = fields.Monetary("Dealer's Profit", compute="_compute_results", groups=FIGURE_GROUPS)
    dealer_state = fields.Selection(
        selection=lambda self: self._result_selection("dealer_state"), compute="_compute_results", groups=FIGURE_GROUPS
    )

    _check_dates = models.Constraint("CHECK (date_end >= date_start)", "A promotion cannot end before it starts.")
    _check_figures = models.Constraint(
        "CHECK (cost_expected >= 0 AND budget >= 0 AND discount_expected >= 0)",
        "Cost, budget and discount are not negative.",
    )
    _check_brand = models.Constraint(
        "CHECK (brand_before BETWEEN 0 AND 100 AND brand_after BETWEEN 0 AND 100)",
        "The share of people is between 0 and 100 %.",
    )

    @api.model
    def _result_selection(self, name):
        return self.env["crm.dealer.promotion.result"]._fields[name]._description_selection(self.env)

    @api.depends(
        "company_id", "campaign_id", "partner_id", "date_start", "date_end", "product_tmpl_ids", "baseline", "budget",
        "brand_before", "brand_after", "brand_date", "dealer_resale", "dealer_outlay", "dealer_date",
    )  # fmt: skip
    def _compute_results(self):
        """sudo: figures of the promotion's own company, for users who may read the promotion."""
        rows = {}
        if self.ids:
            found = self.env["crm.dealer.promotion.result"].sudo().search_fetch([("id", "in", self.ids)], RESULTS)
            rows = {row.id: row for row in found}
        for promotion in self:
            row = rows.get(promotion._origin.id)
            for name in RESULTS:
                promotion[name] = row[name] if row else False

    @api.constrains("partner_id")
    def _check_partner(self):
        for promotion in self:
            if promotion.partner_id.commercial_partner_id != promotion.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact: choose the dealer's company.", contact=promotion.partner_id.name
                    )
                )

    def action_open_sales(self):
        """Open the invoice lines behind the sales, where the user may read them."""
        self.ensure_one()
        self.env["account.move.line"].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sales of %(promotion)s", promotion=self.name),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": self._sales_domain(),
            "context": {"create": False},
        }

    def _sales_domain(self):
        domain = [
            ("company_id", "=", self.company_id.id),
            ("parent_state", "=", "posted"),
            ("display_type", "=", "product"),
            ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ("move_id.commercial_partner_id", "=", self.partner_id.id),
            ("move_id.invoice_date", ">=", self.date_start),
            ("move_id.invoice_date", "<=", self.date_end),
        ]
        if self.product_tmpl_ids:
            domain.append(("product_id.product_tmpl_id", "in", self.product_tmpl_ids.ids))
        return domain

    def action_open_costs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_campaign_cost_action")
        action["domain"] = [("campaign_id", "=", self.campaign_id.id), ("company_id", "=", self.company_id.id)]
        action["context"] = {"create": False}
        return action
