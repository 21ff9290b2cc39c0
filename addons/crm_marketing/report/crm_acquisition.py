from odoo import api, models
from odoo.tools import SQL


class CrmAcquisition(models.Model):
    _inherit = "crm.acquisition"

    @api.model
    def _cost_query(self):
        """Posted campaign costs: what winning the customers of a campaign has cost."""
        return SQL(
            "SELECT campaign_id, company_id, SUM(amount) AS cost FROM %s cost GROUP BY campaign_id, company_id",
            self.env["crm.campaign.cost"].sudo()._table_sql,
        )
