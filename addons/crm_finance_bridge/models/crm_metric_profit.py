"""Profit on the company's scorecard: shares of known customers and partners, margin a deal, sales a salesperson.

Gross profit = sales less cost of the invoice lines whose cost is known (`_margin_lines`), company currency.
"""

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.tools import SQL

INDIRECT = ("agent", "distributor", "franchisee")


class CrmMetric(models.Model):
    _inherit = "crm.metric"

    @api.model
    def _gross_profit_share(self, company, start, stop, where, joins=None):
        """Share in percent of the gross profit of lines that fit; no row where there is none: not enough data."""
        return SQL(
            """
            SELECT NULL::int AS partner_id,
                   (100 * COALESCE(SUM(line.sales - line.cost) FILTER (WHERE %(where)s), 0)
                    / NULLIF(SUM(line.sales - line.cost), 0))::float AS value
              FROM (%(lines)s) line
              JOIN account_move move ON move.id = line.move_id
              LEFT JOIN res_partner partner ON partner.id = move.partner_id
              LEFT JOIN res_partner customer ON customer.id = line.partner_id
              %(joins)s
             WHERE line.cost IS NOT NULL
            HAVING SUM(line.sales - line.cost) > 0
            """,
            where=where,
            joins=joins or SQL(),
            lines=self._margin_lines(company, start, stop),
        )

    @api.model
    def _metric_profit_known(self, company, start, stop):
        """Of customers by whom one can be reached or found again (see `crm.identification`)."""
        return self._gross_profit_share(company, start, stop, self.env["crm.identification"]._known_sql())

    @api.model
    def _metric_profit_partner(self, company, start, stop):
        """Of orders attributed to partners: through the indirect channel, or brought by a partner's referral; an
        invoice without order counts by the role of its customer."""
        return self._gross_profit_share(
            company,
            start,
            stop,
            SQL(
                """CASE WHEN so.id IS NULL THEN customer.customer_role IN %(roles)s
                        ELSE so.crm_channel = 'indirect' OR referrer.customer_role IN %(roles)s END""",
                roles=INDIRECT,
            ),
            SQL(
                """LEFT JOIN (SELECT rel.invoice_line_id, MIN(sol.order_id) AS order_id
                                FROM sale_order_line_invoice_rel rel
                                JOIN sale_order_line sol ON sol.id = rel.order_line_id
                               GROUP BY rel.invoice_line_id) billed ON billed.invoice_line_id = line.line_id
                   LEFT JOIN sale_order so ON so.id = billed.order_id
                   LEFT JOIN crm_lead lead ON lead.id = so.opportunity_id
                   LEFT JOIN res_partner contact ON contact.id = lead.referrer_id
                   LEFT JOIN res_partner referrer ON referrer.id = contact.commercial_partner_id"""
            ),
        )

    @api.model
    def _deal_rate(self, company, start, stop, above, below):
        return SQL(
            """
            SELECT NULL::int AS partner_id, (100 * SUM(%(above)s) / NULLIF(SUM(%(below)s), 0))::float AS value
              FROM (%(deals)s) deal
             WHERE company_id = %(company)s AND date >= %(start)s AND date < %(stop)s AND margin IS NOT NULL
            HAVING SUM(%(below)s) > 0
            """,
            above=SQL.identifier(above),
            below=SQL.identifier(below),
            deals=self.env["crm.order.margin"]._orders(),
            company=company.id,
            start=start,
            stop=stop,
        )

    @api.model
    def _metric_deal_margin(self, company, start, stop):
        """Margin of the orders confirmed in the period in percent of their untaxed amount."""
        return self._deal_rate(company, start, stop, "margin", "amount")

    @api.model
    def _metric_deal_discount(self, company, start, stop):
        """Discount of the orders confirmed in the period in percent of what they list."""
        return self._deal_rate(company, start, stop, "discount", "listed")

    @api.model
    def _metric_rep_sales(self, company, start, stop):
        """Invoiced sales of the twelve months up to the end of the period, per salesperson who sold."""
        return SQL(
            """SELECT NULL::int AS partner_id,
                      SUM(move.amount_untaxed_signed) / NULLIF(COUNT(DISTINCT move.invoice_user_id), 0) AS value
                 FROM account_move move WHERE %s AND move.invoice_user_id IS NOT NULL
               HAVING COUNT(DISTINCT move.invoice_user_id) > 0""",
            self._sales_where(company, stop - relativedelta(years=1), stop),
        )
