"""What is open in a company's books: receipts, items, payers, settled numbers, habits; a query each."""

from odoo import models
from odoo.tools import SQL

from ..tools import receipt_match, receipt_reference
from ..tools.receipt_ledger import cents as _cents

END_DIGITS = 5  # no more than receipt_reference.NUMBER_DIGITS: the tokens are longer
KEYS_OF_SETTLED = 20_000  # of tokens that name nothing open: looked up among settled documents


class CrmReceiptLedger(models.AbstractModel):
    """The reading half: SQL over the ERP's tables, nothing stored."""

    _name = "crm.receipt.ledger"
    _description = "Open Receipts and Items"

    def _receipt_rows(self, company, receipts):
        """Open credits and unbooked bank lines: [dict]. Payer of a bank line by what the bank says, see _sql_payer."""
        only_line, only_bank = SQL("TRUE"), SQL("TRUE")
        if receipts is not None:
            credits = receipts.filtered(lambda match: not match.statement_line_id).move_line_id
            only_line = SQL("line.id IN %s", tuple(credits.ids) or (0,))
            only_bank = SQL("bank.id IN %s", tuple(receipts.statement_line_id.ids) or (0,))
        query = SQL(
            """
            %(payer)s
            SELECT line.id AS move_line_id, NULL::int AS statement_line_id, line.currency_id, line.account_id,
                   partner.commercial_partner_id AS partner_id, 'receipt' AS payer_by,
                   CASE WHEN move.move_type = 'out_refund' THEN 'credit'
                        WHEN line.payment_id IS NOT NULL OR journal.type IN ('bank', 'cash') THEN 'payment'
                        ELSE 'entry' END AS source,
                   move.name, line.date, -line.amount_residual_currency AS amount,
                   CONCAT_WS(' ', payment.memo, move.ref, origin.name, NULLIF(line.name, move.name)) AS text
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
              JOIN account_move move ON move.id = line.move_id
              JOIN account_journal journal ON journal.id = line.journal_id
         LEFT JOIN account_payment payment ON payment.id = line.payment_id
         LEFT JOIN account_move origin ON origin.id = move.reversed_entry_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted' AND line.company_id = %(company)s
               AND line.amount_residual_currency < 0 AND %(only_line)s
             UNION ALL
            SELECT NULL, bank.id, COALESCE(bank.foreign_currency_id, bank.currency_id), NULL,
                   payer.partner_id, payer.payer_by, 'bank', COALESCE(bank.payment_ref, move.name), move.date,
                   -bank.amount_residual, CONCAT_WS(' ', bank.payment_ref, move.ref)
              FROM account_bank_statement_line bank
              JOIN account_move move ON move.id = bank.move_id AND move.state = 'posted'
         LEFT JOIN payer ON payer.bank_id = bank.id
             WHERE bank.is_reconciled IS NOT TRUE AND bank.company_id = %(company)s AND bank.amount > 0
               AND bank.amount_residual < 0 AND %(only_bank)s
            """,
            payer=self._sql_payer(company),
            company=company.id,
            only_line=only_line,
            only_bank=only_bank,
        )
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

    def _sql_payer(self, company):
        """Who sent a bank line: as stated, else by bank account, by name, or by earlier lines of the same account.

        Only where one customer answers: two customers of one name are nobody.
        """
        return SQL(
            """
            WITH unbooked AS (
                SELECT id AS bank_id, partner_id, LOWER(TRIM(partner_name)) AS who,
                       UPPER(REGEXP_REPLACE(account_number, '[^A-Za-z0-9]', '', 'g')) AS account
                  FROM account_bank_statement_line
                 WHERE is_reconciled IS NOT TRUE AND company_id = %(company)s AND amount > 0
            ), guess AS (
                SELECT bank_id, partner_id, 'receipt' AS payer_by, 1 AS place
                  FROM unbooked WHERE partner_id IS NOT NULL
                 UNION ALL
                SELECT unbooked.bank_id, account.partner_id, 'account', 2
                  FROM unbooked JOIN res_partner_bank account ON account.sanitized_acc_number = unbooked.account
                  JOIN res_partner partner ON partner.id = account.partner_id
                 WHERE unbooked.account <> '' AND account.active AND partner.active
                   AND COALESCE(account.company_id, %(company)s) = %(company)s
                   AND COALESCE(partner.company_id, %(company)s) = %(company)s
                 UNION ALL
                SELECT unbooked.bank_id, partner.id, 'name', 3
                  FROM unbooked JOIN res_partner partner ON LOWER(TRIM(partner.name)) = unbooked.who
                 WHERE unbooked.who <> '' AND partner.active AND COALESCE(partner.company_id, %(company)s) = %(company)s
                 UNION ALL
                SELECT unbooked.bank_id, earlier.partner_id, 'habit', 4
                  FROM unbooked
                  JOIN account_bank_statement_line earlier ON earlier.is_reconciled
                   AND earlier.company_id = %(company)s AND earlier.partner_id IS NOT NULL
                   AND UPPER(REGEXP_REPLACE(earlier.account_number, '[^A-Za-z0-9]', '', 'g')) = unbooked.account
                 WHERE unbooked.account <> ''
            ), counted AS (
                SELECT guess.bank_id, payer_by, place, MIN(partner.commercial_partner_id) AS partner_id
                  FROM guess JOIN res_partner partner ON partner.id = guess.partner_id
                 GROUP BY guess.bank_id, payer_by, place
                HAVING COUNT(DISTINCT partner.commercial_partner_id) = 1
            ), payer AS (
                SELECT DISTINCT ON (bank_id) bank_id, partner_id, payer_by FROM counted ORDER BY bank_id, place
            )
            """,
            company=company.id,
        )

    def _branches(self, company):
        """Ids of the companies of one legal entity: they share their books, Odoo reconciles across them."""
        return self.env["res.company"].sudo().search([("id", "child_of", company.sudo().root_id.ids)]).ids

    def _item_rows(self, company, branches, currency, partners, keys):
        """Open items: (id, partner, document, residual, due, names, discount, discount date, account id, whether of
        another branch).

        Of these customers, or (None: everybody's) any. Debits of receivable accounts and open credit notes; amounts
        in the document's currency.
        """
        owner = SQL("TRUE")
        if partners is not None:
            owner = SQL(
                """(partner.commercial_partner_id IN %s
                    OR UPPER(REGEXP_REPLACE(move.name, '[^A-Za-z0-9]', '', 'g')) = ANY(%s)
                    OR REGEXP_REPLACE(move.name, '[^0-9]', '', 'g') = ANY(%s)
                    OR UPPER(REGEXP_REPLACE(move.payment_reference, '[^A-Za-z0-9]', '', 'g')) = ANY(%s))""",
                *(tuple(partners) or (0,), keys, keys, keys),
            )
        return self.env.execute_query(
            SQL(
                """
                SELECT line.id, partner.commercial_partner_id, line.move_id, line.amount_residual_currency,
                       COALESCE(line.date_maturity, line.date), move.name, move.payment_reference, move.ref,
                       move.invoice_origin,
                       CASE WHEN line.discount_date IS NOT NULL
                             AND line.amount_residual_currency = line.amount_currency
                            THEN line.amount_currency - line.discount_amount_currency END,
                       line.discount_date, line.account_id, line.company_id <> %(company)s
                  FROM account_move_line line
                  JOIN account_account account
                    ON account.id = line.account_id AND account.account_type = 'asset_receivable'
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted'
                   AND line.company_id = ANY(%(branches)s) AND line.currency_id = %(currency)s AND %(owner)s
                   AND (line.amount_residual_currency > 0
                        OR (line.amount_residual_currency < 0 AND move.move_type = 'out_refund'))
                """,
                company=company.id,
                branches=branches,
                currency=currency.id,
                owner=owner,
            )
        )

    def _outstanding_rows(self, company, currency):
        """Payments registered in Odoo that still wait for their bank line: what a bank line settles first."""
        return self.env.execute_query(
            SQL(
                """
                SELECT line.id, partner.commercial_partner_id, line.move_id, line.amount_residual_currency, line.date,
                       move.name, payment.memo, payment.payment_reference, NULL, NULL, NULL, line.account_id, FALSE
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id AND account.reconcile
                   AND account.account_type NOT IN ('asset_receivable', 'liability_payable')
                  JOIN account_payment payment ON payment.id = line.payment_id AND payment.payment_type = 'inbound'
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted' AND line.company_id = %(company)s
                   AND line.currency_id = %(currency)s AND line.amount_residual_currency > 0
                """,
                company=company.id,
                currency=currency.id,
            )
        )

    def _settled_keys(self, branches, tokens):
        """{key: strength} of settled documents that these tokens name, by number or payment reference."""
        tokens = [token for token in tokens if len(token) >= receipt_reference.NUMBER_DIGITS][:KEYS_OF_SETTLED]
        if not tokens:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT name, payment_reference FROM account_move
                 WHERE company_id = ANY(%(branches)s) AND move_type = 'out_invoice' AND state = 'posted'
                   AND payment_state IN ('paid', 'in_payment', 'reversed')
                   AND (%(by_name)s OR (payment_reference <> name AND %(by_reference)s))
                """,
                branches=branches,
                by_name=self._sql_named(SQL("name"), tokens),
                by_reference=self._sql_named(SQL("payment_reference"), tokens),
            )
        )
        return {key: strength for row in rows for key, strength in receipt_reference.document_keys(*row).items()}

    def _sql_named(self, column, tokens):
        """Whether one of the tokens is the document's name without signs, or its digits.

        Names that end with END_DIGITS digits, most of them, are compared by these first: every paid invoice there is
        is looked at, and replacing by pattern costs ten times as much as that.
        """
        return SQL(
            """
            CASE WHEN TRANSLATE(RIGHT(%(column)s, %(digits)s), '0123456789', '') = ''
                      AND LENGTH(%(column)s) >= %(digits)s
                      AND NOT RIGHT(%(column)s, %(digits)s) = ANY(%(ends)s) THEN FALSE
                 ELSE UPPER(REGEXP_REPLACE(%(column)s, '[^A-Za-z0-9]', '', 'g')) = ANY(%(tokens)s)
                      OR REGEXP_REPLACE(%(column)s, '[^0-9]', '', 'g') = ANY(%(tokens)s) END
            """,
            column=column,
            digits=END_DIGITS,
            ends=list({token[-END_DIGITS:] for token in tokens}),
            tokens=tokens,
        )

    def _habits(self, company, currency, scale, limit):
        """{partner id: Habit} from the decisions on earlier receipts.

        What was kept back; and what a receipt was short of the invoices it named (up to `limit` cents), where a
        person accepted that and no later receipt brought the rest.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, ARRAY_AGG(CASE WHEN kept > 0 THEN kept WHEN lost THEN short ELSE 0 END)
                  FROM (SELECT partner_id, kept, short,
                               short BETWEEN 0.000001 AND %(limit)s AND state = 'accepted' AND by_hand IS NOT TRUE
                               AND rule = 'reference_short'
                               AND NOT EXISTS (
                                   SELECT FROM crm_receipt_match_line part
                                     JOIN account_partial_reconcile later ON later.debit_move_id = part.move_line_id
                                     JOIN account_move_line credit ON credit.id = later.credit_move_id
                                     JOIN account_journal journal
                                       ON journal.id = credit.journal_id AND journal.type IN ('bank', 'cash')
                                    WHERE part.match_id = receipt.id
                                      AND later.id > (SELECT MAX(account_partial_reconcile_id)
                                                        FROM account_partial_reconcile_crm_receipt_match_rel link
                                                       WHERE link.crm_receipt_match_id = receipt.id)) AS lost
                          FROM crm_receipt_match receipt
                         WHERE company_id = %(company)s AND currency_id = %(currency)s
                           AND state IN ('auto', 'accepted') AND partner_id IS NOT NULL
                           AND COALESCE(rule, '') NOT IN ('reference_discount', 'amount_discount')) AS earlier
                 GROUP BY partner_id HAVING MAX(kept) > 0 OR BOOL_OR(lost)
                """,
                company=company.id,
                currency=currency.id,
                limit=limit / scale,
            )
        )
        return {partner: receipt_match.learn([_cents(kept, scale) for kept in history]) for partner, history in rows}
