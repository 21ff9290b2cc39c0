from datetime import datetime, time, timedelta

import pytz
from odoo import models
from odoo.tools import SQL


class CrmRecall(models.Model):
    """Who was shipped a product or lot: one statement over the done move lines, whatever the number of customers."""

    _inherit = "crm.recall"

    def _find(self):
        """Write one line a customer, bring known ones up to date. Why SQL: one statement for any number."""
        self.ensure_one()
        self._flush_shipments()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_recall_line (
                    recall_id, company_id, partner_id, quantity_shipped, quantity_returned, quantity_left, first_date,
                    last_date, informed_answered, create_uid, create_date, write_uid, write_date
                )
                SELECT %(recall)s, %(company)s, partner_id, SUM(shipped), SUM(returned), SUM(shipped - returned),
                       MIN(date), MAX(date), FALSE, %(user)s, NOW() AT TIME ZONE 'UTC', %(user)s,
                       NOW() AT TIME ZONE 'UTC'
                  FROM (%(shipments)s) shipment
                 GROUP BY partner_id
                 ORDER BY partner_id
                ON CONFLICT (recall_id, partner_id) DO UPDATE
                   SET quantity_shipped = EXCLUDED.quantity_shipped, quantity_returned = EXCLUDED.quantity_returned,
                       quantity_left = EXCLUDED.quantity_left, first_date = EXCLUDED.first_date,
                       last_date = EXCLUDED.last_date, write_uid = EXCLUDED.write_uid,
                       write_date = EXCLUDED.write_date
                """,
                recall=self.id,
                company=self.company_id.id,
                user=self.env.uid,
                shipments=self._shipments(),
            )
        )
        self.env["crm.recall.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])
        self.modified(["line_ids"])

    def _flush_shipments(self):
        self.flush_recordset()
        self.env["stock.move"].flush_model()
        self.env["stock.move.line"].flush_model()
        self.env["stock.picking"].flush_model(["partner_id"])
        self.env["sale.order"].flush_model(["partner_id"])
        self.env["sale.order.line"].flush_model(["order_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["crm.recall.line"].flush_model()

    def _shipments(self):
        """One row a done move that left for a customer: customer, quantity of the recall's goods, what of it is back.

        The customer is who ordered, without an order who received.
        """
        return SQL(
            """
            SELECT move.id AS move_id, partner.commercial_partner_id AS partner_id, MAX(move.date) AS date,
                   SUM(line.quantity_product_uom) AS shipped, COALESCE(MAX(back.quantity), 0) AS returned
              FROM stock_move_line line
              JOIN stock_move move ON move.id = line.move_id
              JOIN stock_location source ON source.id = line.location_id
              JOIN stock_location target ON target.id = line.location_dest_id
              LEFT JOIN stock_picking picking ON picking.id = move.picking_id
              LEFT JOIN sale_order_line sold ON sold.id = move.sale_line_id
              LEFT JOIN sale_order sale ON sale.id = sold.order_id
              JOIN res_partner partner ON partner.id = COALESCE(sale.partner_id, picking.partner_id, move.partner_id)
              LEFT JOIN LATERAL (
                    SELECT SUM(again.quantity_product_uom) AS quantity
                      FROM stock_move return_move
                      JOIN stock_move_line again ON again.move_id = return_move.id
                     WHERE return_move.origin_returned_move_id = move.id AND again.state = 'done' AND %(lots_back)s
                   ) back ON TRUE
             WHERE line.state = 'done' AND target.usage = 'customer' AND source.usage <> 'customer'
               AND line.company_id = %(company)s AND %(goods)s AND %(dates)s
             GROUP BY move.id, partner.commercial_partner_id
            """,
            company=self.company_id.id,
            lots_back=self._lots_where("again"),
            goods=SQL("%s AND %s", self._products_where(), self._lots_where("line")),
            dates=self._dates_where(),
        )

    def _products_where(self):
        ids = tuple(self.product_ids.ids)
        return SQL("line.product_id IN %s", ids) if ids else SQL("TRUE")

    def _lots_where(self, alias):
        ids = tuple(self.lot_ids.ids)
        return SQL("%s IN %s", SQL.identifier(alias, "lot_id"), ids) if ids else SQL("TRUE")

    def _dates_where(self):
        """The days in the company's time zone, as limits in UTC."""
        zone = pytz.timezone(self.company_id.partner_id.tz or self.company_id.resource_calendar_id.tz or "UTC")

        def midnight(day):
            return zone.localize(datetime.combine(day, time.min)).astimezone(pytz.UTC).replace(tzinfo=None)

        parts = [SQL("TRUE")]
        if self.date_from:
            parts.append(SQL("move.date >= %s", midnight(self.date_from)))
        if self.date_to:
            parts.append(SQL("move.date < %s", midnight(self.date_to + timedelta(days=1))))
        return SQL(" AND ").join(parts)
