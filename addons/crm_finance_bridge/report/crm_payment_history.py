from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools.payment_score import Bill

MONTHS = 36  # how far back invoices are read; those before weigh next to nothing


class CrmPaymentHistory(models.AbstractModel):
    """What customers did with their invoices, read in one query a legal entity: the ground of score and forecast.

    One Bill a posted receivable item of a customer invoice, instalment by instalment, by commercial partner.
    Settled: the day of the last money (payment or bank line) on an item without anything left. An item that was
    credited, written off or netted without any money says nothing about paying and stays out. Amounts in company
    currency; a legal entity is a root company with its branches.
    """

    _name = "crm.payment.history"
    _description = "Payment History"

    @api.model
    def _bills(self, root, today, months=MONTHS):
        """Return the Bills of invoices dated in the months up to `today`; what happened after it is not filtered."""
        self.env.flush_all()
        since = today - timedelta(days=months * 365 // 12)
        return [Bill(*row) for row in self.env.execute_query(self._sql_bills(root, since, today))]

    @api.model
    def _sql_bills(self, root, since, today):
        return SQL(
            """
            WITH bill AS (
                SELECT line.id, customer.commercial_partner_id AS partner_id,
                       LEAST(move.invoice_date, line.date_maturity, line.date) AS date,
                       COALESCE(line.date_maturity, line.date) AS due, line.reconciled, line.balance
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
                  JOIN account_move move ON move.id = line.move_id
                       AND move.move_type IN ('out_invoice', 'out_receipt')
                  JOIN res_partner customer ON customer.id = line.partner_id
                 WHERE line.parent_state = 'posted' AND line.balance > 0
                   AND line.company_id IN %(companies)s AND line.date BETWEEN %(since)s AND %(today)s
            ), paid AS (
                SELECT partial.debit_move_id AS id, MAX(partial.max_date) AS date
                  FROM account_partial_reconcile partial
                  JOIN account_move_line money ON money.id = partial.credit_move_id
                 WHERE (money.payment_id IS NOT NULL OR money.statement_line_id IS NOT NULL)
                   AND money.parent_state = 'posted'
                   AND partial.debit_move_id IN (SELECT id FROM bill)
                 GROUP BY partial.debit_move_id
            )
            SELECT bill.partner_id, bill.date, bill.due, CASE WHEN bill.reconciled THEN paid.date END,
                   bill.balance::float
              FROM bill LEFT JOIN paid ON paid.id = bill.id
             WHERE bill.reconciled IS NOT TRUE OR paid.id IS NOT NULL
             ORDER BY bill.date, bill.id
            """,
            companies=tuple(self._branches(root).ids),
            since=since,
            today=today,
        )

    @api.model
    def _branches(self, root):
        return self.env["res.company"].sudo().with_context(active_test=False).search([("id", "child_of", root.ids)])

    @api.model
    def _roots(self):
        return self.env["res.company"].sudo().search([("parent_id", "=", False)])
