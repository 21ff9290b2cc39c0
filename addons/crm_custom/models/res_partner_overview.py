from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Facts of a customer for lists: people, tickets, potential; VIPs; needs and preferences of the profile page."""

    _inherit = "res.partner"

    crm_is_vip = fields.Boolean(
        string="VIP", compute="_compute_crm_is_vip", search="_search_crm_is_vip", help="Special customer or class A."
    )
    crm_people_count = fields.Integer(string="People", compute="_compute_crm_people_count")
    crm_ticket_open_count = fields.Integer(string="Open tickets", compute="_compute_crm_ticket_open_count")
    crm_potential = fields.Monetary(
        string="Potential",
        currency_field="crm_currency_id",
        compute="_compute_crm_potential",
        compute_sudo=True,
        help="Expected revenue of the open opportunities.",
    )
    crm_deal_count = fields.Integer(string="Open deals", compute="_compute_crm_potential", compute_sudo=True)
    crm_need_ids = fields.One2many("crm.customer.need", "partner_id", string="Needs")
    crm_preference_ids = fields.One2many("crm.contact.preference", "partner_id", string="Preferences")

    @api.depends("commercial_partner_id.is_special", "customer_class")
    def _compute_crm_is_vip(self):
        for partner in self:
            partner.crm_is_vip = partner.commercial_partner_id.is_special or partner.customer_class == "a"

    @api.model
    def _search_crm_is_vip(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("commercial_partner_id.is_special", "=", True) | Domain("customer_class", "=", "a")

    @api.depends("commercial_partner_id.child_ids")
    def _compute_crm_people_count(self):
        counts = dict(
            self._read_group(
                [
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                    ("is_company", "=", False),
                    ("type", "=", "contact"),
                ],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            customer = partner.commercial_partner_id
            # An individual is the customer, not a person of the customer.
            partner.crm_people_count = counts.get(customer, 0) - (not customer.is_company)

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_crm_ticket_open_count(self):
        counts = self._crm_open_ticket_counts()
        for partner in self:
            partner.crm_ticket_open_count = counts.get(partner.commercial_partner_id.id, 0)

    def _crm_open_ticket_counts(self):
        """{commercial partner's id: open tickets that the user may see}; filled by the addon that knows tickets."""
        return {}

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_crm_potential(self):
        """Opportunities neither won nor lost, in the company's currency, of customers the user may see."""
        visible, found = self._crm_visible_customers(), {}
        if visible:
            groups = self.env["crm.lead"]._read_group(
                [
                    ("partner_id.commercial_partner_id", "in", visible.ids),
                    ("type", "=", "opportunity"),
                    ("won_status", "=", "pending"),
                    ("company_id", "in", [self.env.company.id, False]),
                ],
                ["partner_id"],
                ["expected_revenue:sum", "__count"],
            )
            for partner, amount, count in groups:
                total, number = found.get(partner.commercial_partner_id.id, (0.0, 0))
                found[partner.commercial_partner_id.id] = total + amount, number + count
        for partner in self:
            partner.crm_potential, partner.crm_deal_count = found.get(partner.commercial_partner_id.id, (0.0, 0))

    def action_crm_needs(self):
        return self._crm_action(
            self.env._("Needs"),
            "crm.customer.need",
            [("partner_id", "=", self.commercial_partner_id.id)],
            ("list", "form"),
            {"create": True, "default_partner_id": self.commercial_partner_id.id},
        )

    def action_crm_learn(self):
        """Learn preferences from this customer's orders now."""
        self.ensure_one()
        self.check_access("write")
        customer = self.commercial_partner_id
        self.env["crm.contact.preference"].sudo()._learn(self.env.company, fields.Date.today(), customer)
        return True
