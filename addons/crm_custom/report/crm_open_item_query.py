from odoo import api, fields, models
from odoo.tools import SQL


class CrmOpenItemQuery(models.AbstractModel):
    """The innermost query of crm.open.item: residual per receivable journal item at a date.

    Definition: balance less the partial reconciliations with `max_date` <= as_of and both sides posted.
    Why not that very query: summing the past partials of each item takes 8 to 10 s on 200,000 invoices.
    The stored residual already is balance less all partials, so the query starts from it and adds back what
    must not count: partials after as_of, and partials whose other side is a draft (Odoo 19 keeps them).
    Measured on 200,000 invoices: as fast as bare SQL for all customers, milliseconds for one customer.
    """

    _name = "crm.open.item.query"
    _inherit = ["crm.fact"]
    _description = "Open Receivable Items, Query"

    @api.model
    def _as_of(self):
        """Return the date judged: the context key `as_of`, else today in the user's time zone."""
        return fields.Date.to_date(self.env.context.get("as_of")) or fields.Date.context_today(self)

    @api.model
    def _items(self) -> SQL:
        """Items open now and untouched since the date, and items to which something must be added back.

        Example: invoice 100, paid 40 before and 60 after the date: stored residual 0, 60 added back, open 60.
        Company, customer and due date come out here, so that filters on them reach the tables.
        """
        return SQL(
            "%s UNION ALL %s",
            self._untouched(),
            SQL(
                """
                SELECT id, company_id, partner_id, due_date,
                    residual + SUM(amount), residual_currency + SUM(amount_currency)
                FROM (%s) touched
                    (id, company_id, partner_id, due_date, residual, residual_currency, amount, amount_currency)
                GROUP BY id, company_id, partner_id, due_date, residual, residual_currency
                HAVING residual + SUM(amount) != 0 OR residual_currency + SUM(amount_currency) != 0
                """,
                SQL(" UNION ALL ").join(self._touched()),
            ),
        )

    @api.model
    def _untouched(self) -> SQL:
        """Open items without a partial after the date or with a draft: the stored residual is right.

        What is not reconciled and has a residual is found through an index of its own (`_crm_open_idx`); without it
        PostgreSQL reads every journal item there is.
        """
        return SQL(
            """
            %(items)s
            AND line.reconciled IS NOT TRUE
            AND (line.amount_residual != 0 OR line.amount_residual_currency != 0)
            AND NOT EXISTS (
                SELECT 1 FROM account_partial_reconcile partial
                WHERE partial.debit_move_id = line.id AND partial.max_date > %(as_of)s
            )
            AND NOT EXISTS (
                SELECT 1 FROM account_partial_reconcile partial
                WHERE partial.credit_move_id = line.id AND partial.max_date > %(as_of)s
            )
            AND NOT EXISTS (
                SELECT 1 FROM (%(draft_debits)s UNION ALL %(draft_credits)s) partial WHERE partial.line_id = line.id
            )
            """,
            items=self._posted_items(SQL("account_move_line line"), SQL()),
            as_of=self._as_of(),
            draft_debits=self._draft_partials("debit"),
            draft_credits=self._draft_partials("credit"),
        )

    @api.model
    def _touched(self) -> list[SQL]:
        """One row per item and partial to add back: after the date, or up to it with a draft; signed."""
        columns = SQL(", partial.amount, partial.amount_currency")
        rows = [
            SQL(
                "%s AND partial.max_date > %s",
                self._posted_items(
                    SQL("(%s) partial JOIN account_move_line line ON line.id = partial.line_id", self._sides()), columns
                ),
                self._as_of(),
            )
        ]
        for side, sign in (("debit", SQL("")), ("credit", SQL("-"))):
            drafts = SQL(
                "(%s) partial JOIN account_move_line line ON line.id = partial.line_id", self._draft_partials(side)
            )
            signed = SQL(", %(sign)spartial.amount, %(sign)spartial.amount_currency", sign=sign)
            rows.append(self._posted_items(drafts, signed))
        return rows

    @api.model
    def _sides(self) -> SQL:
        """Every partial from both sides, signed. Without a condition, so that PostgreSQL goes from an item straight to
        its partials where it has few items, and reads the items once where it has many.
        """
        return SQL(
            """
            SELECT debit_move_id AS line_id, amount, debit_amount_currency AS amount_currency, max_date
              FROM account_partial_reconcile
             UNION ALL
            SELECT credit_move_id, -amount, -credit_amount_currency, max_date FROM account_partial_reconcile
            """
        )

    @api.model
    def _posted_items(self, tables: SQL, columns: SQL) -> SQL:
        """Select from the posted receivable items dated up to the date; `tables` names one `line`.

        The accounts come as an array: of a join with them PostgreSQL expects a tenth of the items, and plans badly.
        """
        return SQL(
            """
            SELECT
                line.id,
                line.company_id,
                partner.commercial_partner_id AS partner_id,
                COALESCE(line.date_maturity, line.date) AS due_date,
                line.amount_residual AS residual,
                line.amount_residual_currency AS residual_currency
                %(columns)s
            FROM %(tables)s
            LEFT JOIN res_partner partner ON partner.id = line.partner_id
            WHERE line.account_id = ANY(ARRAY(SELECT id FROM account_account WHERE account_type = 'asset_receivable'))
              AND line.parent_state = 'posted'
              AND line.date <= %(as_of)s
            """,
            columns=columns,
            tables=tables,
            as_of=self._as_of(),
        )

    @api.model
    def _draft_partials(self, side) -> SQL:
        """Partials up to the date whose item on `side` faces the item of a draft."""
        return SQL(
            """
            SELECT matched.%(ours)s AS line_id, matched.amount, matched.%(currency)s AS amount_currency
            FROM (%(drafts)s) draft
            JOIN account_partial_reconcile matched ON matched.%(other)s = draft.id
            WHERE (matched.max_date > %(as_of)s) IS NOT TRUE
            """,
            ours=SQL.identifier(f"{side}_move_id"),
            currency=SQL.identifier(f"{side}_amount_currency"),
            other=SQL.identifier(f"{'credit' if side == 'debit' else 'debit'}_move_id"),
            drafts=self._matched_drafts(),
            as_of=self._as_of(),
        )

    @api.model
    def _matched_drafts(self) -> SQL:
        """Receivable items of drafts that have been matched: their residual differs from their balance."""
        return SQL(
            """
            SELECT line.id
            FROM account_move_line line
            JOIN account_account account ON account.id = line.account_id
            WHERE account.account_type = 'asset_receivable'
              AND line.parent_state != 'posted'
              AND (line.amount_residual != line.balance OR line.amount_residual_currency != line.amount_currency)
            """
        )
