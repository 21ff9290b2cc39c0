from odoo import api, fields, models
from odoo.fields import Domain

from .crm_customer_research import QUADRANTS

NAMES = {
    "crm_research_score": "score",
    "crm_research_wallet": "wallet_share",
    "crm_research_repurchase": "repurchase",
    "crm_research_attitude": "attitude",
    "crm_research_quadrant": "quadrant",
}


class ResPartner(models.Model):
    """Newest survey values of the customer in the current company, for domains of segments."""

    _inherit = "res.partner"

    crm_research_score = fields.Float(
        "Survey Score", compute="_compute_crm_research", search="_search_crm_research_score", digits=(5, 1)
    )
    crm_research_wallet = fields.Float(
        "Wallet Share Asked %", compute="_compute_crm_research", search="_search_crm_research_wallet", digits=(5, 1)
    )
    crm_research_repurchase = fields.Integer(
        "Intention to Buy again", compute="_compute_crm_research", search="_search_crm_research_repurchase"
    )
    crm_research_attitude = fields.Integer(
        "Attitude Asked", compute="_compute_crm_research", search="_search_crm_research_attitude"
    )
    crm_research_quadrant = fields.Selection(
        QUADRANTS,
        "Says and Buys",
        compute="_compute_crm_research",
        search="_search_crm_research_quadrant",
        help="Survey score against sales of twelve months.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_crm_research(self):
        profiles, found = self.env["crm.research.profile"], {}
        if profiles.has_access("read"):
            rows = profiles.search(
                [("company_id", "=", self.env.company.id), ("partner_id", "in", self.commercial_partner_id.ids)]
            )
            found = {row.partner_id.id: row for row in rows}
        for partner in self:
            row = found.get(partner.commercial_partner_id.id, profiles)
            for name, source in NAMES.items():
                partner[name] = row[source] if row else False

    @api.model
    def _crm_research_domain(self, name, operator, value):
        if operator not in ("in", "<", "<=", ">", ">="):
            return NotImplemented
        domain = Domain("company_id", "=", self.env.company.id) & Domain(name, operator, value)
        if name not in ("score", "quadrant"):
            domain &= Domain(name, ">=", 0)
        found = self.env["crm.research.profile"]._search(domain)
        return Domain("commercial_partner_id", "in", found.subselect("partner_id"))

    @api.model
    def _search_crm_research_score(self, operator, value):
        return self._crm_research_domain("score", operator, value)

    @api.model
    def _search_crm_research_wallet(self, operator, value):
        return self._crm_research_domain("wallet_share", operator, value)

    @api.model
    def _search_crm_research_repurchase(self, operator, value):
        return self._crm_research_domain("repurchase", operator, value)

    @api.model
    def _search_crm_research_attitude(self, operator, value):
        return self._crm_research_domain("attitude", operator, value)

    @api.model
    def _search_crm_research_quadrant(self, operator, value):
        return self._crm_research_domain("quadrant", operator, value)
