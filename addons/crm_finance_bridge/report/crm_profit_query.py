from odoo import api, models
from odoo.tools import SQL

CODES = {
    "revenue": 0, "discount": 1, "returned": 2, "goods": 3, "freight": 4, "service": 5, "contact": 6, "commission": 7,
    "campaign": 8, "expense": 9, "credit": 10, "credit_open": 11, "bad_debt": 12, "overhead": 13,
}  # fmt: skip
"""Low digit, base 16, of an entry's id; the id of its source is above it."""
CALCULATED = ("goods", "freight", "service", "contact", "commission", "credit", "credit_open", "overhead")
SALES = ("out_invoice", "out_refund", "out_receipt")


class CrmProfitQuery(models.AbstractModel):
    """What customers bring and cost, piece by piece, as SQL: one query a part, each with the same columns.

    Amounts in company currency, + adds to profit, - takes away. Posted: read from journal items, to the cent.
    Calculated: work at the rates of the settings, goods by the measure of the scorecard's margin
    (`crm.metric._margin_lines`), money tied up at the company's rate. Sales, goods and returns by invoice date, the
    rest by the day of the record, in the company's time zone.
    """

    _name = "crm.profit.query"
    _inherit = ["crm.insight.fact"]
    _description = "Profit of Customers, Query"

    @api.model
    def _profit_parts(self):
        """{part: query of (source_id, company_id, partner_id, date, amount, unknown, res_model, res_id)}."""
        return {
            "revenue": self._part_sold(SQL("sold.net - sold.discount"), SQL("NOT sold.refund")),
            "discount": SQL(
                "%s UNION ALL %s",
                self._part_sold(SQL("sold.discount"), SQL("NOT sold.refund AND sold.discount <> 0")),
                self._part_settled(SQL("account.id = company.account_journal_early_pay_discount_loss_account_id")),
            ),
            "returned": self._part_sold(SQL("sold.net"), SQL("sold.refund")),
            "goods": self._part_goods(),
            "freight": self._part_freight(),
            "service": self._part_service(),
            "contact": self._part_contact(),
            "commission": self._part_commission(),
            "campaign": self._part_campaign(),
            "expense": self._part_expense(SQL("entry.customer_id IS NOT NULL AND entry.campaign_id IS NULL")),
            "credit": self._part_credit(),
            "credit_open": self._part_credit_open(),
            "bad_debt": self._part_settled(
                SQL("account.id IS DISTINCT FROM company.account_journal_early_pay_discount_loss_account_id")
            ),
            "overhead": self._part_overhead(),
        }

    @api.model
    def _company_ids(self):
        return tuple(self._insight_companies().ids)

    @api.model
    def _day(self, column):
        """Day of a UTC time in the time zone of `company`, whose partner is `home`."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(home.tz, 'UTC'))::date", column)

    # === SALES AND GOODS === #

    @api.model
    def _part_sold(self, amount, where):
        """Product lines of posted customer documents; the discount of a line is what its percentage took off.

        A line below zero on an invoice that deducts no down payment is a discount as a whole. A line given away in
        full (100 %) counts its price as both: as if its price were without tax.
        """
        return SQL(
            """
            SELECT sold.id::bigint AS source_id, sold.company_id, sold.partner_id, sold.date, %(amount)s AS amount,
                   0::numeric AS unknown, 'account.move'::varchar AS res_model, sold.move_id AS res_id
              FROM (
                    SELECT line.id, line.company_id, move.commercial_partner_id AS partner_id, line.move_id,
                           move.invoice_date AS date, -line.balance AS net, move.move_type = 'out_refund' AS refund,
                           CASE WHEN line.balance > 0 AND NOT COALESCE(line.is_downpayment, FALSE) THEN -line.balance
                                WHEN line.discount >= 100
                                THEN -ROUND((line.price_unit * line.quantity
                                             / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1))::numeric,
                                            currency.decimal_places)
                                WHEN line.discount > 0
                                THEN ROUND(line.balance * (line.discount / (100 - line.discount))::numeric,
                                           currency.decimal_places)
                                ELSE 0 END AS discount
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                      JOIN res_currency currency ON currency.id = line.company_currency_id
                     WHERE line.display_type = 'product' AND move.state = 'posted' AND move.move_type IN %(sales)s
                       AND move.commercial_partner_id IS NOT NULL AND move.company_id IN %(companies)s
                   ) sold
             WHERE %(where)s
            """,
            amount=amount,
            where=where,
            sales=SALES,
            companies=self._company_ids(),
        )

    @api.model
    def _part_goods(self):
        """Cost of the goods sold; sales whose cost is not known are `unknown` and count as no cost yet."""
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT line_id::bigint, %s::int, partner_id, day, COALESCE(-ROUND(cost::numeric, 2), 0),
                          CASE WHEN cost IS NULL THEN sales ELSE 0 END, 'account.move', move_id
                     FROM (%s) line WHERE cost IS NULL OR cost <> 0""",
                company.id,
                self.env["crm.metric"]._margin_lines(company, None, "9999-01-01"),
            )
            for company in self._insight_companies().sudo()
        )

    # === COST TO SERVE === #

    @api.model
    def _part_work(self, model, source_id, partner, date, cost, tables, where, res_id=None):
        """Pieces of work that cost something, for the commercial entity of `partner`."""
        return SQL(
            """
            SELECT %(source_id)s::bigint, company.id, partner.commercial_partner_id, %(day)s, -(%(cost)s)::numeric,
                   0::numeric, %(model)s, %(res_id)s
              FROM %(tables)s
              JOIN res_partner partner ON partner.id = %(partner)s
              JOIN res_partner home ON home.id = company.partner_id
             WHERE company.id IN %(companies)s AND %(where)s AND (%(cost)s) <> 0
            """,
            source_id=source_id,
            res_id=res_id or source_id,
            model=model,
            partner=partner,
            day=self._day(date),
            cost=cost,
            tables=tables,
            where=where,
            companies=self._company_ids(),
        )

    @api.model
    def _part_freight(self):
        """Deliveries that went out, at the cost of a delivery."""
        return self._part_work(
            "stock.picking",
            SQL("picking.id"),
            SQL("picking.partner_id"),
            SQL("picking.date_done"),
            SQL("company.crm_cost_delivery"),
            SQL(
                """stock_picking picking JOIN res_company company ON company.id = picking.company_id
                   JOIN stock_picking_type type ON type.id = picking.picking_type_id AND type.code = 'outgoing'"""
            ),
            SQL("picking.state = 'done'"),
        )

    @api.model
    def _part_service(self):
        """Minutes of service at the rate of who did it; a ticket without minutes at the cost of a ticket."""
        return SQL(
            "%s UNION ALL %s",
            self._part_work(
                "crm.ticket.work",
                SQL("work.id"),
                SQL("work.commercial_partner_id"),
                SQL("work.date"),
                SQL("ROUND(work.cost::numeric, 2)"),
                SQL("crm_ticket_work work JOIN res_company company ON company.id = work.company_id"),
                SQL("work.cost > 0"),
            ),
            self._part_work(
                "crm.ticket",
                # Above the ids of work lines, so that both fit into one part.
                SQL("(ticket.id + 1000000000)"),
                SQL("ticket.commercial_partner_id"),
                SQL("ticket.date_open"),
                SQL("company.crm_cost_ticket"),
                SQL("crm_ticket ticket JOIN res_company company ON company.id = ticket.company_id"),
                SQL(
                    """ticket.active AND ticket.date_open IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM crm_ticket_work work WHERE work.ticket_id = ticket.id AND work.cost > 0)"""
                ),
                res_id=SQL("ticket.id"),
            ),
        )

    @api.model
    def _part_contact(self):
        return self._part_work(
            "crm.contact.log",
            SQL("log.id"),
            SQL("log.partner_id"),
            SQL("log.date"),
            SQL("CASE WHEN log.channel = 'visit' THEN company.crm_cost_visit ELSE company.crm_cost_contact END"),
            SQL("crm_contact_log log JOIN res_company company ON company.id = log.company_id"),
            SQL("TRUE"),
        )

    @api.model
    def _part_commission(self):
        return SQL(
            """
            SELECT line.id::bigint, line.company_id, line.partner_id, line.date, -line.amount, 0::numeric,
                   'crm.commission.line', line.id
              FROM crm_commission_line line
             WHERE line.company_id IN %s AND line.amount <> 0
            """,
            self._company_ids(),
        )

    @api.model
    def _part_expense(self, where):
        """Posted expenses that were made for one customer."""
        return SQL(
            """
            SELECT entry.id::bigint, entry.company_id, entry.customer_id, entry.date, -entry.amount, 0::numeric,
                   'account.move', entry.move_id
              FROM (%s) entry WHERE entry.company_id IN %s AND %s
            """,
            self.env["crm.expense.entry"]._table_query,
            self._company_ids(),
            where,
        )

    @api.model
    def _part_campaign(self):
        """Posted cost of campaigns: of the customer it was spent on, else shared evenly by those it touched.

        The shares of an item are differences of rounded running totals: they add up to the item. What touched no
        customer belongs to none.
        """
        return SQL(
            """
            SELECT (cost.id::bigint << 24) + COALESCE(reached.partner_id, 0), cost.company_id, reached.partner_id,
                   cost.date,
                   -(ROUND(cost.amount * COALESCE(reached.place, 1) / COALESCE(reached.number, 1), 2)
                     - ROUND(cost.amount * COALESCE(reached.place - 1, 0) / COALESCE(reached.number, 1), 2)),
                   0::numeric, 'account.move', cost.move_id
              FROM (%(costs)s) cost
              LEFT JOIN hr_expense expense ON expense.id = cost.expense_id
              LEFT JOIN res_partner customer ON customer.id = expense.crm_customer_id
              LEFT JOIN LATERAL (
                    SELECT customer.commercial_partner_id AS partner_id, 1 AS place, 1 AS number
                     WHERE customer.id IS NOT NULL
                     UNION ALL
                    SELECT touched.partner_id, touched.place, touched.number
                      FROM (%(touched)s) touched
                     WHERE customer.id IS NULL AND touched.campaign_id = cost.campaign_id
                   ) reached ON TRUE
             WHERE cost.company_id IN %(companies)s
            """,
            costs=self.env["crm.campaign.cost"]._table_query,
            touched=self._touched(),
            companies=self._company_ids(),
        )

    @api.model
    def _touched(self):
        """(campaign_id, partner_id, place, number): customers a campaign touched, numbered."""
        return SQL(
            """
            SELECT campaign_id, partner_id, ROW_NUMBER() OVER (PARTITION BY campaign_id ORDER BY partner_id) AS place,
                   COUNT(*) OVER (PARTITION BY campaign_id) AS number
              FROM (SELECT DISTINCT touch.campaign_id, partner.commercial_partner_id AS partner_id
                      FROM crm_touch touch JOIN res_partner partner ON partner.id = touch.partner_id
                     WHERE touch.valid AND touch.campaign_id IS NOT NULL
                       AND partner.commercial_partner_id IS NOT NULL) pair
            """
        )

    # === MONEY AND OVERHEAD === #

    @api.model
    def _part_credit(self):
        """Interest on the days from invoice to money, on the day of the money."""
        return SQL(
            """
            SELECT money.id::bigint, money.company_id, money.partner_id, money.date,
                   -ROUND(money.amount * GREATEST(money.date - money.invoice_date, 0)
                          * company.crm_credit_cost_rate::numeric / 36500, 2),
                   0::numeric, 'account.move', money.move_id
              FROM (%s) money JOIN res_company company ON company.id = money.company_id
             WHERE money.company_id IN %s AND company.crm_credit_cost_rate > 0 AND money.date > money.invoice_date
            """,
            self.env["crm.collection"].sudo()._table_query,
            self._company_ids(),
        )

    @api.model
    def _part_credit_open(self):
        """Interest so far on what is open (context `as_of`, else today)."""
        items = self.env["crm.open.item"].sudo()
        return SQL(
            """
            SELECT item.id::bigint, item.company_id, item.partner_id, %(today)s::date,
                   -ROUND(item.residual * (%(today)s::date - item.invoice_date)
                          * company.crm_credit_cost_rate::numeric / 36500, 2),
                   0::numeric, 'account.move', item.move_id
              FROM (%(items)s) item JOIN res_company company ON company.id = item.company_id
             WHERE item.company_id IN %(companies)s AND item.kind = 'invoice' AND company.crm_credit_cost_rate > 0
               AND item.invoice_date < %(today)s::date
            """,
            today=items._as_of(),
            items=items._table_query,
            companies=self._company_ids(),
        )

    @api.model
    def _settled_items(self, where):
        """FROM and WHERE of posted expense items in entries that settle a customer's receivable: losses."""
        return SQL(
            """
            FROM account_move_line line
            JOIN account_move move ON move.id = line.move_id AND move.move_type = 'entry'
            JOIN account_account account ON account.id = line.account_id
             AND account.account_type IN ('expense', 'expense_other')
            JOIN res_company company ON company.id = line.company_id
            JOIN res_partner partner ON partner.id = line.partner_id
           WHERE line.parent_state = 'posted' AND line.company_id IN %s
             AND line.journal_id IS DISTINCT FROM company.currency_exchange_journal_id
             AND EXISTS (SELECT 1 FROM account_move_line other
                           JOIN account_account open_account ON open_account.id = other.account_id
                                AND open_account.account_type = 'asset_receivable'
                          WHERE other.move_id = line.move_id)
             AND %s
            """,
            self._company_ids(),
            where,
        )

    @api.model
    def _part_settled(self, where):
        return SQL(
            """
            SELECT line.id::bigint, line.company_id, partner.commercial_partner_id, line.date, -line.balance,
                   0::numeric, 'account.move'::varchar, line.move_id %s
            """,
            self._settled_items(where),
        )

    @api.model
    def _part_overhead(self):
        """Other posted expenses of a month, shared by the month's net sales of each customer.

        What work was charged at the rates of the settings (freight, service, contacts) is taken off first: those
        salaries are in the expenses already. A month without sales has expenses of no customer.
        """
        factor = self._id_factor()
        return SQL(
            """
            SELECT (COALESCE(share.partner_id, 0)::bigint * 1024 + %(number)s) * %(factor)s + spent.company_id,
                   spent.company_id, share.partner_id, spent.month,
                   -(ROUND(spent.amount * COALESCE(share.upto, 1), 2)
                     - ROUND(spent.amount * COALESCE(share.before, 0), 2)),
                   0::numeric, 'crm.expense.entry', NULL::int
              FROM (%(spent)s) spent
              LEFT JOIN (
                    SELECT company_id, month, partner_id, SUM(sales) OVER running / SUM(sales) OVER entire AS upto,
                           (SUM(sales) OVER running - sales) / SUM(sales) OVER entire AS before
                      FROM (SELECT move.company_id, DATE_TRUNC('month', move.invoice_date)::date AS month,
                                   move.commercial_partner_id AS partner_id, SUM(move.amount_untaxed_signed) AS sales
                              FROM account_move move
                             WHERE move.state = 'posted' AND move.move_type IN %(sales)s
                               AND move.commercial_partner_id IS NOT NULL AND move.company_id IN %(companies)s
                             GROUP BY 1, 2, 3 HAVING SUM(move.amount_untaxed_signed) > 0) sold
                    WINDOW entire AS (PARTITION BY company_id, month),
                           running AS (PARTITION BY company_id, month ORDER BY partner_id)
                   ) share ON share.company_id = spent.company_id AND share.month = spent.month
             WHERE spent.amount > 0
            """,
            number=self._month_number(SQL("spent.month")),
            factor=factor,
            spent=self._overhead_months(),
            sales=SALES,
            companies=self._company_ids(),
        )

    @api.model
    def _month_number(self, day):
        """Months since 1990, under 1024 until 2075."""
        return SQL("(EXTRACT(YEAR FROM %(day)s) * 12 + EXTRACT(MONTH FROM %(day)s) - 23880)::bigint", day=day)

    @api.model
    def _overhead_entries(self):
        """Expenses of no customer and no campaign that are neither losses on receivables nor paid commission."""
        return SQL(
            """
            SELECT entry.id, entry.company_id, entry.date, entry.amount, entry.move_id FROM (%s) entry
             WHERE entry.company_id IN %s AND entry.customer_id IS NULL AND entry.campaign_id IS NULL
               AND entry.id NOT IN (SELECT line.id %s)
               AND entry.move_id NOT IN (SELECT move_id FROM crm_commission_statement WHERE move_id IS NOT NULL)
            """,
            self.env["crm.expense.entry"]._table_query,
            self._company_ids(),
            self._settled_items(SQL("TRUE")),
        )

    @api.model
    def _overhead_months(self):
        """(company_id, month, amount): overhead to share, never below zero."""
        columns = SQL("source_id, company_id, partner_id, date, amount, unknown, res_model, res_id")
        work = SQL(" UNION ALL ").join([self._part_freight(), self._part_service(), self._part_contact()])
        return SQL(
            """
            SELECT company_id, DATE_TRUNC('month', date)::date AS month, GREATEST(SUM(amount), 0) AS amount
              FROM (SELECT company_id, date, amount FROM (%s) spent
                     UNION ALL
                    SELECT company_id, date, amount FROM (%s) work (%s)) total
             GROUP BY 1, 2
            """,
            self._overhead_entries(),
            work,
            columns,
        )
