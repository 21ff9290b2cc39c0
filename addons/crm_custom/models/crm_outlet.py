from odoo import api, fields, models


class CrmOutlet(models.Model):
    """A shop or counter of a dealer that sells our goods."""

    _name = "crm.outlet"
    _inherit = ["mail.thread"]
    _description = "Dealer Outlet"
    _order = "partner_id, opened_on, id"

    name = fields.Char(required=True)
    partner_id = fields.Many2one(
        "res.partner", string="Dealer", required=True, index=True, domain="[('parent_id', '=', False)]"
    )
    user_id = fields.Many2one(related="partner_id.user_id")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection([("shop", "Shop"), ("counter", "Counter"), ("online", "Online shop")], default="shop")
    city = fields.Char()
    opened_on = fields.Date(string="Opened", required=True, default=fields.Date.context_today, tracking=True)
    closed_on = fields.Date(string="Closed", tracking=True)
    outlets = fields.Integer(compute="_compute_outlets", store=True)
    year_ids = fields.One2many("crm.outlet.year", "outlet_id", string="Years", copy=False)

    _check_dates = models.Constraint(
        "CHECK (closed_on IS NULL OR closed_on >= opened_on)", "An outlet cannot close before it opened."
    )

    @api.depends("closed_on")
    def _compute_outlets(self):
        """1 while it is open, so that reports count what there is."""
        for outlet in self:
            outlet.outlets = 0 if outlet.closed_on else 1
