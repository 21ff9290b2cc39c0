from odoo import api, models
from odoo.tools import SQL


class CrmMetric(models.Model):
    """Campaigns on the company's scorecard."""

    _inherit = "crm.metric"

    @api.model
    def _metric_campaign_days(self, company, start, stop):
        """Average days from approval to first delivery, over campaigns first delivered in the period."""
        return SQL(
            """SELECT NULL::int AS partner_id, AVG(days)::float AS value FROM %(fact)s fact
                WHERE (company_id = %(company)s OR company_id IS NULL)
                  AND first_delivery >= %(start)s AND first_delivery < %(stop)s
               HAVING COUNT(days) > 0""",
            fact=self.env["crm.campaign.speed"].sudo()._table_sql,
            company=company.id,
            start=start,
            stop=stop,
        )
