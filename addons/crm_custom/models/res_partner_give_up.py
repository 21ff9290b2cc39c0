from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Customers that are given up leave campaigns and visit plans."""

    _inherit = "res.partner"

    crm_given_up = fields.Boolean(
        string="Given up",
        compute="_compute_crm_given_up",
        compute_sudo=True,
        search="_search_crm_given_up",
        help="On the approved give-up list of this company: left out of campaigns and visit plans.",
    )

    @api.model
    def _given_up_customers(self):
        """Query of the commercial partners that are given up in the current company."""
        return (
            self.env["crm.give.up"]
            .sudo()
            ._search([("company_id", "=", self.env.company.id), ("state", "=", "approved")])
            .subselect("partner_id")
        )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_crm_given_up(self):
        lines = self.env["crm.give.up"].search_fetch(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "=", "approved"),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ],
            ["partner_id"],
        )
        for partner in self:
            partner.crm_given_up = partner.commercial_partner_id in lines.partner_id

    @api.model
    def _search_crm_given_up(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = Domain("commercial_partner_id", "in", self._given_up_customers())
        domains = [found if item else ~found for item in set(value)]
        return Domain.OR(domains)

    @api.model
    def _crm_no_campaign_domain(self):
        return super()._crm_no_campaign_domain() | Domain("crm_given_up", "=", True)
