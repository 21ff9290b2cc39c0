from odoo import api, models
from odoo.tools import SQL

from .crm_profit_query import SALES


class CrmProfitQuery(models.AbstractModel):
    """What money costs: credit, losses, and each customer's share of the other expenses."""

    _inherit = "crm.profit.query"

    @api.model
    def _part_credit(self):
        """Interest on the days that invoices were overdue, on the day they were settled: by money or by anything else.

        A debt that is written off or credited has cost its days as well as one that was paid.
        """
        return SQL(
            """
            SELECT partial.id, item.company_id, move.commercial_partner_id, partial.max_date,
                   -ROUND(partial.amount * (partial.max_date - COALESCE(item.date_maturity, item.date))
                          * company.crm_credit_cost_rate::numeric / 36500, 2),
                   0::numeric, 'account.move', item.move_id
              FROM account_partial_reconcile partial
              JOIN account_move_line item ON item.id = partial.debit_move_id
              JOIN account_move move ON move.id = item.move_id
              JOIN account_move_line other ON other.id = partial.credit_move_id
              JOIN res_company company ON company.id = item.company_id
             WHERE item.account_id = ANY (ARRAY(SELECT id FROM account_account
                                                 WHERE account_type = 'asset_receivable'))
               AND move.move_type IN ('out_invoice', 'out_receipt')
               AND item.parent_state = 'posted' AND other.parent_state = 'posted'
               AND item.company_id IN %s AND company.crm_credit_cost_rate > 0
               AND partial.max_date > COALESCE(item.date_maturity, item.date)
            """,
            self._company_ids(),
        )

    @api.model
    def _part_credit_open(self):
        """Interest so far on what is overdue (context `as_of`, else today)."""
        items = self.env["crm.open.item"].sudo()
        return SQL(
            """
            SELECT item.id, item.company_id, item.partner_id, %(today)s::date,
                   -ROUND(item.residual * (%(today)s::date - item.due_date)
                          * company.crm_credit_cost_rate::numeric / 36500, 2),
                   0::numeric, 'account.move', item.move_id
              FROM (%(items)s) item JOIN res_company company ON company.id = item.company_id
             WHERE item.company_id IN %(companies)s AND item.kind = 'invoice' AND company.crm_credit_cost_rate > 0
               AND item.due_date < %(today)s::date
            """,
            today=items._as_of(),
            items=items._table_query,
            companies=self._company_ids(),
        )

    @api.model
    def _settled_items(self, where, partners=None):
        """FROM and WHERE of posted expense items in entries that settle a customer's receivable: losses.

        Account by account (OFFSET 0), and the receivable looked up for each item (a scalar subquery): the planner
        does not know that few items are on these accounts, and would read the whole ledger. Of `partners` alone, where
        given.
        """
        asked = SQL(
            "item.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id IN %s)", partners or (0,)
        )
        return SQL(
            """
            FROM account_account account
            JOIN LATERAL (SELECT item.* FROM account_move_line item
                           WHERE item.account_id = account.id AND %s OFFSET 0) line ON TRUE
            JOIN account_move move ON move.id = line.move_id AND move.move_type = 'entry'
            JOIN res_company company ON company.id = line.company_id
            JOIN res_partner partner ON partner.id = line.partner_id
           WHERE account.account_type IN ('expense', 'expense_other')
             AND line.parent_state = 'posted' AND line.company_id IN %s
             AND line.journal_id IS DISTINCT FROM company.currency_exchange_journal_id
             AND (SELECT TRUE FROM account_move_line other
                    JOIN account_account open_account ON open_account.id = other.account_id
                         AND open_account.account_type = 'asset_receivable'
                   WHERE other.move_id = line.move_id LIMIT 1)
             AND %s
            """,
            asked if partners else SQL("TRUE"),
            self._company_ids(),
            where,
        )

    @api.model
    def _part_settled(self, where):
        return SQL(
            """
            SELECT line.id, line.company_id, partner.commercial_partner_id, line.date, -line.balance,
                   0::numeric, 'account.move'::varchar, line.move_id %s
            """,
            self._settled_items(where, self.env.context.get("profit_partners")),
        )

    @api.model
    def _part_overhead(self):
        """Other posted expenses of a month, shared by the month's net sales of each customer.

        What work was charged at the rates of the settings (freight, service, contacts) is taken off first: those
        salaries are in the expenses already. A month without sales has expenses of no customer.
        """
        partners = self.env.context.get("profit_partners")
        return SQL(
            """
            SELECT (COALESCE(share.partner_id, 0)::bigint * 1024 + %(number)s) * %(factor)s + spent.company_id,
                   spent.company_id, share.partner_id, spent.month,
                   -(ROUND(spent.amount * COALESCE(share.upto, 1), 2)
                     - ROUND(spent.amount * COALESCE(share.before, 0), 2)),
                   0::numeric, 'crm.expense.entry', NULL::int
              FROM (SELECT * FROM (%(spent)s) total WHERE amount > 0 OFFSET 0) spent
              %(join)s JOIN LATERAL (%(share)s OFFSET 0) share ON TRUE
            """,
            number=self._month_number(SQL("spent.month")),
            factor=self._id_factor(),
            spent=self._overhead_months(),
            join=SQL() if partners else SQL("LEFT"),
            share=self._month_shares(partners),
        )

    @api.model
    def _month_shares(self, partners):
        """(partner_id, upto, before) of the month `spent`: running shares of the customers with net sales above zero.

        Of `partners` alone, where given (context `profit_partners`): a month in which none of them bought is not read.
        """
        moves = SQL(
            """account_move move
               WHERE move.state = 'posted' AND move.move_type IN %s AND move.commercial_partner_id IS NOT NULL
                 AND move.company_id = spent.company_id AND move.invoice_date >= spent.month
                 AND move.invoice_date < spent.month + INTERVAL '1 month'""",
            SALES,
        )
        asked = SQL("move.commercial_partner_id IN %s", partners) if partners else SQL("TRUE")
        return SQL(
            """
            SELECT * FROM (
                SELECT partner_id, SUM(sales) OVER running / SUM(sales) OVER () AS upto,
                       (SUM(sales) OVER running - sales) / SUM(sales) OVER () AS before
                  FROM (SELECT move.commercial_partner_id AS partner_id, SUM(move.amount_untaxed_signed) AS sales
                          FROM %(moves)s AND %(bought)s
                         GROUP BY 1 HAVING SUM(move.amount_untaxed_signed) > 0) sold
                WINDOW running AS (ORDER BY partner_id)) buyer
             WHERE %(asked)s
            """,
            moves=moves,
            bought=SQL("EXISTS (SELECT 1 FROM %s AND %s)", moves, asked) if partners else SQL("TRUE"),
            asked=SQL("partner_id IN %s", partners) if partners else SQL("TRUE"),
        )

    @api.model
    def _month_number(self, day):
        """Months since 1990, under 1024 until 2075."""
        return SQL("(EXTRACT(YEAR FROM %(day)s) * 12 + EXTRACT(MONTH FROM %(day)s) - 23880)::bigint", day=day)

    @api.model
    def _overhead_entries(self):
        """Expenses of no customer and no campaign that are neither losses on receivables nor paid commission.

        Goods bought are none: `goods` counts them when they are sold (see `crm.expense.entry`). Entries that pay
        commission out, and those that take such an entry back, count in `commission`, by its lines.

        Items are found account by account, as losses are.
        """
        return SQL(
            """
            WITH lost AS MATERIALIZED (SELECT line.id %(settled)s), payout AS MATERIALIZED (%(payouts)s)
            SELECT entry.id, entry.company_id, entry.date, entry.amount, entry.move_id FROM (%(entries)s) entry
             WHERE entry.id = ANY (ARRAY(
                       SELECT line.id FROM account_account account JOIN LATERAL (
                              SELECT item.id FROM account_move_line item WHERE item.account_id = account.id OFFSET 0
                            ) line ON TRUE WHERE account.account_type LIKE 'expense%%'))
               AND entry.company_id IN %(companies)s AND entry.customer_id IS NULL AND entry.campaign_id IS NULL
               AND NOT EXISTS (SELECT 1 FROM lost WHERE lost.id = entry.id)
               AND NOT EXISTS (SELECT 1 FROM payout WHERE payout.move_id = entry.move_id)
            """,
            entries=self.env["crm.expense.entry"]._table_query,
            companies=self._company_ids(),
            settled=self._settled_items(SQL("TRUE")),
            payouts=self.env["crm.expense.entry"]._payouts(),
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
