"""What is owed and what money may cover it: the ledger's half of the reminder rule."""

from odoo import models
from odoo.tools import SQL

from ..models.crm_receipt_match import LIKELY


class CrmDunningQuery(models.AbstractModel):
    """Open items, unmatched money, promises and disputes; amounts in company currency."""

    _inherit = "crm.dunning.query"

    def _dunning_items(self, branches, only):
        """Open posted receivable lines, in company and document currency; + = owed by the customer.

        The stored residual counts matches with entries set back to draft, which the posted ledger does not know; the
        second half adds these back (as `crm.credit.components`).
        """
        columns = SQL(
            """line.id, customer.commercial_partner_id AS partner_id, line.move_id,
               COALESCE(line.date_maturity, line.date) AS due, line.currency_id, line.no_followup"""
        )
        return SQL(
            """
            SELECT line.id, line.partner_id, line.move_id, line.due, line.currency_id, SUM(line.amount) AS amount,
                   SUM(line.amount_document) AS amount_document, line.no_followup, move.payment_state
              FROM (
                SELECT %(columns)s, line.amount_residual AS amount, line.amount_residual_currency AS amount_document
                  FROM account_move_line line
                  JOIN account_account account
                    ON account.id = line.account_id AND account.account_type = 'asset_receivable'
                  JOIN res_partner customer ON customer.id = line.partner_id %(only)s
                 WHERE line.parent_state = 'posted' AND line.reconciled IS NOT TRUE AND line.amount_residual <> 0
                   AND line.company_id = ANY(%(branches)s)
                 UNION ALL
                SELECT %(columns)s,
                       CASE WHEN line.id = partial.debit_move_id THEN partial.amount ELSE -partial.amount END,
                       CASE WHEN line.id = partial.debit_move_id THEN partial.debit_amount_currency
                            ELSE -partial.credit_amount_currency END
                  FROM account_move_line other
                  JOIN account_account account
                    ON account.id = other.account_id AND account.account_type = 'asset_receivable'
                  JOIN account_partial_reconcile partial ON other.id IN (partial.debit_move_id, partial.credit_move_id)
                  JOIN account_move_line line ON line.id = partial.debit_move_id + partial.credit_move_id - other.id
                       AND line.parent_state = 'posted' AND line.company_id = ANY(%(branches)s)
                  JOIN res_partner customer ON customer.id = line.partner_id %(only)s
                 WHERE other.parent_state != 'posted' AND (other.amount_residual != other.balance
                       OR other.amount_residual_currency != other.amount_currency)
              ) line
              JOIN account_move move ON move.id = line.move_id
             GROUP BY line.id, line.partner_id, line.move_id, line.due, line.currency_id, line.no_followup,
                      move.payment_state
            HAVING SUM(line.amount) <> 0
            """,
            columns=columns,
            only=only,
            branches=branches,
        )

    def _dunning_money(self, branches, only):
        """Money and credit notes not yet matched: on the receivable account, under way, or on a bank line."""
        return SQL(
            "SELECT partner_id, 'item' || id AS key, -amount AS amount FROM item WHERE amount < 0 UNION ALL %s",
            self._dunning_cash(branches, only),
        )

    def _dunning_cash(self, branches, only):
        """Money not yet on the receivable account, company currency, +: (customer, key, amount).

        A bank line counts for the customers whose invoices matching finds likely, else for its payer: who the bank
        says, or whom matching recognised by account, name or earlier receipts.
        """
        digits = self.env["res.company"].browse(branches[:1]).sudo().currency_id.decimal_places
        return SQL(
            """
            SELECT customer.commercial_partner_id AS partner_id, 'payment' || payment.id AS key,
                   ABS(payment.amount_company_currency_signed) AS amount
              FROM account_payment payment
              JOIN res_partner customer ON customer.id = payment.partner_id %(only)s
             WHERE payment.state = 'in_process' AND payment.move_id IS NULL AND payment.payment_type = 'inbound'
               AND payment.partner_type = 'customer' AND payment.company_id = ANY(%(branches)s)
             UNION ALL
            SELECT customer.commercial_partner_id, 'bank' || bank.id,
                   ROUND(-SUM(waiting.balance) * COALESCE(owner.share, 1), %(digits)s)
              FROM account_bank_statement_line bank
              JOIN account_move_line waiting ON waiting.move_id = bank.move_id AND waiting.parent_state = 'posted'
              JOIN account_journal journal ON journal.id = bank.journal_id
                   AND journal.suspense_account_id = waiting.account_id
         LEFT JOIN crm_receipt_match receipt
                   ON receipt.statement_line_id = bank.id AND receipt.state IN ('proposed', 'unmatched')
         LEFT JOIN LATERAL (
                SELECT payer.commercial_partner_id AS partner_id,
                       SUM(part.amount) / SUM(SUM(part.amount)) OVER () AS share
                  FROM crm_receipt_match_line part
                  JOIN account_move_line line ON line.id = part.move_line_id
                  JOIN res_partner payer ON payer.id = line.partner_id
                 WHERE part.match_id = receipt.id AND receipt.confidence >= %(likely)s AND part.amount > 0
                 GROUP BY payer.commercial_partner_id) owner ON TRUE
              JOIN res_partner customer
                   ON customer.id = COALESCE(owner.partner_id, bank.partner_id, receipt.partner_id) %(only)s
             WHERE bank.is_reconciled IS NOT TRUE AND bank.amount > 0 AND bank.company_id = ANY(%(branches)s)
             GROUP BY customer.commercial_partner_id, bank.id, owner.share
            HAVING SUM(waiting.balance) < 0
            """,
            only=only,
            branches=branches,
            digits=digits,
            likely=LIKELY,
        )

    def _dunning_barred(self, branches, today, confirmed=False):
        """Line ids that a promise or a dispute keeps out, with the reason and the amount (company currency, +).

        `confirmed`: without disputes and promises that wait for accounting's word.
        """
        promised = self.env["crm.payment.promise"]._promised_query(branches, today, accepted=confirmed)
        disputed = self.env["crm.dispute"]._disputed_query(branches, today, confirmed)
        return SQL(
            """
            SELECT line_id, MIN(bar) AS bar, SUM(amount) AS amount FROM (
                SELECT line_id, 'disputed' AS bar, amount FROM (%s) disputed
                 UNION ALL SELECT line_id, 'promised', amount FROM (%s) promised
            ) AS barred GROUP BY line_id
            """,
            disputed,
            promised,
        )

    def _dunning_debts(self, branches, today, parts=False):
        """What is owed, with what bars a reminder and its place among the customer's debts of the same amount."""
        rest = SQL("GREATEST(item.amount - COALESCE(barred.amount, 0), 0)") if parts else SQL("item.amount")
        return SQL(
            """
            SELECT item.*, ROW_NUMBER() OVER (
                       PARTITION BY item.partner_id, item.amount, bar IS NULL ORDER BY due, id) AS place
              FROM (SELECT item.id, item.partner_id, item.move_id, item.due, %(rest)s AS amount,
                           item.amount_document, item.currency_id,
                           CASE WHEN no_followup THEN 'excluded' WHEN payment_state = 'blocked' THEN 'blocked'
                                %(barred_too)s END AS bar
                      FROM item LEFT JOIN (%(barred)s) barred ON barred.line_id = item.id
                     WHERE item.amount > 0) AS item
            """,
            rest=rest,
            barred_too=SQL() if parts else SQL("ELSE barred.bar"),
            barred=self._dunning_barred(branches, today, confirmed=parts),
        )
