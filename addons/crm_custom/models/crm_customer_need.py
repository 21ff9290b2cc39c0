from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmCustomerNeed(models.Model):
    """What a customer needs, how urgent it is and until when; with or without an offer from us.

    Offered: a quotation or order that is not cancelled is linked. A cancelled quotation is no offer any more.
    """

    _name = "crm.customer.need"
    _description = "Customer Need"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "priority desc, date_needed, id"
    _check_company_auto = True

    name = fields.Char(string="Need", required=True, tracking=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, ondelete="cascade", index=True)
    contact_id = fields.Many2one(
        "res.partner", domain="[('commercial_partner_id', '=', partner_id), ('is_company', '=', False)]"
    )
    categ_id = fields.Many2one("product.category", string="Kind of goods", index="btree_not_null")
    description = fields.Html()
    priority = fields.Selection(
        [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")], default="1", required=True, tracking=True
    )
    date = fields.Date(string="Recorded on", required=True, default=fields.Date.context_today)
    date_needed = fields.Date(string="Needed by", tracking=True)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", default=lambda self: self.env.user, tracking=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    amount = fields.Monetary(string="Estimated value")
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_id = fields.Many2one(
        "sale.order",
        string="Offer",
        check_company=True,
        index="btree_not_null",
        tracking=True,
        domain="[('partner_id', 'child_of', partner_id), ('state', '!=', 'cancel')]",
    )
    lead_id = fields.Many2one("crm.lead", string="Opportunity", check_company=True, index="btree_not_null")
    has_offer = fields.Boolean(compute="_compute_has_offer", search="_search_has_offer")
    state = fields.Selection(
        [("open", "Open"), ("met", "Met"), ("dropped", "Dropped")], default="open", required=True, tracking=True
    )

    @api.depends("order_id.state")
    def _compute_has_offer(self):
        for need in self:
            order = need.sudo().order_id
            need.has_offer = bool(order) and order.state != "cancel"

    @api.model
    def _search_has_offer(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("order_id", "any!", [("state", "!=", "cancel")])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if partner := self.env["res.partner"].browse(vals.get("partner_id") or False):
                vals["partner_id"] = partner.commercial_partner_id.id
                if partner != partner.commercial_partner_id and not partner.is_company:
                    vals.setdefault("contact_id", partner.id)
        return super().create(vals_list)

    def action_offer(self):
        """A quotation for the need; it counts as offered from then on."""
        self.ensure_one()
        if self.has_offer:
            return self.order_id.get_formview_action()
        if self.state != "open":
            raise UserError(self.env._("This need is closed. Open it again before you make an offer."))
        self.order_id = self.env["sale.order"].create(
            {
                "partner_id": (self.contact_id or self.partner_id).id,
                "company_id": self.company_id.id,
                "user_id": self.user_id.id,
                "opportunity_id": self.lead_id.id,
                "client_order_ref": self.name,
            }
        )
        return self.order_id.get_formview_action()

    def action_met(self):
        self.state = "met"

    def action_drop(self):
        self.state = "dropped"

    def action_reopen(self):
        self.state = "open"
