from odoo import api, fields, models
from odoo.exceptions import UserError

MARKS = [("1", "1 Poor"), ("2", "2 Fair"), ("3", "3 Sound"), ("4", "4 Good"), ("5", "5 Excellent")]


class CrmPartnerRating(models.Model):
    """How a customer deals with people and how well the business is run, as a manager saw it on a day.

    Ratings are kept: a new one is added, an earlier one stays as it was written.
    """

    _name = "crm.partner.rating"
    _description = "Rating of a Customer's Management"
    _order = "date desc, id desc"
    _rec_name = "date"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one("res.users", "Rated by", required=True, default=lambda self: self.env.user, readonly=True)
    conduct = fields.Selection(MARKS, "Dealing with People", required=True)
    management = fields.Selection(MARKS, "Business Management", required=True)
    note = fields.Text(required=True)

    @api.constrains("date")
    def _check_date(self):
        today = fields.Date.context_today(self)
        if any(rating.date > today for rating in self):
            raise UserError(self.env._("A rating cannot be dated in the future."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A rating stays as it was written; add a new one."))
