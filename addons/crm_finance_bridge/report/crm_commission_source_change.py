from odoo import api, models
from odoo.tools import SQL


class CrmCommissionSourceChange(models.AbstractModel):
    """What the books lack of a plan's sources, and the product lines that an invoice's money is split over."""

    _name = "crm.commission.source.change"
    _description = "Changed Sources of Commission, Query"

    @api.model
    def _changed(self, plan, last_day):
        """Rows until a day whose money differs from what the plan booked; those that vanished have amount None."""
        self.env.flush_all()
        stop = min(last_day, plan.date_to) if plan.date_to else last_day
        return self.env.execute_query_dict(
            SQL(
                """
                WITH source AS MATERIALIZED (%(rows)s), booked AS (
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
                rows=self._rows(plan, plan.date_from, stop),
                plan=plan.id,
            )
        )

    @api.model
    def _fresh(self, plan, start, stop):
        """All rows from a day to a day, whatever is booked: for a simulation."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                "SELECT source.* FROM (%s) source ORDER BY source.date, source.source_key",
                self._rows(plan, start, stop),
            )
        )

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
