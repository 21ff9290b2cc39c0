"""The queries behind the customer metrics of this addon.

Sales = posted customer invoices, receipts and credit notes by invoice date, untaxed, in
company currency, credit notes negative (`account.move.amount_untaxed_signed`); customers
are commercial partners. Why SQL: each metric covers every customer in one statement.
"""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")


class CrmMetric(models.Model):
    _inherit = "crm.metric"

    @api.model
    def _sales_where(self, company, start, stop):
        """Condition on `move` for the sales of a company on start <= day < stop (start None: from the beginning)."""
        return SQL(
            """move.company_id = %(company)s AND move.state = 'posted' AND move.move_type IN %(types)s
               AND move.commercial_partner_id IS NOT NULL AND move.invoice_date < %(stop)s %(from_day)s""",
            company=company.id,
            types=SALE_TYPES,
            stop=stop,
            from_day=SQL("AND move.invoice_date >= %s", start) if start else SQL(),
        )

    @api.model
    def _metric_recency(self, company, start, stop):
        """Days from the last invoice to the last day of the period; the whole past is searched."""
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id, %(last)s::date - MAX(move.invoice_date) AS value
                 FROM account_move move
                WHERE %(where)s AND move.move_type <> 'out_refund'
                GROUP BY move.commercial_partner_id""",
            last=stop - relativedelta(days=1),
            where=self._sales_where(company, None, stop),
        )

    @api.model
    def _metric_frequency(self, company, start, stop):
        """Number of invoices in the period; 0 for a customer whose last invoice is older."""
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id,
                      COUNT(*) FILTER (WHERE move.invoice_date >= %(start)s) AS value
                 FROM account_move move
                WHERE %(where)s AND move.move_type <> 'out_refund'
                GROUP BY move.commercial_partner_id""",
            start=start,
            where=self._sales_where(company, None, stop),
        )

    @api.model
    def _metric_revenue(self, company, start, stop):
        """Untaxed sales of the period in company currency; 0 for a customer whose sales are older."""
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id,
                      COALESCE(SUM(move.amount_untaxed_signed)
                               FILTER (WHERE move.invoice_date >= %(start)s), 0) AS value
                 FROM account_move move
                WHERE %(where)s
                GROUP BY move.commercial_partner_id""",
            start=start,
            where=self._sales_where(company, None, stop),
        )

    @api.model
    def _metric_tenure(self, company, start, stop):
        """Full months from the first invoice to the last day of the period; 31 May to 30 June is one."""
        last = stop - relativedelta(days=1)
        # In the last days of a month the day of the first invoice may not exist: they complete the month.
        day = 31 if stop.day == 1 else last.day
        return SQL(
            """SELECT partner_id,
                      %(months)s - (EXTRACT(YEAR FROM day) * 12 + EXTRACT(MONTH FROM day))
                      - CASE WHEN EXTRACT(DAY FROM day) > %(day)s THEN 1 ELSE 0 END AS value
                 FROM (SELECT move.commercial_partner_id AS partner_id, MIN(move.invoice_date) AS day
                         FROM account_move move
                        WHERE %(where)s AND move.move_type <> 'out_refund'
                        GROUP BY move.commercial_partner_id) first""",
            months=last.year * 12 + last.month,
            day=day,
            where=self._sales_where(company, None, stop),
        )

    @api.model
    def _growth_years(self, company, stop):
        """The last three full years as (start, stop) with start <= day < stop, newest first.

        Setting of the company: twelve months up to the day of the run, or closed fiscal years.
        """
        if company.crm_growth_year == "fiscal":
            last = fields.Date.to_date(stop) - relativedelta(days=1)
            year = company.compute_fiscalyear_dates(last)
            stop = stop if year["date_to"] == last else year["date_from"]
        return [(stop - relativedelta(years=back + 1), stop - relativedelta(years=back)) for back in range(3)]

    @api.model
    def _year_sales(self, company, stop):
        """Query of (partner_id, y0, y1, y2): sales of the last three full years, newest first."""
        years = self._growth_years(company, stop)
        sums = SQL(", ").join(
            SQL(
                """COALESCE(SUM(move.amount_untaxed_signed)
                   FILTER (WHERE move.invoice_date >= %s AND move.invoice_date < %s), 0) AS %s""",
                first,
                end,
                SQL.identifier(f"y{index}"),
            )
            for index, (first, end) in enumerate(years)
        )
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id, %(sums)s
                 FROM account_move move WHERE %(where)s GROUP BY move.commercial_partner_id""",
            sums=sums,
            where=self._sales_where(company, years[-1][0], years[0][1]),
        )

    @api.model
    def _metric_growth_2y(self, company, start, stop):
        """The weaker of the growth rates of the last two full years, in percent.

        No row without positive sales in both years to compare with: not enough data.
        """
        return SQL(
            """SELECT partner_id,
                      LEAST((y0 - y1) / y1, (y1 - y2) / y2) * 100 AS value
                 FROM (%s) years WHERE y1 > 0 AND y2 > 0""",
            self._year_sales(company, stop),
        )

    @api.model
    def _margin_lines(self, company, start, stop, partners=None):
        """Query of (partner_id, day, move_type, quantity, line_id, move_id, sales, cost), one row a product line sold.

        `partners`: ids of the only customers asked for, None for all.

        Quantity and cost are negative on credit notes. Cost of a line: the cost on its order line (currency of the
        order turned to company currency by the order's rate), else the product's cost of today; NULL when
        neither is known. Quantities are turned into the unit that the cost is given for.
        """
        where = self._sales_where(company, start, stop)
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id, move.invoice_date AS day, move.move_type, q.quantity,
                      line.id AS line_id, move.id AS move_id, -line.balance AS sales,
                      COALESCE(
                          NULLIF(ordered.cost, 0) * q.quantity,
                          NULLIF((product.standard_price ->> %(company_key)s)::numeric, 0) * q.quantity
                              * COALESCE(line_uom.factor, 1) / COALESCE(NULLIF(product_uom.factor, 0), 1)
                      ) AS cost
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
                CROSS JOIN LATERAL (SELECT CASE WHEN move.move_type = 'out_refund' THEN -line.quantity
                                                ELSE line.quantity END AS quantity) q
                 LEFT JOIN product_product product ON product.id = line.product_id
                 LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                 LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                 LEFT JOIN uom_uom product_uom ON product_uom.id = template.uom_id
                 LEFT JOIN %(ordered)s
                WHERE line.display_type = 'product' AND %(where)s""",
            company_key=str(company.id),
            ordered=self._ordered_costs(each=bool(partners)),
            where=SQL("%s AND move.commercial_partner_id IN %s", where, partners) if partners else where,
        )

    @api.model
    def _ordered_costs(self, each):
        """`ordered.cost`: what the order says one unit of the invoice line costs, as a table to join with `line`.

        For all lines there are it is read at once; `each`, for the lines of some customers, line by line: the planner
        cannot tell how few these are, and would read all their orders again for each of them.
        """
        cost = SQL(
            """AVG(sol.purchase_price / COALESCE(NULLIF(so.currency_rate, 0), 1)
                   * inv_uom.factor / COALESCE(NULLIF(sol_uom.factor, 0), 1)) AS cost"""
        )
        orders = SQL(
            """sale_order_line_invoice_rel rel
               JOIN sale_order_line sol ON sol.id = rel.order_line_id AND sol.is_downpayment IS NOT TRUE
               JOIN sale_order so ON so.id = sol.order_id
               JOIN account_move_line inv ON inv.id = rel.invoice_line_id
               LEFT JOIN uom_uom sol_uom ON sol_uom.id = sol.product_uom_id
               LEFT JOIN uom_uom inv_uom ON inv_uom.id = COALESCE(inv.product_uom_id, sol.product_uom_id)"""
        )
        if each:
            return SQL("LATERAL (SELECT %s FROM %s WHERE rel.invoice_line_id = line.id) ordered ON TRUE", cost, orders)
        return SQL(
            """(SELECT rel.invoice_line_id, %s FROM %s GROUP BY rel.invoice_line_id) ordered
               ON ordered.invoice_line_id = line.id""",
            cost,
            orders,
        )

    @api.model
    def _metric_margin(self, company, start, stop):
        """(sales - cost) / sales of the period in percent, over the invoice lines whose cost is known."""
        return SQL(
            """SELECT partner_id, (SUM(sales) - SUM(cost)) / NULLIF(SUM(sales), 0) * 100 AS value
                 FROM (%s) lines WHERE cost IS NOT NULL GROUP BY partner_id HAVING SUM(sales) > 0""",
            self._margin_lines(company, start, stop),
        )

    @api.model
    def _metric_days_late(self, company, start, stop):
        """Days from due date to money, weighted by amount; negative = early.

        Money received in the period counts with its lateness, an invoice that is past due at the end of
        the period with the days so far: who never pays is late too.
        """
        last = stop - relativedelta(days=1)
        return SQL(
            """SELECT partner_id, SUM(days * amount) / SUM(amount) AS value
                 FROM (SELECT partner_id, days_late AS days, amount FROM %(collections)s collection
                        WHERE company_id = %(company)s AND date >= %(start)s AND date < %(stop)s AND amount > 0
                        UNION ALL
                       SELECT partner_id, days_overdue, residual FROM %(open_items)s item
                        WHERE company_id = %(company)s AND kind = 'invoice' AND days_overdue > 0 AND residual > 0) late
                GROUP BY partner_id""",
            collections=self.env["crm.collection"].sudo()._table_sql,
            open_items=self.env["crm.open.item"].sudo().with_context(as_of=last)._table_sql,
            company=company.id,
            start=start,
            stop=stop,
        )

    @api.model
    def _basis_source(self, company, start, stop):
        """Query of (partner_id, value): what classes and ranks go by, after the company's setting."""
        basis = company.crm_class_basis
        if basis == "revenue":
            return self._metric_revenue(company, start, stop)
        amount = SQL("SUM(quantity)") if basis == "quantity" else SQL("SUM(sales - cost)")
        return SQL(
            "SELECT partner_id, COALESCE(%s, 0) AS value FROM (%s) lines GROUP BY partner_id",
            amount,
            self._margin_lines(company, start, stop),
        )
