from odoo import api, models
from odoo.tools import SQL

REST_BIT = 52
"""Set in the id of a row that is no part of an invoice: JavaScript is exact up to 2^53."""


class CrmFundsFlowQuery(models.AbstractModel):
    """The inner queries of crm.funds.flow: money that settled invoices, and the rest of each bank or cash entry.

    Amounts are in the company's currency, + = money in.
    """

    _name = "crm.funds.flow.query"
    _inherit = ["crm.fact"]
    _description = "Money In and Out, Query"

    @api.model
    def _liquid_accounts(self) -> SQL:
        """An array of the accounts where money is: bank, cash, credit card, and outstanding receipts and payments.

        The outstanding accounts belong to it because Odoo books a payment there until its bank line is matched.
        """
        return SQL(
            """
            ARRAY(
                SELECT id FROM account_account WHERE account_type IN ('asset_cash', 'liability_credit_card')
                UNION
                SELECT default_account_id FROM account_journal
                 WHERE type IN ('bank', 'cash', 'credit') AND default_account_id IS NOT NULL
                UNION
                SELECT payment_account_id FROM account_payment_method_line WHERE payment_account_id IS NOT NULL
                UNION
                SELECT id FROM account_account WHERE id IN (SELECT outstanding_account_id FROM account_payment)
            )
            """
        )

    @api.model
    def _liquid_rows(self) -> SQL:
        """The same accounts as rows."""
        return SQL("SELECT UNNEST(%s)", self._liquid_accounts())

    @api.model
    def _settled(self) -> SQL:
        """Money that settled customer invoices, as crm.collection knows it, dated by its own entry.

        A part may be negative though money came in: an invoice that bills one order up and another down. `sign` is
        that of the receipt: 1 = money came in, -1 = it went out.
        """
        return SQL(
            """
            SELECT
                part.id,
                part.partial_id AS part,
                part.money_move_id AS move_id,
                part.date,
                part.money_company_id AS company_id,
                part.journal_id,
                part.payment_id,
                part.payment_method_line_id,
                part.partner_id,
                part.user_id,
                part.team_id,
                part.move_id AS invoice_id,
                part.order_id,
                NULL::int AS account_id,
                'customer' AS category,
                part.amount,
                COALESCE(%(sign)s, -SIGN(part.money_balance)) AS sign
            FROM (%(collection)s) part
            LEFT JOIN account_payment payment ON payment.id = part.payment_id
            LEFT JOIN account_bank_statement_line line ON line.id = part.money_statement_line_id
            """,
            collection=self.env["crm.collection"]._table_query,
            sign=self._receipt_sign(),
        )

    @api.model
    def _receipt_sign(self) -> SQL:
        """1 where the bank line or payment is money in, -1 where it is money out, NULL of another entry."""
        return SQL(
            """
            COALESCE(NULLIF(SIGN(line.amount), 0),
                     CASE payment.payment_type WHEN 'inbound' THEN 1 WHEN 'outbound' THEN -1 END)
            """
        )

    @api.model
    def _rest(self) -> SQL:
        """What is left of each entry: its liquid items less the parts that settled customer invoices.

        One row per entry. An entry that only moves money from an outstanding account to the bank nets to zero and
        is no flow; between own accounts see `_transfers`. The sum of all queries is therefore the ledger's movement of
        the liquid accounts, always.
        Example: 100 received, 70 of it matched with an invoice: a part of 70 and a rest of 30. `has_part` tells
        the rest from an entry of which nothing is matched.
        """
        return SQL(
            """
            SELECT entry.move_id, entry.date, entry.company_id, entry.journal_id, SUM(entry.amount) AS amount,
                BOOL_OR(entry.is_part) AS has_part
            FROM (
                SELECT line.move_id, line.date, line.company_id, line.journal_id, line.balance AS amount,
                    FALSE AS is_part
                FROM account_move_line line
                WHERE line.parent_state = 'posted' AND line.account_id = ANY (%(liquid)s)
                UNION ALL
                SELECT part.money_move_id, part.date, part.money_company_id, part.journal_id, -part.sign * part.amount,
                    TRUE
                FROM (%(parts)s) part
            ) entry
            GROUP BY entry.move_id, entry.date, entry.company_id, entry.journal_id
            HAVING SUM(entry.amount) != 0
            """,
            liquid=self._liquid_accounts(),
            parts=self.env["crm.collection"]._parts(),
        )

    @api.model
    def _unsettled(self) -> SQL:
        """The rest, named after the largest item that faces the money; the customer's salesperson speaks for it."""
        return SQL(
            """
            SELECT
                (1::bigint << %(bit)s) + rest.move_id AS id,
                0 AS part,
                rest.move_id,
                rest.date,
                rest.company_id,
                %(home)s AS journal_id,
                payment.id AS payment_id,
                payment.payment_method_line_id,
                partner.commercial_partner_id AS partner_id,
                CASE WHEN side.account_type = 'asset_receivable' THEN customer.user_id END AS user_id,
                NULL::int AS team_id,
                NULL::int AS invoice_id,
                NULL::int AS order_id,
                side.account_id,
                %(category)s AS category,
                rest.amount,
                COALESCE(CASE WHEN rest.has_part THEN %(sign)s END, SIGN(rest.amount)) AS sign
            FROM (%(rest)s) rest
            JOIN account_move move ON move.id = rest.move_id
            JOIN account_journal journal ON journal.id = rest.journal_id
            JOIN res_company company ON company.id = rest.company_id
            LEFT JOIN account_payment payment ON payment.id = move.origin_payment_id
            LEFT JOIN account_bank_statement_line line ON line.id = move.statement_line_id
            LEFT JOIN LATERAL (%(side)s) side ON TRUE
            LEFT JOIN res_partner partner ON partner.id = COALESCE(side.partner_id, move.partner_id)
            LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
            """,
            bit=REST_BIT,
            home=self._home(),
            category=self._category(),
            rest=self._rest(),
            side=self._facing(),
            sign=self._receipt_sign(),
        )

    @api.model
    def _facing(self) -> SQL:
        """The largest item of the entry that is not money itself."""
        return SQL(
            """
            SELECT line.account_id, line.partner_id, account.account_type
            FROM account_move_line line
            JOIN account_account account ON account.id = line.account_id
            WHERE line.move_id = rest.move_id AND line.account_id != ALL (%s)
            ORDER BY ABS(line.balance) DESC, line.id
            LIMIT 1
            """,
            self._liquid_accounts(),
        )

    @api.model
    def _category(self) -> SQL:
        """What the money was for, by the account that faces it; an unmatched bank line is 'not identified'."""
        return SQL(
            """
            CASE
                WHEN side.account_id IS NULL OR side.account_id = company.transfer_account_id THEN 'transfer'
                WHEN side.account_id = journal.suspense_account_id THEN 'unidentified'
                WHEN side.account_type = 'asset_receivable' THEN 'customer'
                WHEN side.account_type = 'liability_payable' AND EXISTS (
                    SELECT 1 FROM hr_employee employee WHERE employee.work_contact_id = side.partner_id
                ) THEN 'employee'
                WHEN side.account_type = 'liability_payable' THEN 'supplier'
                WHEN side.account_type LIKE 'expense%%' THEN 'expense'
                WHEN side.account_type LIKE 'income%%' THEN 'income'
                WHEN side.account_type LIKE 'equity%%' THEN 'owner'
                ELSE 'other'
            END
            """
        )
