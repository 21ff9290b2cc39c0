from odoo import api, fields, models

AXES = ("product_value", "service_value", "staff_value", "brand_value")


class CrmValueRating(models.Model):
    """What the customer gets from us and what it costs him: four values and one cost, 0 to 10 each, at a date.

    Balance: sum of the four values less four times the cost; above 0 the customer gains. The trend compares with the
    rating before.
    """

    _name = "crm.value.rating"
    _inherit = ["mail.thread"]
    _description = "Customer Value Rating"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )  # fmt: skip
    user_id = fields.Many2one("res.users", string="Rated by", default=lambda self: self.env.user)
    date = fields.Date(required=True, default=fields.Date.context_today)
    product_value = fields.Integer(string="Product", aggregator="avg", help="0 to 10: quality, fit, range.")
    service_value = fields.Integer(string="Service", aggregator="avg", help="0 to 10: before, during, after the sale.")
    staff_value = fields.Integer(string="People", aggregator="avg", help="0 to 10: friendliness and skill of staff.")
    brand_value = fields.Integer(string="Brand", aggregator="avg", help="0 to 10: standing that our name gives him.")
    customer_cost = fields.Integer(
        string="Cost", aggregator="avg", help="0 to 10: price, time, effort and worry of buying from us."
    )
    balance = fields.Integer(compute="_compute_balance", store=True, aggregator="avg")
    previous_id = fields.Many2one("crm.value.rating", compute="_compute_trend")
    trend = fields.Selection(
        [("first", "First rating"), ("up", "Better"), ("same", "Same"), ("down", "Worse")], compute="_compute_trend"
    )
    note = fields.Text()

    _check_axes = models.Constraint(
        "CHECK (product_value BETWEEN 0 AND 10 AND service_value BETWEEN 0 AND 10 AND staff_value BETWEEN 0 AND 10 "
        "AND brand_value BETWEEN 0 AND 10 AND customer_cost BETWEEN 0 AND 10)",
        "Each value and the cost lie between 0 and 10.",
    )

    @api.depends(*AXES, "customer_cost")
    def _compute_balance(self):
        for rating in self:
            rating.balance = sum(rating[name] for name in AXES) - 4 * rating.customer_cost

    @api.depends("partner_id", "company_id", "date", "balance")
    def _compute_trend(self):
        """The rating before, of the same customer and company; one query for a list."""
        others = self.search_fetch(
            [("partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids)],
            ["partner_id", "company_id", "date", "balance"],
            order="date desc, id desc",
        )
        for rating in self:
            before = others.filtered(
                lambda other, rating=rating: (
                    other.partner_id == rating.partner_id
                    and other.company_id == rating.company_id
                    and (other.date, other.id) < (rating.date, rating._origin.id or other.id + 1)
                )
            )[:1]
            rating.previous_id = before
            if not before:
                rating.trend = "first"
            else:
                difference = rating.balance - before.balance
                rating.trend = "up" if difference > 0 else "down" if difference < 0 else "same"
