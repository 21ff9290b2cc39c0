from odoo import api, fields, models


class ResPartner(models.Model):
    """Wallet share: how much of what the customer spends on our kind of goods it spends with us."""

    _inherit = "res.partner"

    estimated_spend = fields.Monetary(
        string="Estimated spend a year",
        currency_field="crm_currency_id",
        tracking=True,
        help="What the customer spends in a year on goods that we could sell, with us and with others.",
        prefetch="crm",
    )
    crm_annual_sales = fields.Monetary(
        string="Sales of 12 months", currency_field="crm_currency_id", compute="_compute_wallet", compute_sudo=True
    )
    wallet_share = fields.Float(
        string="Wallet share %",
        digits=(6, 1),
        compute="_compute_wallet",
        compute_sudo=True,
        help="Invoiced sales of twelve months / estimated spend. 0 without an estimate.",
    )

    @api.depends("commercial_partner_id", "estimated_spend")
    @api.depends_context("company", "uid")
    def _compute_wallet(self):
        """Sales of the newest scorecard, in the current company, for customers whose money the user may see."""
        visible = self._crm_visible_customers()
        cards = self.env["crm.scorecard"].search_fetch(
            [
                ("company_id", "=", self.env.company.id),
                ("is_latest", "=", True),
                ("partner_id", "in", visible.ids),
            ],
            ["partner_id", "revenue"],
        )
        sales = {card.partner_id: card.revenue for card in cards}
        for partner in self:
            customer = partner.commercial_partner_id
            partner.crm_annual_sales = sales.get(customer, 0.0)
            spend = customer.estimated_spend
            partner.wallet_share = 100 * partner.crm_annual_sales / spend if spend else 0.0
