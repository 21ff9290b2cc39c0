from odoo import api, models
from odoo.tools import SQL


class CrmCollectionQuery(models.AbstractModel):
    """The inner queries of crm.collection: money per partial, and its split by the orders of the invoice."""

    _name = "crm.collection.query"
    _inherit = ["crm.fact"]
    _description = "Collected Money, Query"

    @api.model
    def _parts(self) -> SQL:
        """Money per partial, before the split by orders; amounts positive, `sign` tells the direction.

        `money` is the receivable item of the payment or statement line. Its own currency carries the parts:
        an exchange difference changes the partial's company amount, not the money. `entry.share` is the liquid share
        of the item and what the entry's items before it come to, `before.amount` what earlier partials took of the
        item: the part is the difference of two rounded running totals, so all parts of an entry sum to its money to
        the cent.
        The receivable accounts are an array, not a join: they are few, but half of all items are on them, which the
        planner cannot know of a join.
        Example: bank 980, discount 20, receivable -1000, partials 400 and 600: 392 and 588.
        """
        return SQL(
            """
            SELECT
                partial.id AS partial_id,
                partial.sign,
                partial.money_line_id,
                money.move_id AS money_move_id,
                money.company_id AS money_company_id,
                money.balance AS money_balance,
                money.statement_line_id AS money_statement_line_id,
                money.date,
                invoice.company_id,
                invoice.move_id,
                document.move_type,
                document.commercial_partner_id AS partner_id,
                document.invoice_date,
                document.campaign_id,
                document.invoice_user_id,
                document.team_id,
                money.payment_id,
                money.journal_id,
                payment.payment_method_line_id,
                invoice.currency_id,
                invoice.company_currency_id,
                COALESCE(invoice.date_maturity, invoice.date) AS due_date,
                currency.decimal_places AS invoice_digits,
                company_currency.decimal_places AS digits,
                CASE
                    WHEN entry.share IS NULL AND money.amount_currency = money.balance THEN partial.money_amount
                    ELSE ROUND(
                            (COALESCE(entry.share[2], 0) + (before.amount + partial.money_amount) * ABS(money.balance)
                                / NULLIF(ABS(money.amount_currency), 0))
                            * COALESCE(entry.share[1], 1), company_currency.decimal_places)
                        - ROUND(
                            (COALESCE(entry.share[2], 0) + before.amount * ABS(money.balance)
                                / NULLIF(ABS(money.amount_currency), 0))
                            * COALESCE(entry.share[1], 1), company_currency.decimal_places)
                END AS amount,
                ROUND(partial.invoice_amount * COALESCE(entry.share[1], 1), currency.decimal_places) AS amount_currency
            FROM (
                SELECT id, 1 AS sign, debit_move_id AS invoice_line_id, debit_amount_currency AS invoice_amount,
                    credit_move_id AS money_line_id, credit_amount_currency AS money_amount
                FROM account_partial_reconcile
                UNION ALL
                SELECT id, -1, credit_move_id, credit_amount_currency, debit_move_id, debit_amount_currency
                FROM account_partial_reconcile
            ) partial
            JOIN account_move_line invoice ON invoice.id = partial.invoice_line_id
            JOIN account_move document ON document.id = invoice.move_id
            JOIN account_move_line money ON money.id = partial.money_line_id
            JOIN res_currency currency ON currency.id = invoice.currency_id
            JOIN res_currency company_currency ON company_currency.id = invoice.company_currency_id
            LEFT JOIN account_payment payment ON payment.id = money.payment_id
            LEFT JOIN LATERAL (%(entry)s) entry ON TRUE
            LEFT JOIN LATERAL (%(before)s) before ON TRUE
            WHERE invoice.account_id = ANY (%(receivable)s)
              AND money.account_id = ANY (%(receivable)s)
              AND document.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
              AND invoice.parent_state = 'posted'
              AND money.parent_state = 'posted'
              AND (money.payment_id IS NOT NULL OR money.statement_line_id IS NOT NULL)
            """,
            entry=self._liquid_share(),
            before=self._taken_before(),
            receivable=SQL("ARRAY(SELECT id FROM account_account WHERE account_type = 'asset_receivable')"),
        )

    @api.model
    def _liquid_share(self) -> SQL:
        """[liquid share (0 to 1) of a money item, what the items before it on its side come to]; NULL: all is money.

        Share = (money + netted) / items of its side. Netted is what the same entry settles the other way round, a
        credit note or a vendor's bill: bank 80 for an invoice of 100 less a credit note of 20 is 100 collected and 20
        paid back. What else stands on the money's side is given up: discount, charges, write-offs; it lies with the
        items that the money is for, none of it with what is netted.
        Most payments book one counterpart for the money itself: those are not looked at. Core's own measure of
        a payment's liquidity is used where there is one, else the lines on bank, cash and outstanding accounts.
        A CASE behind `OFFSET 0` and not a lateral aggregate: that would run for every part of money there is.
        """
        return SQL(
            """
            SELECT CASE WHEN payment.amount_company_currency_signed IS DISTINCT FROM -money.balance THEN (
                SELECT ARRAY[
                    CASE WHEN SIGN(entry.money) = SIGN(money.balance) THEN 1
                    ELSE LEAST(1, (ABS(entry.money) + entry.netted) / NULLIF(entry.side, 0)) END,
                    entry.earlier
                ]
                FROM (
                    SELECT
                        COALESCE(payment.amount_company_currency_signed, SUM(line.balance) FILTER (WHERE kind.liquid))
                            AS money,
                        COALESCE(SUM(ABS(line.balance)) FILTER (WHERE kind.is_open
                            AND SIGN(line.balance) = -SIGN(money.balance)), 0) AS netted,
                        SUM(ABS(line.balance)) FILTER (WHERE kind.counted
                            AND SIGN(line.balance) = SIGN(money.balance)) AS side,
                        COALESCE(SUM(ABS(line.balance)) FILTER (WHERE kind.counted
                            AND SIGN(line.balance) = SIGN(money.balance) AND line.id < money.id), 0) AS earlier
                    FROM account_move_line line
                    JOIN account_account side ON side.id = line.account_id
                    JOIN account_journal journal ON journal.id = line.journal_id
                    CROSS JOIN LATERAL (
                        SELECT line.account_id = journal.default_account_id
                            OR side.account_type IN ('asset_cash', 'liability_credit_card') AS liquid
                    ) own
                    CROSS JOIN LATERAL (
                        SELECT own.liquid, payment.id IS NOT NULL OR NOT own.liquid AS counted,
                            side.account_type IN ('asset_receivable', 'liability_payable') AS is_open
                    ) kind
                    WHERE line.move_id = money.move_id
                ) entry
            ) END AS share
            OFFSET 0
            """
        )

    @api.model
    def _taken_before(self) -> SQL:
        """What earlier partials took of the money item, in its currency; NULL where the part needs no rounding."""
        return SQL(
            """
            SELECT CASE WHEN entry.share IS NOT NULL OR money.amount_currency != money.balance THEN (
                SELECT COALESCE(SUM(
                    CASE WHEN partial.sign = 1 THEN earlier.credit_amount_currency
                    ELSE earlier.debit_amount_currency END
                ), 0)
                FROM account_partial_reconcile earlier
                WHERE (
                    partial.sign = 1 AND earlier.credit_move_id = money.id
                    OR partial.sign = -1 AND earlier.debit_move_id = money.id
                )
                AND earlier.id < partial.id
            ) END AS amount
            OFFSET 0
            """
        )

    @api.model
    def _shares(self) -> SQL:
        """Split a part by the orders its invoice bills, weighted by their lines' totals, by largest remainder.

        The rule is `tools/split.py:largest_remainder`, orders in order of their id; lines of no order are a
        share of their own; a line that bills several orders counts for the oldest.
        Example: 100.00 over three equal orders: 33.34, 33.33, 33.33.
        """
        return SQL(
            """
            SELECT
                order_id,
                orders,
                (base + (ROW_NUMBER() OVER (ORDER BY exact - base DESC, order_id NULLS FIRST)
                    <= units - SUM(base) OVER ())::int) / 10.0 ^ part.digits AS amount,
                (base_currency + (ROW_NUMBER() OVER (ORDER BY exact_currency - base_currency DESC, order_id NULLS FIRST)
                    <= units_currency - SUM(base_currency) OVER ())::int) / 10.0 ^ part.invoice_digits
                    AS amount_currency
            FROM (
                SELECT
                    order_id,
                    orders,
                    units,
                    units_currency,
                    units * weight / total AS exact,
                    FLOOR(units * weight / total) AS base,
                    units_currency * weight / total AS exact_currency,
                    FLOOR(units_currency * weight / total) AS base_currency
                FROM (
                    SELECT
                        order_id,
                        COUNT(*) OVER () AS orders,
                        part.amount * 10.0 ^ part.digits AS units,
                        part.amount_currency * 10.0 ^ part.invoice_digits AS units_currency,
                        CASE
                            WHEN SUM(weight) OVER () != 0 THEN weight
                            ELSE (ROW_NUMBER() OVER (ORDER BY order_id NULLS FIRST) = 1)::int
                        END AS weight,
                        COALESCE(NULLIF(SUM(weight) OVER (), 0), 1) AS total
                    FROM (
                        SELECT sale_line.order_id, SUM(COALESCE(line.price_total, 0)) AS weight
                        FROM account_move_line line
                        LEFT JOIN LATERAL (
                            SELECT MIN(sale_line.order_id) AS order_id
                            FROM sale_order_line_invoice_rel link
                            JOIN sale_order_line sale_line ON sale_line.id = link.order_line_id
                            WHERE link.invoice_line_id = line.id
                        ) sale_line ON TRUE
                        WHERE line.move_id = part.move_id AND line.display_type = 'product'
                        GROUP BY sale_line.order_id
                    ) line_order
                ) weighted
            ) rounded
            """
        )
