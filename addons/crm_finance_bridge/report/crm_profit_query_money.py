from odoo import api, models
from odoo.tools import SQL

from .crm_profit_query import SALES


class CrmProfitQuery(models.AbstractModel):
    """What money costs: credit, losses, and each customer's share of the other expenses."""

    _inherit = "crm.profit.query"

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
