"""Loyalty membership as metrics of the company's scorecard (KPI 1 to 3). Days are UTC days: start <= day < stop."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL


class CrmMetric(models.Model):
    _inherit = "crm.metric"

    @api.model
    def _metric_loyalty_new(self, company, start, stop):
        """Members who joined in the period."""
        return (
            self.env["crm.loyalty.member"].sudo()._count_query(company, stop, SQL("card.crm_member_since >= %s", start))
        )

    @api.model
    def _metric_loyalty_active(self, company, start, stop):
        """Members who ordered, earned or used points within the company's days before the end of the period."""
        members = self.env["crm.loyalty.member"].sudo()
        return members._count_query(
            company,
            stop,
            SQL(
                "card.id IN (SELECT card_id FROM (%s) activity WHERE date >= %s AND date < %s)",
                members._activity(company),
                stop - timedelta(days=company.crm_loyalty_active_days),
                stop,
            ),
        )

    @api.model
    def _metric_loyalty_mail(self, company, start, stop):
        """Members with a valid address that may be written to, as it is today."""
        members = self.env["crm.loyalty.member"].sudo()
        return members._count_query(company, stop, SQL("%s = 'valid'", members._mail_state(company)))

    @api.model
    def _metric_loyalty_mail_share(self, company, start, stop):
        """The same in percent of all members; no row without a member: not enough data."""
        members = self.env["crm.loyalty.member"].sudo()
        share = SQL("AVG(CASE WHEN %s = 'valid' THEN 100.0 ELSE 0 END)::float", members._mail_state(company))
        return SQL("%s HAVING COUNT(*) > 0", members._count_query(company, stop, SQL("TRUE"), share))
