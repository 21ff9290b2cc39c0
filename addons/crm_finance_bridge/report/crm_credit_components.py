"""The SQL parts that make a customer's credit exposure; an addon adds a part by extending `_sql_parts`."""

from odoo import models
from odoo.tools import SQL


class CrmCreditComponents(models.AbstractModel):
    _name = "crm.credit.components"
    _description = "Parts of the Credit Exposure"

    def _sql_entity(self, roots):
        """Each company with the root of its branches."""
        companies = self.env["res.company"].sudo().search([("id", "child_of", roots.ids)])
        return SQL(
            "SELECT * FROM (VALUES %s) AS entity(company_id, root_id)",
            SQL(", ").join(SQL("(%s, %s)", company.id, company.root_id.id) for company in companies),
        )

    def _sql_partner_filter(self, partners):
        return SQL("AND customer.commercial_partner_id IN %s", tuple(partners.ids)) if partners else SQL()

    def _sql_items(self, partners):
        """Open posted receivable lines, of any date: (root, customer, due date, amount, id).

        The stored residual counts matches with entries set back to draft, which the posted ledger
        does not know; the second half adds these back. Accounts as an array: see crm.open.item.query.
        """
        return SQL(
            """
            SELECT entity.root_id, customer.commercial_partner_id AS partner_id, line.id,
                   COALESCE(line.date_maturity, line.date) AS due, line.amount_residual AS amount
              FROM account_move_line line
              JOIN entity ON entity.company_id = line.company_id
              JOIN res_partner customer ON customer.id = line.partner_id %(only)s
             WHERE line.account_id = ANY(ARRAY(SELECT id FROM account_account WHERE account_type = 'asset_receivable'))
               AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE AND line.amount_residual <> 0
             UNION ALL
            SELECT entity.root_id, customer.commercial_partner_id, line.id, COALESCE(line.date_maturity, line.date),
                   CASE WHEN line.id = partial.debit_move_id THEN partial.amount ELSE -partial.amount END
              FROM account_move_line other
              JOIN res_partner customer ON customer.id = other.partner_id %(only)s
              JOIN account_partial_reconcile partial ON other.id IN (partial.debit_move_id, partial.credit_move_id)
              JOIN account_move_line line
                ON line.id = partial.debit_move_id + partial.credit_move_id - other.id AND line.parent_state = 'posted'
              JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
              JOIN entity ON entity.company_id = line.company_id
             WHERE other.parent_state <> 'posted'
            """,
            only=self._sql_partner_filter(partners),
        )

    def _sql_debt(self, roots, today):
        """Open items, what of each no confirmed dispute is about (`clear`), that debt up to each, oldest first, and the
        credits that may cover it."""
        companies = self.env["res.company"].sudo().search([("id", "child_of", roots.ids)])
        return SQL(
            """
            SELECT root_id, partner_id, due, amount, clear,
                   SUM(clear) OVER (PARTITION BY root_id, partner_id ORDER BY due, id) AS running,
                   SUM(LEAST(amount, 0)) OVER (PARTITION BY root_id, partner_id) AS credits
              FROM (SELECT root_id, partner_id, id, due, whole.amount,
                           GREATEST(whole.amount - COALESCE(disputed.amount, 0), 0) AS clear
                      FROM (SELECT root_id, partner_id, id, due, SUM(amount) AS amount
                              FROM item GROUP BY root_id, partner_id, id, due) AS whole
                 LEFT JOIN (%(disputed)s) AS disputed ON disputed.line_id = whole.id) AS single
            """,
            disputed=self.env["crm.dispute"]._disputed_query(companies.ids, today, confirmed=True),
        )

    def _sql_parts(self, partners):
        """The parts: root, customer, receivable, unapplied, uninvoiced, draft, overdue, oldest, shipped.

        Shipped is the part of uninvoiced that is delivered. Drafts of orders always count, since they take the place
        of what their order had to invoice; invoices drafted by hand where the company counts them, a credit note
        drafted by hand never.
        """
        only = self._sql_partner_filter(partners)
        return [
            SQL(
                """
                SELECT debt.root_id, partner_id, SUM(GREATEST(amount, 0)) AS receivable,
                       SUM(LEAST(amount, 0)) AS unapplied, 0 AS uninvoiced, 0 AS draft,
                       GREATEST(SUM(clear) FILTER (WHERE due < terms.today) + MIN(credits), 0) AS overdue,
                       MIN(due) FILTER (WHERE clear > 0 AND running + credits > 0 AND due < terms.today) AS oldest_due,
                       0 AS shipped
                  FROM debt JOIN terms ON terms.root_id = debt.root_id
                 GROUP BY debt.root_id, partner_id
                """
            ),
            SQL(
                """
                SELECT entity.root_id, customer.commercial_partner_id, 0, 0, 0, SUM(move.amount_total_signed), 0,
                       NULL::date, 0
                  FROM account_move move
                  JOIN entity ON entity.company_id = move.company_id
                  JOIN terms ON terms.root_id = entity.root_id
                  JOIN res_partner customer ON customer.id = move.partner_id %s
                 WHERE move.state = 'draft' AND (terms.with_drafts AND move.move_type IN ('out_invoice', 'out_receipt')
                    OR move.move_type IN ('out_invoice', 'out_refund') AND EXISTS (
                       SELECT FROM account_move_line aml
                         JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
                        WHERE aml.move_id = move.id))
                 GROUP BY entity.root_id, customer.commercial_partner_id
                """,
                only,
            ),
            self._sql_uninvoiced(only),
        ]

    def _sql_uninvoiced(self, only, by=None):
        """Confirmed orders less what is invoiced (drafts are a part of their own), tax included.

        Open quantity of a line = ordered and never invoiced, or delivered and not (or no longer) invoiced,
        whichever is more; a credit note for returned goods therefore does not come back as an open order. Of a line
        invoiced as delivered, a rest that was cancelled or returned is ordered no more (`_sql_moved`). A line of
        negative quantity (goods taken in part payment) lowers the order, by no more than was ordered. A regular
        invoice that a down payment turns into a credit note has the quantities invoiced with the other sign.
        Down payments that are invoiced and not yet deducted lower the order. A line that was ordered with
        quantity zero and delivered counts at its price before tax. Rows a customer, or what `by` names.
        """
        return SQL(
            """
            SELECT entity.root_id, %(by)s, 0, 0, SUM(due.amount), 0, 0, NULL::date,
                   SUM(LEAST(GREATEST(ROUND(
                       line.shipped / COALESCE(NULLIF(o.currency_rate, 0), 1), terms.digits), 0), due.amount))
              FROM sale_order o
              JOIN entity ON entity.company_id = o.company_id
              JOIN terms ON terms.root_id = entity.root_id
              JOIN res_partner customer ON customer.id = o.partner_invoice_id %(only)s
              JOIN LATERAL (
                SELECT COALESCE(SUM(CASE WHEN sol.is_downpayment THEN 0 WHEN sol.product_uom_qty = 0
                            THEN -sol.price_unit * (1 - COALESCE(sol.discount, 0) / 100)
                                 * GREATEST(sol.qty_delivered - sol.qty_invoiced, 0)
                            ELSE sol.price_total * (1 - rest.quantity / sol.product_uom_qty) END), 0) AS covered,
                       COALESCE(SUM(billed.amount) FILTER (WHERE sol.is_downpayment), 0) AS prepaid,
                       COALESCE(SUM(rest.sent
                           * CASE WHEN sol.product_uom_qty = 0
                                  THEN sol.price_unit * (1 - COALESCE(sol.discount, 0) / 100)
                                  ELSE sol.price_total / sol.product_uom_qty END)
                           FILTER (WHERE sol.is_downpayment IS NOT TRUE), 0) AS shipped
                  FROM sale_order_line sol
             LEFT JOIN LATERAL (
                    SELECT COALESCE(SUM(aml.quantity * from_uom.factor / to_uom.factor
                               * CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END)
                               FILTER (WHERE move.move_type = 'out_invoice' OR move.move_type = 'out_refund'
                                         AND aml.quantity * sol.product_uom_qty < 0), 0) AS gross,
                           COALESCE(SUM(aml.price_total / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                               * CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END), 0) AS amount
                      FROM sale_order_line_invoice_rel rel
                      JOIN account_move_line aml ON aml.id = rel.invoice_line_id
                      JOIN account_move move ON move.id = aml.move_id AND move.state <> 'cancel'
                 LEFT JOIN uom_uom from_uom ON from_uom.id = aml.product_uom_id
                 LEFT JOIN uom_uom to_uom ON to_uom.id = sol.product_uom_id
                     WHERE rel.order_line_id = sol.id) AS billed ON TRUE
             LEFT JOIN LATERAL (%(moved)s) AS moved ON TRUE
             LEFT JOIN LATERAL (
                    SELECT CASE WHEN sol.product_uom_qty < 0
                                THEN LEAST(sol.product_uom_qty - billed.gross, sent.quantity, 0)
                                ELSE GREATEST(LEAST(sol.product_uom_qty, moved.wanted) - billed.gross, sent.quantity, 0)
                           END AS quantity, sent.quantity AS sent
                      FROM (SELECT CASE WHEN sol.product_uom_qty < 0
                                   THEN GREATEST(LEAST(sol.qty_delivered - sol.qty_invoiced, 0), sol.product_uom_qty)
                                   ELSE GREATEST(sol.qty_delivered - sol.qty_invoiced, 0) END AS quantity) AS sent
                   ) AS rest ON TRUE
                 WHERE sol.order_id = o.id AND sol.display_type IS NULL) AS line ON TRUE
              JOIN LATERAL (
                SELECT GREATEST(ROUND(
                       (o.amount_total - line.covered) / COALESCE(NULLIF(o.currency_rate, 0), 1) - line.prepaid,
                       terms.digits), 0) AS amount) AS due ON TRUE
             WHERE o.state = 'sale' AND o.invoice_status IS DISTINCT FROM 'invoiced'
             GROUP BY entity.root_id, %(by)s
            """,
            by=by or SQL("customer.commercial_partner_id"),
            only=only,
            moved=self._sql_moved(),
        )

    def _sql_moved(self):
        """What the customer still gets of the order line `sol` in all (`wanted`, in the line's unit of measure).

        For goods invoiced as delivered: what is delivered and on its way; a rest of which nothing moves (not yet
        purchased, say) counts as ordered, less what was cancelled or returned for a credit note. Kits, whose moves are
        of other products, and services count as ordered. A move counts as the last step of its way to the customer. One
        from a supplier that was cancelled closes nothing: the purchase was called off, not the order.

        Small tables are read once (arrays), not joined: the planner starts with them, line by line.
        """
        return SQL(
            """
            SELECT CASE WHEN closed > 0 AND (
                       SELECT product.invoice_policy FROM product_product variant
                         JOIN product_template product ON product.id = variant.product_tmpl_id
                        WHERE variant.id = sol.product_id) = 'delivery'
                   THEN GREATEST(sol.qty_delivered + coming, sol.product_uom_qty - closed) END AS wanted
              FROM (
                SELECT COALESCE(SUM(move.product_uom_qty * move.ratio)
                           FILTER (WHERE move.state NOT IN ('done', 'cancel') AND move.leaving), 0) AS coming,
                       COALESCE(SUM(CASE move.state WHEN 'done' THEN move.quantity ELSE move.product_uom_qty END
                               * move.ratio)
                           FILTER (WHERE move.state = 'cancel' AND move.leaving AND NOT move.bought
                                      OR move.state = 'done' AND move.back), 0) AS closed
                  FROM (
                    SELECT step.state, step.product_uom_qty, step.quantity,
                           CASE WHEN step.product_uom = sol.product_uom_id THEN 1 ELSE (
                               SELECT from_uom.factor / to_uom.factor FROM uom_uom from_uom, uom_uom to_uom
                                WHERE from_uom.id = step.product_uom AND to_uom.id = sol.product_uom_id) END AS ratio,
                           (step.origin_returned_move_id IS NULL OR step.to_refund IS TRUE)
                               AND COALESCE(step.location_final_id, step.location_dest_id) = ANY(ARRAY(%(outside)s))
                               AND NOT EXISTS (SELECT FROM stock_move_move_rel rel WHERE rel.move_orig_id = step.id)
                               AS leaving,
                           step.location_id = ANY(ARRAY(SELECT id FROM stock_location WHERE usage = 'supplier'))
                               AS bought,
                           step.to_refund IS TRUE
                               AND COALESCE(step.location_final_id, step.location_dest_id) <> ALL(ARRAY(%(outside)s))
                               AS back
                      FROM stock_move step
                     WHERE step.sale_line_id = sol.id AND step.product_id = sol.product_id
                       AND sol.product_uom_qty > sol.qty_delivered) AS move) AS sums
            """,
            outside=SQL("SELECT id FROM stock_location WHERE usage IN ('customer', 'transit')"),
        )
