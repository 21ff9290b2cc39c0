from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..tools import statement as rules


class CrmStatement(models.AbstractModel):
    """What moved on customers' accounts; an item settled in another currency moves both.

    At any date, and in each currency, opening balance and movements end where the open items of that date do.
    """

    _inherit = "crm.statement"

    @api.model
    def _movements(self, company, partners, date_from, date):
        """({partner id: movements in order}, {partner id: {currency id: balance before}}), whoever asks."""
        moved, openings = defaultdict(list), defaultdict(dict)
        if not partners:
            return moved, openings
        for model in (
            "account.move", "account.move.line", "account.account", "account.partial.reconcile", "res.partner",
        ):  # fmt: skip
            self.env[model].flush_model()
        lines = self._movement_lines(company, partners)
        for row in self._read(self._movement_query(lines, date_from, date)):
            if row["move"]:
                moved[row["partner"]].append(row)
            else:
                before = openings[row["partner"]]
                before[row["currency"]] = rules.total([before.get(row["currency"], 0.0), row["amount"]])
        return moved, openings

    @api.model
    def _movement_lines(self, company, partners):
        """Joins and conditions of `line`, the customers' posted receivable journal items: reconciled or open, all of
        them, which lets the index of those serve."""
        return SQL(
            """
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.account_id = ANY(ARRAY(SELECT id FROM account_account WHERE account_type = 'asset_receivable'))
               AND line.parent_state = 'posted' AND line.partner_id IS NOT NULL
               AND (line.reconciled OR line.amount_residual != 0 OR line.amount_residual_currency != 0)
               AND line.company_id = ANY(%s) AND partner.commercial_partner_id = ANY(%s)
            """,
            self.env["res.company"].sudo().search([("id", "child_of", company.id)]).ids,
            partners.ids,
        )

    @api.model
    def _movement_query(self, lines, date_from, date):
        """Balances before (without a document), then one row a document and currency: instalments together, exchange
        differences (no amount) left out. The balances are read from an index alone (`_crm_partner_account_idx`).
        What was settled in another currency comes as conversions, in both.
        """
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner, line.currency_id AS currency, NULL::int AS move,
                   NULL AS name, NULL AS ref, NULL::date AS date, NULL::date AS due_date,
                   SUM(line.amount_currency) AS amount, NULL AS kind, NULL::int AS other_currency,
                   NULL::numeric AS other_amount
              %(lines)s AND line.date < %(date_from)s AND line.date <= %(date)s
             GROUP BY partner.commercial_partner_id, line.currency_id
             UNION ALL
            SELECT partner.commercial_partner_id, line.currency_id, move.id, move.name, COALESCE(move.ref, ''),
                   line.date, MIN(line.date_maturity), SUM(line.amount_currency),
                   CASE WHEN BOOL_OR(line.payment_id IS NOT NULL OR line.statement_line_id IS NOT NULL) THEN 'payment'
                        WHEN move.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
                        WHEN move.move_type = 'out_refund' THEN 'refund'
                        ELSE 'entry' END, NULL::int, NULL::numeric
              %(moves)s AND line.date >= %(date_from)s AND line.date <= %(date)s
             GROUP BY partner.commercial_partner_id, line.currency_id, move.id, line.date
            HAVING SUM(line.amount_currency) != 0
             UNION ALL
            %(conversions)s
             ORDER BY partner, date, name, move
            """,
            lines=SQL("FROM account_move_line line %s", lines),
            moves=SQL("FROM account_move_line line JOIN account_move move ON move.id = line.move_id %s", lines),
            conversions=self._conversions(lines, date_from, date),
            date_from=date_from,
            date=date,
        )

    @api.model
    def _conversions(self, lines, date_from, date):
        """Of what was matched with an item in another currency: the part used, on the day of the match, signed against
        the item. Named after the document on the other side, with what that side gave or took (`other_amount`).

        Example: 1,000 USD paid with 900 EUR: -1,000 in USD beside the payment, +900 in EUR beside the invoice. Such
        matches are few and found through an index of their own (`_crm_currencies_idx`); the array makes PostgreSQL
        start from them.
        """
        return SQL(
            """
            (WITH used AS MATERIALIZED (
                SELECT debit_move_id AS line_id, credit_move_id AS other_id, max_date AS date,
                       -debit_amount_currency AS amount, credit_currency_id AS currency,
                       credit_amount_currency AS other_amount
                  FROM account_partial_reconcile
                 WHERE debit_currency_id != credit_currency_id AND max_date <= %(date)s
                 UNION ALL
                SELECT credit_move_id, debit_move_id, max_date, credit_amount_currency, debit_currency_id,
                       debit_amount_currency
                  FROM account_partial_reconcile
                 WHERE debit_currency_id != credit_currency_id AND max_date <= %(date)s
            )
            SELECT partner.commercial_partner_id, line.currency_id, move.id, move.name, '',
                   CASE WHEN used.date >= %(date_from)s THEN used.date END, NULL::date, SUM(used.amount), 'conversion',
                   CASE WHEN used.date >= %(date_from)s THEN used.currency END, SUM(used.other_amount)
              FROM account_move_line line
              JOIN used ON used.line_id = line.id
              JOIN account_move_line other ON other.id = used.other_id AND other.parent_state = 'posted'
         LEFT JOIN account_move move ON move.id = other.move_id AND used.date >= %(date_from)s
              %(lines)s AND line.id = ANY(ARRAY(SELECT line_id FROM used))
             GROUP BY partner.commercial_partner_id, line.currency_id, move.id, 6, 10
            HAVING SUM(used.amount) != 0)
            """,
            lines=lines,
            date_from=date_from,
            date=date,
        )
