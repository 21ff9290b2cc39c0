from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..models.crm_commission_undo import AMOUNTS, Families, exact, origin_of

COLUMNS = (
    "source_key", "source", "date", "partner_id", "user_id", "team_id", "move_id", "order_id", "product_id",
    "discount", "days_late", "amount",
)  # fmt: skip


class CrmCommissionSourceChange(models.AbstractModel):
    """What the books lack of a plan's sources, and the product lines that an invoice's money is split over."""

    _name = "crm.commission.source.change"
    _description = "Changed Sources of Commission, Query"

    @api.model
    def _cut(self, plan, parts) -> SQL:
        """Rows of an order that people share as one a person; cents by differences of rounded running totals."""
        cut = ("source_key", "user_id", "amount")
        return SQL(
            """
            SELECT part.source_key || COALESCE('/' || split.user_id, '') AS source_key,
                   COALESCE(split.user_id, part.user_id) AS user_id,
                   CASE WHEN split.user_id IS NULL THEN part.amount
                        ELSE ROUND(part.amount * split.upto, %(digits)s) - ROUND(part.amount * split.before, %(digits)s)
                    END AS amount, split.percent AS split_percent, %(others)s
              FROM (%(parts)s) part
              LEFT JOIN (
                    SELECT order_id, user_id, percent, SUM(percent) OVER running / SUM(percent) OVER whole AS upto,
                           (SUM(percent) OVER running - percent) / SUM(percent) OVER whole AS before
                      FROM crm_commission_split
                    WINDOW whole AS (PARTITION BY order_id), running AS (PARTITION BY order_id ORDER BY user_id)
                   ) split ON split.order_id = part.order_id
            """,
            digits=plan.currency_id.decimal_places,
            others=SQL(", ").join(SQL.identifier("part", name) for name in COLUMNS if name not in cut),
            parts=parts,
        )

    @api.model
    def _changed(self, plan, until, last_day):
        """Rows until a day whose money differs from what the plan booked; those that vanished have amount None.

        After the last day of the plan's sales only what takes back.
        """
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
                WITH source AS MATERIALIZED (
                    SELECT * FROM (%(rows)s) found
                     WHERE %(last_day)s::date IS NULL OR date <= %(last_day)s::date
                        OR amount < 0 OR reversed_id IS NOT NULL
                ), booked AS (
                    SELECT source_key AS key, MAX(month) AS month,
                           SUM(source_amount) FILTER (WHERE is_override IS NOT TRUE) AS amount
                      FROM crm_commission_line WHERE plan_id = %(plan)s AND source_key IS NOT NULL GROUP BY source_key
                )
                SELECT source.*, COALESCE(source.source_key, booked.key) AS key, booked.month AS booked_month,
                       COALESCE(booked.amount, 0) AS booked
                  FROM source FULL JOIN booked ON booked.key = source.source_key
                 WHERE COALESCE(source.amount, 0) <> COALESCE(booked.amount, 0)
                 ORDER BY source.date, COALESCE(source.source_key, booked.key)
                """,
                rows=self._rows(plan, plan.date_from, until),
                last_day=last_day,
                plan=plan.id,
            )
        )

    @api.model
    def _fresh(self, plan, start, stop):
        """All rows from a day to a day, whatever is booked: for a simulation."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                "SELECT source.*, 0 AS booked FROM (%s) source ORDER BY source.date, source.source_key",
                self._rows(plan, start, stop),
            )
        )

    @api.model
    def _held(self, plan, rows):
        """Keys of all lines, also discounts and deposits deducted, of invoices that are disputed now and not booked
        yet: they earn when the dispute has ended.
        """
        if plan.base != "invoiced" or not plan.hold_disputes:
            return set()
        sold = [row for row in rows if row["source"] == "invoice" and not origin_of(row) and not row["booked"]]
        domain = [("dispute_id.state", "=", "open"), ("move_line_id.move_id", "in", [row["move_id"] for row in sold])]
        disputed = self.env["crm.dispute.line"].sudo().search(domain).move_line_id.move_id
        return {row["key"] for row in sold if row["move_id"] in disputed._ids}

    @api.model
    def _families(self, plan, rows, booked=True):
        """What the plan booked (for a simulation: nothing) on the invoices that rows undo, and the money for them."""
        origins, money = self._family_money({origin_of(row) for row in rows if not row["booked"]} - {None}, plan)
        lines = self.env["crm.commission.line"].search(
            [("plan_id", "=", plan.id), ("move_id", "in", list(origins)), ("source_key", "!=", False)], order="id"
        )[: None if booked else 0]
        keys = set(lines.mapped("source_key"))
        keys_here = {row["source_key"] for row in rows if row["source"] == "invoice" and row["move_id"] in origins}
        others = self._others(plan, origins)
        products = self._products(keys | keys_here | {row["key"] for found in others.values() for row in found})
        gross = self._gross(origins) if plan.base == "margin" else {}
        ours = keys | {row["source_key"] for row in rows}
        families = Families(origins, products, money if booked else {}, ours, gross, others)
        for line in lines:
            vals = {
                name: line[name] for name in ("source_key", "source", "origin_month", "is_override", "by_tier", "share")
            }
            vals.update(move_id=line.move_id.id, rule_id=line.rule_id.id, order_id=line.order_id.id)
            families.note(line.user_id.id, line.month, {**vals, **{name: line[name] for name in AMOUNTS}})
        return families

    @api.model
    def _family_money(self, invoice_ids, plan):
        """({invoice or credit note: its invoice}, {invoice: [its money: key, date, order_id, amount]})."""
        origins, money = {identifier: identifier for identifier in invoice_ids}, {}
        if not invoice_ids:
            return origins, money
        notes = SQL(
            "SELECT id, reversed_entry_id FROM account_move WHERE reversed_entry_id IN %s AND move_type = 'out_refund'",
            tuple(invoice_ids),
        )
        origins.update(self.env.execute_query(notes))
        if plan.base in ("collected", "margin"):
            query = SQL(
                """
                SELECT money.source_key AS key, money.source, money.move_id, money.date, money.order_id, money.amount
                  FROM (%s) money WHERE money.move_id IN %s
                """,
                self._cut(plan, self._part_collection(plan)),
                tuple(origins),
            )
            for row in self.env.execute_query_dict(query):
                money.setdefault(origins[row["move_id"]], []).append(row)
        return origins, money

    @api.model
    def _gross(self, origins):
        """{(False, document, order): goods per money}, above 1 where an invoice or credit note deducts a deposit.

        Also of all orders together (order None), and of all credit notes of an invoice: (True, invoice, order). A
        credit note that names no order is as its invoice.
        """
        if not origins:
            return {}
        query = SQL(
            """
            SELECT line.move_id, sale.order_id, SUM(line.price_total),
                   -SUM(CASE WHEN line.is_downpayment AND line.price_total < 0 THEN line.price_total ELSE 0 END)
              FROM account_move_line line
              LEFT JOIN LATERAL (
                    SELECT MIN(sale_line.order_id) AS order_id FROM sale_order_line_invoice_rel link
                      JOIN sale_order_line sale_line ON sale_line.id = link.order_line_id
                     WHERE link.invoice_line_id = line.id
                   ) sale ON TRUE
             WHERE line.move_id IN %s AND line.display_type = 'product' AND line.parent_state = 'posted'
             GROUP BY line.move_id, sale.order_id
            """,
            tuple(origins),
        )
        sums = defaultdict(lambda: [Decimal(0), Decimal(0)])
        found = sorted(self.env.execute_query(query), key=lambda line: origins[line[0]] != line[0])
        linked = {move for move, order, _total, _deposit in found if order}
        for move, order, *amounts in found:
            total, deposit = map(exact, amounts)
            places, origin = {(False, move, order), (False, move, None)}, origins[move]
            if origin != move:
                places |= {(True, origin, order), (True, origin, None)}
            if origin != move and move not in linked:
                whole = sums[False, origin, None]
                deposit = total * whole[1] / whole[0] if whole[0] else Decimal(0)
            for place in places:
                sums[place] = [old + new for old, new in zip(sums[place], (total, deposit), strict=True)]
        return {place: (total + deposit) / total for place, (total, deposit) in sums.items() if total > 0}

    @api.model
    def _products(self, keys):
        """{source key: (product, price with tax per price without)} of the invoice lines among source keys."""
        line_ids = {key: int(key[1:].partition("/")[0]) for key in keys if key[0] == "i"}
        if not line_ids:
            return {}
        query = SQL(
            """
            SELECT id, product_id, COALESCE(price_total / NULLIF(price_subtotal, 0), 1)
              FROM account_move_line WHERE id IN %s
            """,
            tuple(set(line_ids.values())),
        )
        found = {
            number: (product, Decimal(repr(float(with_tax))))
            for number, product, with_tax in self.env.execute_query(query)
        }
        return {key: found[number] for key, number in line_ids.items() if number in found}

    @api.model
    def _items(self, move_ids):
        """{invoice: [its product lines]}: weight with tax, untaxed part and margin as shares of it (None = no cost)."""
        result = {}
        if not move_ids:
            return result
        for row in self.env.execute_query_dict(
            SQL(
                """
                SELECT line.move_id, sale.order_id, line.product_id, template.categ_id,
                       COALESCE(line.discount, 0) AS discount, line.price_total,
                       line.price_subtotal / NULLIF(line.price_total, 0) AS untaxed, sale.margin_percent AS margin
                  FROM account_move_line line
                  LEFT JOIN LATERAL (
                        SELECT sale_line.order_id, CASE WHEN COALESCE(sale_line.purchase_price, 0) <> 0
                                    THEN sale_line.margin_percent END AS margin_percent
                          FROM sale_order_line_invoice_rel link
                          JOIN sale_order_line sale_line ON sale_line.id = link.order_line_id
                         WHERE link.invoice_line_id = line.id ORDER BY sale_line.order_id, sale_line.id LIMIT 1
                       ) sale ON TRUE
                  LEFT JOIN product_product product ON product.id = line.product_id
                  LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE line.move_id IN %s AND line.display_type = 'product'
                 ORDER BY line.id
                """,
                tuple(move_ids),
            )
        ):
            result.setdefault(row["move_id"], []).append(row)
        return result
