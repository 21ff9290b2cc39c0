from odoo import api, models
from odoo.tools import SQL

from .crm_funds_flow_query import REST_BIT

PLACE_BITS = 32
"""Bits of an id that hold the entry; those of the journal of a transfer are above them."""


class CrmFundsFlowQuery(models.AbstractModel):
    """Money that an entry moves between own accounts, and the journal that an entry's money belongs to.

    An account belongs to the bank, cash or card journal whose own account it is; any other (outstanding ones) to that
    of the entry: so the rows of a journal are the movement of its account, with what is on its way.
    """

    _inherit = "crm.funds.flow.query"

    @api.model
    def _is_money_journal(self, journal) -> SQL:
        return SQL("%s IN ('bank', 'cash', 'credit')", SQL.identifier(journal, "type"))

    @api.model
    def _own_accounts(self) -> SQL:
        """(account_id, company_id, journal_id): whose account it is; a branch's own journal before its parent's."""
        return SQL(
            """
            SELECT DISTINCT ON (journal.default_account_id, company.id)
                   journal.default_account_id AS account_id, company.id AS company_id, journal.id AS journal_id
              FROM account_journal journal
              JOIN res_company owner ON owner.id = journal.company_id
              JOIN res_company company ON company.parent_path LIKE owner.parent_path || '%%'
             WHERE %s AND journal.default_account_id IS NOT NULL
             ORDER BY journal.default_account_id, company.id, LENGTH(owner.parent_path) DESC, journal.active DESC,
                      journal.id
            """,
            self._is_money_journal("journal"),
        )

    @api.model
    def _home(self) -> SQL:
        """The journal of an entry's `rest`: its own, of a miscellaneous entry that of its largest own account."""
        return SQL(
            """
            CASE WHEN %(is_money)s THEN rest.journal_id ELSE COALESCE((
                SELECT own.journal_id
                  FROM account_move_line line
                  JOIN (%(own)s) own ON own.account_id = line.account_id AND own.company_id = line.company_id
                 WHERE line.move_id = rest.move_id
                 GROUP BY own.journal_id
                 ORDER BY ABS(SUM(line.balance)) DESC, own.journal_id
                 LIMIT 1
            ), rest.journal_id) END
            """,
            is_money=self._is_money_journal("journal"),
            own=self._own_accounts(),
        )

    @api.model
    def _transfers(self) -> SQL:
        """What an entry moved on own accounts of other journals than its home, and the same at home the other way.

        Each sums to zero by entry: `_rest` has what is left. Example: an entry of 300 to the cash box, 10 of fees and
        310 off the bank: a rest of -10 at the bank, beside -300 there and +300 in the cash box.
        """
        return SQL(
            """
            SELECT
                (1::bigint << %(bit)s) + (place.journal_id::bigint << %(place_bits)s) + moved.move_id AS id,
                0 AS part,
                moved.move_id,
                moved.date,
                moved.company_id,
                place.journal_id,
                NULL::int AS payment_id,
                NULL::int AS payment_method_line_id,
                NULL::int AS partner_id,
                NULL::int AS user_id,
                NULL::int AS team_id,
                NULL::int AS invoice_id,
                NULL::int AS order_id,
                (ARRAY_AGG(place.account_id ORDER BY ABS(place.amount) DESC, place.account_id))[1] AS account_id,
                'transfer' AS category,
                SUM(place.amount) AS amount,
                SIGN(SUM(place.amount)) AS sign
            FROM (%(moved)s) moved
            JOIN account_journal home ON home.id = moved.home_id
            JOIN LATERAL (
                VALUES (moved.journal_id, moved.amount, home.default_account_id),
                       (moved.home_id, -moved.amount, moved.account_id)
            ) place (journal_id, amount, account_id) ON TRUE
            WHERE moved.journal_id != moved.home_id
            GROUP BY moved.move_id, moved.date, moved.company_id, place.journal_id
            HAVING SUM(place.amount) != 0
            """,
            bit=REST_BIT,
            place_bits=PLACE_BITS,
            moved=self._moved_elsewhere(),
        )

    @api.model
    def _moved_elsewhere(self) -> SQL:
        """Sums by entry and own account of another journal than the entry's: few of all the items of money."""
        return SQL(
            """
            SELECT stray.*,
                   CASE WHEN %(is_money)s THEN entry.id
                        ELSE FIRST_VALUE(stray.journal_id) OVER (
                            PARTITION BY stray.move_id, stray.date, stray.company_id
                            ORDER BY ABS(stray.amount) DESC, stray.journal_id) END AS home_id
              FROM (
                    SELECT line.move_id, line.date, line.company_id, line.journal_id AS entry_journal_id,
                           own.journal_id, MIN(own.account_id) AS account_id, SUM(line.balance) AS amount
                      FROM (%(own)s) own
                      JOIN account_move_line line
                           ON line.account_id = own.account_id AND line.company_id = own.company_id
                          AND line.journal_id != own.journal_id
                      JOIN account_journal entry ON entry.id = line.journal_id
                     WHERE line.parent_state = 'posted'
                       AND NOT (%(is_money)s AND entry.default_account_id = line.account_id)
                     GROUP BY line.move_id, line.date, line.company_id, line.journal_id, own.journal_id
                   ) stray
              JOIN account_journal entry ON entry.id = stray.entry_journal_id
            """,
            is_money=self._is_money_journal("entry"),
            own=self._own_accounts(),
        )
