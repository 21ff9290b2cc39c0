from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyCard(models.Model):
    """Who recruited the member, and since when: Odoo's card of a loyalty program is the membership."""

    _inherit = "loyalty.card"

    crm_recruiter_id = fields.Many2one(
        "res.users",
        "Recruited by",
        tracking=True,
        index="btree_not_null",
        help="Who enrolled the member; of a card made by an order, its salesperson.",
    )
    crm_member_since = fields.Date("Member Since", default=fields.Date.context_today, tracking=True)

    def _init_column(self, column_name):
        """Cards that were there before this addon: members since they were made, not since it was installed."""
        if column_name != "crm_member_since":
            return super()._init_column(column_name)
        self.env.cr.execute(SQL("UPDATE loyalty_card SET crm_member_since = create_date::date"))
        return None

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"].sudo().browse({vals.get("order_id") for vals in vals_list} - {None, False})
        sellers = {order.id: order.user_id.id for order in orders}
        for vals in vals_list:
            if "crm_recruiter_id" not in vals:
                vals["crm_recruiter_id"] = sellers.get(vals.get("order_id")) or self._recruiting_user().id
        return super().create(vals_list)

    @api.model
    def _recruiting_user(self):
        """The person at the keyboard, if it is one of the staff."""
        user = self.env.user
        return user if user._is_internal() and not user._is_superuser() else user.browse()
