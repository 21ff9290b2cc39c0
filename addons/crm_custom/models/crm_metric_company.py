"""The queries behind the company metrics of this addon: one row, partner_id NULL, for one month."""

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.tools import SQL


class CrmMetric(models.Model):
    _inherit = "crm.metric"

    @api.model
    def _metric_company_revenue(self, company, start, stop):
        """Untaxed sales of the month, company currency."""
        return SQL(
            """SELECT NULL::int AS partner_id, COALESCE(SUM(move.amount_untaxed_signed), 0) AS value
                 FROM account_move move WHERE %s""",
            self._sales_where(company, start, stop),
        )

    @api.model
    def _metric_company_buyers(self, company, start, stop):
        """Customers with at least one invoice in the month."""
        return SQL(
            """SELECT NULL::int AS partner_id, COUNT(DISTINCT move.commercial_partner_id) AS value
                 FROM account_move move WHERE %s AND move.move_type <> 'out_refund'""",
            self._sales_where(company, start, stop),
        )

    @api.model
    def _metric_company_new_customers(self, company, start, stop):
        """Customers whose first invoice is of the month."""
        return SQL(
            """SELECT NULL::int AS partner_id, COUNT(*) AS value
                 FROM (SELECT 1 FROM account_move move WHERE %s AND move.move_type <> 'out_refund'
                        GROUP BY move.commercial_partner_id HAVING MIN(move.invoice_date) >= %s) first""",
            self._sales_where(company, None, stop),
            start,
        )

    @api.model
    def _metric_company_margin(self, company, start, stop):
        """(sales - cost) / sales of the month in percent, over the invoice lines whose cost is known."""
        return SQL(
            """SELECT NULL::int AS partner_id, (SUM(sales) - SUM(cost)) / NULLIF(SUM(sales), 0) * 100 AS value
                 FROM (%s) lines WHERE cost IS NOT NULL""",
            self._margin_lines(company, start, stop),
        )

    @api.model
    def _metric_company_collected(self, company, start, stop):
        """Money received from customers in the month less money refunded, company currency."""
        return SQL(
            """SELECT NULL::int AS partner_id, COALESCE(SUM(amount), 0) AS value FROM %s collection
                WHERE company_id = %s AND date >= %s AND date < %s""",
            self.env["crm.collection"].sudo()._table_sql,
            company.id,
            start,
            stop,
        )

    @api.model
    def _metric_company_overdue_share(self, company, start, stop):
        """Open receivables that are past due at the end of the month, in percent of all open receivables."""
        last = stop - relativedelta(days=1)
        return SQL(
            """SELECT NULL::int AS partner_id,
                      100 * COALESCE(SUM(residual) FILTER (WHERE days_overdue > 0), 0) / NULLIF(SUM(residual), 0)
                      AS value
                 FROM %s item WHERE company_id = %s""",
            self.env["crm.open.item"].sudo().with_context(as_of=last)._table_sql,
            company.id,
        )
