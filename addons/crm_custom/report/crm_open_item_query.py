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
        Company, customer and due date come out here, so that filters on them reach the tables, and what else a
        reader may want of the item, so that nobody looks it up again.
        """
        return SQL("%s UNION ALL %s", self._untouched(), self._reopened())

    @api.model
    def _columns(self, company: SQL, partner: SQL, added: SQL, added_currency: SQL) -> SQL:
        """What is known of an open item, from its `line`."""
        return SQL(
            """
            line.id,
            %(company)s AS company_id,
            %(partner)s AS partner_id,
            COALESCE(line.date_maturity, line.date) AS due_date,
            line.amount_residual %(added)s AS residual,
            line.amount_residual_currency %(added_currency)s AS residual_currency,
            line.move_id, line.journal_id, line.account_id, line.date, line.invoice_date, line.currency_id,
            line.company_currency_id, line.balance, line.amount_currency, line.payment_id, line.statement_line_id
            """,
            company=company,
            partner=partner,
            added=added,
            added_currency=added_currency,
        )

    @api.model
    def _untouched(self) -> SQL:
        """Open items without a partial after the date or with a draft: the stored residual is right.

        What is not reconciled and has a residual is found through an index of its own (`_crm_open_idx`); without it
        PostgreSQL reads every journal item there is.
        """
        return SQL(
            """
            SELECT %(columns)s
            FROM account_move_line line
            LEFT JOIN res_partner partner ON partner.id = line.partner_id
            WHERE %(posted)s
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
            columns=self._columns(SQL("line.company_id"), SQL("partner.commercial_partner_id"), SQL(), SQL()),
            posted=self._is_posted_receivable("line"),
            as_of=self._as_of(),
            draft_debits=self._draft_partials("debit"),
            draft_credits=self._draft_partials("credit"),
        )

    @api.model
    def _reopened(self) -> SQL:
        """Items to which partials must be added back, those that are open with them. They are summed by item, company
        and customer, so that a filter on these reaches the items; the journal items are read for the sums only.
        """
        return SQL(
            """
            SELECT %(columns)s
            FROM (
                SELECT id, company_id, partner_id, SUM(amount) AS amount, SUM(amount_currency) AS amount_currency
                FROM (%(touched)s) touched (id, company_id, partner_id, amount, amount_currency)
                GROUP BY id, company_id, partner_id
            ) back
            JOIN account_move_line line ON line.id = back.id
            WHERE line.amount_residual + back.amount != 0
               OR line.amount_residual_currency + back.amount_currency != 0
            """,
            columns=self._columns(
                SQL("back.company_id"), SQL("back.partner_id"), SQL("+ back.amount"), SQL("+ back.amount_currency")
            ),
            touched=SQL(" UNION ALL ").join(self._touched()),
        )

    @api.model
    def _touched(self) -> list[SQL]:
        """One row per item and partial to add back: after the date, or up to it with a draft; signed.

        Items are judged by an index alone (`_crm_partner_account_idx`).
        """
        rows = [self._posted_partials(self._sides(), SQL(), SQL("AND partial.max_date > %s", self._as_of()))]
        for side, sign in (("debit", SQL("")), ("credit", SQL("-"))):
            rows.append(self._posted_partials(self._draft_partials(side), sign, SQL()))
        return rows

    @api.model
    def _posted_partials(self, partials: SQL, sign: SQL, condition: SQL) -> SQL:
        """Partials (line_id, amount, amount_currency) of posted receivable items up to the date."""
        return SQL(
            """
            SELECT item.id, item.company_id, partner.commercial_partner_id,
                %(sign)spartial.amount, %(sign)spartial.amount_currency
            FROM (%(partials)s) partial
            JOIN account_move_line item ON item.id = partial.line_id
            LEFT JOIN res_partner partner ON partner.id = item.partner_id
            WHERE %(posted)s %(condition)s
            """,
            sign=sign,
            partials=partials,
            posted=self._is_posted_receivable("item"),
            condition=condition,
        )

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
    def _is_posted_receivable(self, alias) -> SQL:
        """Condition on a journal item: posted, receivable, dated up to the date.

        The accounts come as an array: of a join with them PostgreSQL expects a tenth of the items, and plans badly.
        An item of such an account is reconciled or open; saying so lets the index of those serve.
        """
        return SQL(
            """
            %(item)s.account_id = ANY(ARRAY(SELECT id FROM account_account WHERE account_type = 'asset_receivable'))
            AND %(item)s.parent_state = 'posted'
            AND %(item)s.date <= %(as_of)s
            AND (%(item)s.reconciled OR %(item)s.amount_residual != 0 OR %(item)s.amount_residual_currency != 0)
            """,
            item=SQL.identifier(alias),
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
