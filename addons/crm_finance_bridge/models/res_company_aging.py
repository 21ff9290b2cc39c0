from odoo import api, fields, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_aging_concentration = fields.Float(
        "Concentration Above",
        default=10.0,
        digits=(5, 2),
        help="Percent of all receivables; customers above it are highlighted. 0 = nobody",
        prefetch="crm",
    )
    crm_aging_max_days = fields.Integer(
        "Too Old After",
        default=90,
        help="Days past due of the oldest open item, for customers without allowed days in their credit terms. "
        "0 = never",
        prefetch="crm",
    )
    crm_kpi_days = fields.Integer(
        "KPI Window", default=90, help="Days of sales that DSO and CEI look at.", prefetch="crm"
    )

    _crm_aging_settings = models.Constraint(
        "CHECK (crm_aging_concentration BETWEEN 0 AND 100 AND crm_aging_max_days >= 0 AND crm_kpi_days > 0)",
        "Concentration is 0 to 100 %, days are not negative, and the KPI window has at least one day.",
    )

    @api.model
    @ormcache()
    def _crm_company_ids(self):
        """All companies; creating one empties the cache."""
        return tuple(self.sudo().with_context(active_test=False).search([]).ids)

    @api.model
    @ormcache("root_ids")
    def _crm_entity_ids(self, root_ids):
        """The companies of these legal entities (a tuple of root companies), branches included."""
        return tuple(self.sudo().with_context(active_test=False).search([("id", "child_of", root_ids)]).ids)
