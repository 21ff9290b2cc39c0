"""What customers say, as metrics of the scorecards. Days are UTC days: start <= day < stop."""

from odoo import api, models
from odoo.tools import SQL


class CrmMetric(models.Model):
    _inherit = "crm.metric"

    @api.model
    def _voice_where(self, measure, company, start, stop):
        return SQL(
            "%s answer WHERE answer.company_id = %s AND answer.measure = %s AND answer.date >= %s AND answer.date < %s",
            self.env["crm.voice.answer"].sudo()._table_sql,
            company.id,
            measure,
            start,
            stop,
        )

    @api.model
    def _voice_company(self, value, measure, company, start, stop):
        """One row with the figure; none with fewer answers than the company needs."""
        return SQL(
            "SELECT NULL::int AS partner_id, %s AS value FROM %s HAVING COUNT(*) >= %s",
            value,
            self._voice_where(measure, company, start, stop),
            company.crm_voice_min_answers,
        )

    @api.model
    def _metric_voice_satisfaction(self, company, start, stop):
        """Mean of the customer's answers about satisfaction, on the scale 1-5."""
        return SQL(
            "SELECT answer.partner_id, AVG(answer.value) AS value FROM %s AND answer.partner_id IS NOT NULL GROUP BY 1",
            self._voice_where("satisfaction", company, start, stop),
        )

    @api.model
    def _metric_voice_complaints(self, company, start, stop):
        """Complaints of the customer; 0 for a customer who bought before and did not complain."""
        return SQL(
            """SELECT known.partner_id, COUNT(feedback.id) AS value
                 FROM (SELECT partner_id FROM crm_feedback WHERE company_id = %(company)s AND date < %(stop)s
                        UNION SELECT move.commercial_partner_id FROM account_move move WHERE %(sales)s) known
                 LEFT JOIN crm_feedback feedback ON feedback.partner_id = known.partner_id AND feedback.active
                      AND feedback.company_id = %(company)s AND feedback.kind = 'complaint'
                      AND feedback.date >= %(start)s AND feedback.date < %(stop)s
                WHERE known.partner_id IS NOT NULL GROUP BY known.partner_id""",
            company=company.id,
            start=start,
            stop=stop,
            sales=self._sales_where(company, None, stop),
        )

    @api.model
    def _metric_company_satisfaction(self, company, start, stop):
        """Mean of all answers about satisfaction, 1-5."""
        return self._voice_company(SQL("AVG(answer.value)"), "satisfaction", company, start, stop)

    @api.model
    def _metric_company_complaints_handled(self, company, start, stop):
        """Complaints handled in the month and answered by e-mail or letter."""
        return SQL(
            """SELECT NULL::int AS partner_id, COUNT(*) AS value FROM crm_feedback
                WHERE company_id = %s AND active AND kind = 'complaint' AND state = 'done'
                  AND reply_channel IN ('email', 'letter') AND date_handled >= %s AND date_handled < %s""",
            company.id,
            start,
            stop,
        )

    @api.model
    def _metric_company_brand_image(self, company, start, stop):
        """Mean of the answers about the brand image, 1-5."""
        return self._voice_company(SQL("AVG(answer.value)"), "brand", company, start, stop)

    @api.model
    def _metric_company_repurchase(self, company, start, stop):
        """Share of customers who would buy again (4 or 5), in percent."""
        return self._voice_company(SQL("AVG(answer.positive)"), "repurchase", company, start, stop)

    @api.model
    def _metric_company_greeted_by_name(self, company, start, stop):
        """Share of customers greeted by name at a touchpoint, in percent."""
        return self._voice_company(SQL("AVG(answer.positive)"), "named", company, start, stop)
