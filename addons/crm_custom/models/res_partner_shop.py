from odoo import fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_portal_shop = fields.Boolean(
        string="Orders in the portal",
        tracking=True,
        help="People of this customer who have portal access see the catalogue at their own prices and order there.",
        prefetch="crm",
    )

    def _end_customer_domain(self):
        """Whom a dealer may name as end customer: own addresses and contacts, and customers supplied through it."""
        dealer = self.commercial_partner_id
        own = Domain("id", "child_of", dealer.id) & Domain("id", "!=", dealer.id)
        return own | Domain("channel_parent_id", "=", dealer.id)
