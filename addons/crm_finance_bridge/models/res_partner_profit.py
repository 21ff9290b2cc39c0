from odoo import api, fields, models

from ..tools.profit import ADMINISTRATION, MARKETING, PURCHASES

SEE = "account.group_account_readonly,account.group_account_invoice,sales_team.group_sale_manager"
SUMS = ("sales", "marketing", "administration", "marginal", "net")


class ResPartner(models.Model):
    """What the customer brought since the beginning, at the current company, in its currency."""

    _inherit = "res.partner"

    # Not stored: read from crm.customer.profit when the page is opened.
    crm_profit_currency_id = fields.Many2one("res.currency", compute="_compute_crm_profit", groups=SEE)
    crm_life_sales = fields.Monetary(
        "Lifetime Purchases",
        compute="_compute_crm_profit",
        currency_field="crm_profit_currency_id",
        groups=SEE,
        help="Untaxed, less discounts and credit notes.",
    )
    crm_life_marketing = fields.Monetary(
        "Marketing Cost",
        compute="_compute_crm_profit",
        currency_field="crm_profit_currency_id",
        groups=SEE,
        help="Contacts and visits, commission, campaigns.",
    )
    crm_life_administration = fields.Monetary(
        "Administration Cost",
        compute="_compute_crm_profit",
        currency_field="crm_profit_currency_id",
        groups=SEE,
        help="Deliveries, service, expenses, cost of credit, bad debt and share of overhead.",
    )
    crm_life_result = fields.Monetary(
        "Lifetime Profitability",
        compute="_compute_crm_profit",
        currency_field="crm_profit_currency_id",
        groups=SEE,
        help="Purchases less marketing and administration cost; the goods are not in it.",
    )
    crm_life_gross = fields.Monetary(
        "Gross Margin",
        compute="_compute_crm_profit",
        currency_field="crm_profit_currency_id",
        groups=SEE,
        help="Purchases less cost of goods.",
    )
    crm_life_net = fields.Monetary(
        "Net Profit",
        compute="_compute_crm_profit",
        currency_field="crm_profit_currency_id",
        groups=SEE,
        help="Gross margin less all costs of the customer.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_crm_profit(self):
        company = self.env.company
        groups = self.env["crm.customer.profit"]._read_group(
            [("partner_id", "in", self.commercial_partner_id._origin.ids), ("company_id", "=", company.id)],
            ["partner_id"],
            [f"{name}:sum" for name in SUMS],
        )
        found = {partner.id: dict(zip(SUMS, sums, strict=True)) for partner, *sums in groups}
        for partner in self:
            row = found.get(partner.commercial_partner_id._origin.id, dict.fromkeys(SUMS, 0.0))
            partner.crm_profit_currency_id = company.currency_id
            partner.crm_life_sales = row["sales"]
            partner.crm_life_marketing = row["marketing"]
            partner.crm_life_administration = row["administration"]
            partner.crm_life_result = row["sales"] - row["marketing"] - row["administration"]
            partner.crm_life_gross = row["marginal"]
            partner.crm_life_net = row["net"]

    # === ACTIONS === #

    def action_crm_profit(self):
        """The customer's profit on a page of its own."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Profit"),
            "res_model": "res.partner",
            "res_id": self.commercial_partner_id.id,
            "views": [(self.env.ref("crm_finance_bridge.view_partner_form_profit").id, "form")],
        }

    def _crm_profit_entries(self, name, parts=None):
        self.ensure_one()
        domain = [("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.env.company.id)]
        if parts:
            parts = (*parts, "withheld") if "commission" in parts else parts
            domain.append(("part", "in", parts))
        return self.env["crm.profit.entry"]._entries_action(domain, name)

    def action_crm_life_sales(self):
        return self._crm_profit_entries(self.env._("Lifetime Purchases"), PURCHASES)

    def action_crm_life_marketing(self):
        return self._crm_profit_entries(self.env._("Marketing Cost"), MARKETING)

    def action_crm_life_administration(self):
        return self._crm_profit_entries(self.env._("Administration Cost"), ADMINISTRATION)

    def action_crm_life_result(self):
        parts = (*PURCHASES, *MARKETING, *ADMINISTRATION)
        return self._crm_profit_entries(self.env._("Lifetime Profitability"), parts)

    def action_crm_life_gross(self):
        return self._crm_profit_entries(self.env._("Gross Margin"), (*PURCHASES, "goods"))

    def action_crm_life_net(self):
        return self._crm_profit_entries(self.env._("Net Profit"))
