from odoo import api, models
from odoo.tools import SQL


class CrmMetric(models.Model):
    _inherit = "crm.metric"

    @api.model
    def _metric_partner_sales(self, company, start, stop):
        """What partners reported to have sold to the customer in the period; no row without a report."""
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, SUM(line.amount) AS value
                 FROM crm_partner_transaction line JOIN res_partner partner ON partner.id = line.partner_id
                WHERE line.company_id = %s AND line.date >= %s AND line.date < %s
                GROUP BY partner.commercial_partner_id""",
            company.id,
            start,
            stop,
        )
