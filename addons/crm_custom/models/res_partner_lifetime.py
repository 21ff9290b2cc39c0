from odoo import api, fields, models


class ResPartner(models.Model):
    """Lifetime value on the customer, of the current company."""

    _inherit = "res.partner"

    crm_lifetime_id = fields.Many2one(
        "crm.lifetime.value", string="Lifetime value record", compute="_compute_crm_lifetime", compute_sudo=True
    )
    crm_lifetime_realised = fields.Monetary(
        string="Value realised",
        currency_field="crm_currency_id",
        compute="_compute_crm_lifetime",
        compute_sudo=True,
        help="Margin to date, in proportion to what has been paid.",
    )
    crm_lifetime_expected = fields.Monetary(
        string="Value expected",
        currency_field="crm_currency_id",
        compute="_compute_crm_lifetime",
        compute_sudo=True,
        search="_search_crm_lifetime_expected",
        help="Discounted margin of the purchases that are expected; 0 also when there are not enough data.",
    )
    crm_lifetime_reason = fields.Char(string="Why this value", compute="_compute_crm_lifetime", compute_sudo=True)

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang", "uid")
    def _compute_crm_lifetime(self):
        """Empty for customers whose value the user may not read."""
        readable, values = self.env["crm.lifetime.value"].with_user(self.env.user), {}
        if readable.has_access("read"):
            found = readable.search_fetch(
                [("company_id", "=", self.env.company.id), ("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
            )
            values = {value.partner_id.id: value for value in found.sudo()}
        nothing = self.env["crm.lifetime.value"]
        for partner in self:
            value = values.get(partner.commercial_partner_id.id, nothing)
            partner.crm_lifetime_id = value
            partner.crm_lifetime_realised = value.realised
            partner.crm_lifetime_expected = value.expected
            partner.crm_lifetime_reason = value.reason if value else False

    @api.model
    def _search_crm_lifetime_expected(self, operator, value):
        if operator not in ("<", "<=", ">", ">=", "in"):
            return NotImplemented
        found = self.env["crm.lifetime.value"]._search(
            [("company_id", "=", self.env.company.id), ("state", "!=", "no_data"), ("expected", operator, value)]
        )
        return [("commercial_partner_id", "in", found.subselect("partner_id"))]

    def action_crm_lifetime(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_lifetime_value_action")
        return action | {"domain": [("partner_id", "=", self.commercial_partner_id.id)], "context": {}}
