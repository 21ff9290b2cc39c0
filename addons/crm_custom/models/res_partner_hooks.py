from odoo import api, fields, models


class ResPartner(models.Model):
    """Two hooks between addons that do not know each other.

    `_crm_instructions`: sentences on how a customer is to be served, shown on order, visit and ticket.
    `_crm_live_facts`: figures of a customer that segments can ask for, as they are now.
    """

    _inherit = "res.partner"

    crm_instructions = fields.Text(
        "How to Serve", compute="_compute_crm_instructions", help="What the strategy for this customer asks of you."
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_crm_instructions(self):
        found = self._crm_instructions(self.env.company)
        for partner in self:
            partner.crm_instructions = "\n".join(found.get(partner.id, [])) or False

    def _crm_instructions(self, company):
        """{partner id: [sentence]} for these partners; an addon adds its own, set-based."""
        return {}

    @api.model
    def _crm_live_facts(self, company):
        """{code: (label, query of partner_id and value)}: commercial partners, one row each, numbers as of now."""
        return {}
