from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .voice_selections import TOUCHPOINTS


class CrmTouchRating(models.Model):
    """What a customer said at a touchpoint, written down by staff: a rating and whether we knew the name."""

    _name = "crm.touch.rating"
    _description = "Rating at a Touchpoint"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    contact_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade", check_company=True)
    partner_id = fields.Many2one(
        related="contact_id.commercial_partner_id", store=True, precompute=True, index=True, string="Customer"
    )
    user_id = fields.Many2one("res.users", "Noted by", required=True, default=lambda self: self.env.user)
    touchpoint = fields.Selection(TOUCHPOINTS, required=True)
    product_id = fields.Many2one("product.product", check_company=True, index="btree_not_null")
    rating = fields.Integer("Rating 1-5", aggregator="avg", help="What the customer said; 0: not said.")
    named = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")], "Greeted by Name", required=True, default="unknown"
    )
    note = fields.Char()

    _check_rating = models.Constraint("CHECK (rating BETWEEN 0 AND 5)", "A rating lies between 1 and 5.")

    @api.constrains("rating", "named")
    def _check_said(self):
        if any(not touch.rating and touch.named == "unknown" for touch in self):
            raise ValidationError(self.env._("Enter a rating or whether the customer was greeted by name."))
