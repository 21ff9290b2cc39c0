from odoo import api, fields, models
from odoo.exceptions import UserError

PURPOSES = [
    ("use", "Own use"),
    ("resale", "Resale"),
    ("investment", "Investment"),
    ("collection", "Collection"),
    ("gift", "Gift"),
    ("other", "Other"),
]


class SaleOrder(models.Model):
    """What the customer buys for, and what earlier orders taught about the customer."""

    _inherit = "sale.order"

    crm_purpose = fields.Selection(PURPOSES, string="Purpose", help="What the goods are bought for.")
    crm_preference_ids = fields.Many2many(
        "crm.contact.preference", string="Preferences", compute="_compute_crm_preference_ids"
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid")
    def _compute_crm_preference_ids(self):
        preferences = self.env["crm.contact.preference"]
        found = {}
        if preferences.has_access("read"):
            domain = [("partner_id", "in", self.partner_id.commercial_partner_id.ids)]
            found = preferences.search(domain).grouped("partner_id")
        for order in self:
            mine = found.get(order.partner_id.commercial_partner_id, preferences)
            companies = (order.company_id, order.company_id.browse())
            order.crm_preference_ids = mine.filtered(lambda one, allowed=companies: one.company_id in allowed)

    @api.onchange("partner_id")
    def _onchange_partner_purpose(self):
        if usual := self.partner_id.commercial_partner_id.crm_purpose:
            self.crm_purpose = self.crm_purpose or usual

    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"]
        completed = []
        for vals in vals_list:
            customer = partners.browse(vals.get("partner_id") or False).commercial_partner_id
            usual = customer.crm_purpose if "crm_purpose" not in vals else False
            completed.append({**vals, "crm_purpose": usual} if usual else vals)
        return super().create(completed)

    def action_confirm(self):
        for order in self:
            customer = order.partner_id.commercial_partner_id
            if customer.relation_type == "competitor":
                raise UserError(
                    self.env._(
                        "%(partner)s is marked as a competitor: its orders cannot be confirmed. "
                        "Change its relation first.",
                        partner=customer.display_name,
                    )
                )
        return super().action_confirm()
