from odoo import api, fields, models

CHANNELS = [
    ("direct", "Direct"),
    ("agent", "Agent"),
    ("franchisee", "Franchisee"),
    ("distributor", "Distributor"),
    ("online", "Online"),
]


class CrmLead(models.Model):
    """Where a deal comes from: sales channel, partner involved, and the customer who referred it."""

    _inherit = "crm.lead"

    sales_channel = fields.Selection(
        CHANNELS,
        compute="_compute_sales_channel",
        store=True,
        precompute=True,
        readonly=False,
        help="Proposed from the customer's role.",
    )
    involved_partner_id = fields.Many2one(
        "res.partner",
        string="Partner involved",
        index="btree_not_null",
        ondelete="set null",
        help="Agent, distributor or other partner who works on the deal with you.",
    )
    referrer_id = fields.Many2one(
        "res.partner",
        string="Referring customer",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        help="The customer who recommended you to this prospect.",
    )

    @api.depends("partner_id")
    def _compute_sales_channel(self):
        for lead in self:
            role = lead.partner_id.commercial_partner_id.customer_role
            lead.sales_channel = role or lead.sales_channel or False

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "sales_channel", "involved_partner_id", "referrer_id"]
