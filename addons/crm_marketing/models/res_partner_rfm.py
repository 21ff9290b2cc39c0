from odoo import api, fields, models
from odoo.fields import Domain

from .crm_rfm_score import GROUPS


class ResPartner(models.Model):
    """RFM scores of the current company, for domains of segments and lists; of the commercial partner."""

    _inherit = "res.partner"

    crm_rfm_cell = fields.Char(
        "RFM Cell", compute="_compute_crm_rfm", search="_search_crm_rfm_cell", help="R, F and M in fifths, e.g. 555."
    )
    crm_rfm_group = fields.Selection(
        GROUPS, "RFM Group", compute="_compute_crm_rfm", search="_search_crm_rfm_group", compute_sudo=False
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_crm_rfm(self):
        """One query for all; empty for who has not bought in the months that count, or may not be seen."""
        scores, found = self.env["crm.rfm.score"], {}
        if scores.has_access("read"):
            lines = scores.search_fetch(
                [("company_id", "=", self.env.company.id), ("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id", "cell", "rfm_group"],
            )
            found = {line.partner_id.id: line for line in lines}
        for partner in self:
            line = found.get(partner.commercial_partner_id.id, scores)
            partner.crm_rfm_cell = line.cell
            partner.crm_rfm_group = line.rfm_group

    @api.model
    def _search_crm_rfm_cell(self, operator, value):
        if operator not in ("in", "like", "ilike", "=like", "=ilike"):
            return NotImplemented
        return self._crm_rfm_domain("cell", operator, value)

    @api.model
    def _search_crm_rfm_group(self, operator, value):
        return self._crm_rfm_domain("rfm_group", operator, value) if operator == "in" else NotImplemented

    @api.model
    def _crm_rfm_domain(self, name, operator, value):
        scores = self.env["crm.rfm.score"]
        company = Domain("company_id", "=", self.env.company.id)

        def customers(domain):
            return Domain("commercial_partner_id", "in", scores._search(company & domain).subselect("partner_id"))

        if operator != "in":
            return customers(Domain(name, operator, value))
        domain = customers(Domain(name, "in", [item for item in value if item]))
        return domain | ~customers(Domain.TRUE) if not all(value) else domain
