from odoo import api, fields, models

CHANNELS = [
    ("direct", "Direct"),
    ("counter", "Counter"),
    ("online", "Online"),
    ("indirect", "Indirect"),
]
# Customers who sell on.
INDIRECT_ROLES = {"agent", "distributor", "franchisee"}
SOURCES = [
    ("similar", "Similar customers"),
    ("pair", "Bought together"),
    ("upsell", "Higher tier"),
    ("need", "Stated requirement"),
]


class SaleOrder(models.Model):
    """Through which channel the order came, who the goods are for in the end, and when the enquiry was answered."""

    _inherit = "sale.order"

    crm_channel = fields.Selection(
        CHANNELS,
        string="Sales Channel",
        compute="_compute_crm_channel",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Online: placed in the portal. Indirect: the customer sells on. Else the sales team's, or direct.",
    )
    end_customer_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="Who gets the goods from the dealer that orders them.",
    )
    crm_answered_on = fields.Datetime(
        string="Answered on", readonly=True, copy=False, help="When the quotation was first sent or confirmed."
    )

    @api.depends("partner_id", "team_id")
    def _compute_crm_channel(self):
        for order in self:
            if order.crm_channel == "online":
                continue
            if order.partner_id.commercial_partner_id.customer_role in INDIRECT_ROLES:
                order.crm_channel = "indirect"
            else:
                order.crm_channel = order.team_id.crm_channel or "direct"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._note_answer()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("sent", "sale"):
            self._note_answer()
        return result

    def _note_answer(self):
        """Keep the moment in which the quotation first left the drafts."""
        answered = self.filtered(lambda order: order.state in ("sent", "sale") and not order.crm_answered_on)
        if answered:
            answered.crm_answered_on = fields.Datetime.now()
