from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLifetimeValue(models.Model):
    """What a customer has brought and is expected to bring; satellite of res.partner, written by crm.lifetime.model."""

    _name = "crm.lifetime.value"
    _description = "Customer Lifetime Value"
    _order = "total desc, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    model_id = fields.Many2one("crm.lifetime.model", readonly=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one(related="partner_id.user_id")
    customer_class = fields.Selection(related="partner_id.customer_class", string="Class")
    date = fields.Date(string="Computed for", readonly=True)
    state = fields.Selection(
        [("ok", "Expected"), ("simple", "Simple estimate"), ("no_data", "Not enough data")],
        readonly=True,
        default="no_data",
    )
    purchases = fields.Integer(readonly=True, help="Days with an invoice.")
    first_date = fields.Date(string="First purchase", readonly=True)
    last_date = fields.Date(string="Last purchase", readonly=True)
    alive = fields.Float(
        string="Still buying %",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Probability that the customer has not left. 100 after a single purchase: the model lets nobody leave "
        "before the second.",
    )
    expected_purchases = fields.Float(digits=(8, 2), readonly=True, help="In the months that the value covers.")
    mean_margin = fields.Monetary(string="Margin a purchase", readonly=True, aggregator="avg")
    realised = fields.Monetary(
        readonly=True, help="Margin to date: sales less cost of goods, in proportion to what has been paid."
    )
    expected = fields.Monetary(
        readonly=True, help="Expected purchases times expected margin, discounted monthly. 0 without enough data."
    )
    total = fields.Monetary(string="Lifetime value", readonly=True, help="Realised and expected.")
    rank = fields.Integer(readonly=True, aggregator="min")
    reason = fields.Char(string="Why", compute="_compute_reason")

    _partner_unique = models.UniqueIndex("(partner_id, company_id)", "A customer has one value in each company.")
    _company_idx = models.Index("(company_id, total)")

    @api.depends("state", "expected", "expected_purchases")
    @api.depends_context("lang")
    def _compute_reason(self):
        for value in self:
            if value.state == "no_data":
                value.reason = self.env._(
                    "Not enough data for an expectation: at least 30 customers and 10 repeat buyers are needed."
                )
                continue
            reason = self.env._(
                "%(count).1f purchases of %(amount)s expected in %(months)s months after %(known)s so far; "
                "%(alive).0f %% likely to buy again; %(rate).1f %% discount a year",
                count=value.expected_purchases,
                amount=value.currency_id.format(value.mean_margin),
                months=value.model_id.sudo().months,
                known=value.purchases,
                alive=value.alive,
                rate=value.model_id.sudo().yearly_rate,
            )
            if value.state == "simple":
                reason = self.env._("Simple estimate, under 200 customers: %(reason)s", reason=reason)
            value.reason = reason

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_open_model(self):
        """How the values were made and how good they are: the model of the present company."""
        model = self.env["crm.lifetime.model"].search([("company_id", "=", self.env.company.id)], limit=1)
        if not model:
            raise UserError(self.env._("No values computed yet in this company."))
        return model._get_records_action(name=self.env._("How the Values Are Made"))

    def action_compute_now(self):
        """A manager's button above the list."""
        return self.env["crm.lifetime.model"].action_compute_now()
