from odoo import api, fields, models
from odoo.tools import SQL


class CrmOrderFlowQuery(models.AbstractModel):
    """The inner queries of crm.order.flow: shipments and invoices of a line, and what they mean."""

    _name = "crm.order.flow.query"
    _inherit = ["crm.fact"]
    _description = "Order to Cash, Query"

    @api.model
    def _shipments(self) -> SQL:
        """Done moves of the line to and from the customer, in the line's unit; `pending` while one is to come."""
        return SQL(
            """
            SELECT
                SUM(move.quantity * unit.factor / line_unit.factor) FILTER (WHERE %(out)s) AS shipped,
                SUM(move.quantity * unit.factor / line_unit.factor) FILTER (WHERE %(back)s) AS returned,
                MIN(move.date) FILTER (WHERE %(out)s) AS first_date,
                MAX(move.date) FILTER (WHERE %(out)s) AS last_date,
                BOOL_OR(move.state NOT IN ('done', 'cancel') AND %(from_us)s) AS pending,
                COUNT(*) AS moves
            FROM stock_move move
            JOIN stock_location source ON source.id = move.location_id
            JOIN stock_location target ON target.id = move.location_dest_id
            JOIN uom_uom unit ON unit.id = move.product_uom
            JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
            WHERE move.sale_line_id = line.id AND move.product_id = line.product_id
            """,
            out=SQL("move.state = 'done' AND %s AND NOT %s", self._at_customer("target"), self._at_customer("source")),
            back=SQL(
                "move.state = 'done' AND %s AND NOT %s AND target.usage != 'inventory'",
                self._at_customer("source"),
                self._at_customer("target"),
            ),
            from_us=SQL("NOT %s", self._at_customer("source")),
        )

    @api.model
    def _at_customer(self, alias) -> SQL:
        """Core's stock.location._is_outgoing: a customer location, or transit to nobody's company."""
        return SQL(
            "(%(usage)s = 'customer' OR %(usage)s = 'transit' AND %(company)s IS NULL)",
            usage=SQL.identifier(alias, "usage"),
            company=SQL.identifier(alias, "company_id"),
        )

    @api.model
    def _invoices(self) -> SQL:
        """Posted invoice lines of the order line; `open` while one of their documents is not settled.

        An invoice line that bills several order lines is divided between them in equal parts.
        """
        return SQL(
            """
            SELECT
                SUM(
                    bill.quantity * bill_unit.factor / line_unit.factor / links.number
                    * CASE WHEN document.move_type = 'out_refund' THEN -1 ELSE 1 END
                ) AS quantity,
                SUM(-bill.balance / links.number) AS amount,
                SUM(-bill.balance / links.number * money.amount / NULLIF(document.amount_total_signed, 0)) AS collected,
                BOOL_OR(document.amount_residual_signed != 0) AS open,
                BOOL_OR(document.amount_residual_signed != document.amount_total_signed) AS settled
            FROM sale_order_line_invoice_rel link
            JOIN account_move_line bill ON bill.id = link.invoice_line_id AND bill.parent_state = 'posted'
            JOIN account_move document ON document.id = bill.move_id
            JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
            LEFT JOIN uom_uom bill_unit ON bill_unit.id = COALESCE(bill.product_uom_id, line.product_uom_id)
            JOIN LATERAL (
                SELECT COUNT(*) AS number FROM sale_order_line_invoice_rel WHERE invoice_line_id = bill.id
            ) links ON TRUE
            LEFT JOIN LATERAL (
                SELECT SUM(part.sign * part.amount) AS amount FROM (%(parts)s) part WHERE part.move_id = document.id
            ) money ON TRUE
            WHERE link.order_line_id = line.id AND document.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
            """,
            parts=self.env["crm.collection"]._parts(),
        )

    # === RULES === #

    @api.model
    def _day(self, moment: SQL) -> SQL:
        """Return the calendar day of a UTC timestamp in the user's time zone."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, self.env.tz.zone)

    @api.model
    def _promised(self) -> SQL:
        return SQL("sale.date_order + COALESCE(line.customer_lead, 0) * INTERVAL '1 day'")

    @api.model
    def _is_goods(self) -> SQL:
        return SQL("line.qty_delivered_method = 'stock_move'")

    @api.model
    def _is_complete(self) -> SQL:
        """All that was ordered has left, or been performed; a service invoiced in full counts as performed."""
        return SQL(
            """(CASE WHEN %s THEN COALESCE(ship.shipped, 0) >= line.product_uom_qty
            ELSE GREATEST(line.qty_delivered, invoiced.quantity) >= line.product_uom_qty END)""",
            self._is_goods(),
        )

    @api.model
    def _is_short(self) -> SQL:
        return SQL(
            "(%s AND NOT %s AND ship.moves > 0 AND ship.pending IS NOT TRUE)", self._is_goods(), self._is_complete()
        )

    @api.model
    def _is_late(self) -> SQL:
        """Compare days: the last shipment, or today while something is to come, with the day asked for."""
        return SQL(
            """(%(goods)s AND COALESCE(
                CASE WHEN %(complete)s OR ship.pending IS NOT TRUE THEN %(shipped)s ELSE %(today)s END, %(today)s
            ) > %(asked)s AND NOT (ship.moves > 0 AND ship.pending IS NOT TRUE AND ship.last_date IS NULL))""",
            goods=self._is_goods(),
            complete=self._is_complete(),
            shipped=self._day(SQL("ship.last_date")),
            today=SQL("%s::date", fields.Date.context_today(self)),
            asked=self._day(SQL("COALESCE(sale.commitment_date, %s)", self._promised())),
        )

    @api.model
    def _status(self) -> SQL:
        """The furthest step reached; goods that are still to leave come before the money."""
        return SQL(
            """CASE
                WHEN ship.shipped > 0 AND ship.returned >= ship.shipped THEN 'returned'
                WHEN NOT %(complete)s AND NOT %(short)s AND line.qty_delivered > 0 THEN 'part_shipped'
                WHEN NOT %(complete)s AND NOT %(short)s THEN 'to_ship'
                WHEN invoiced.quantity > 0 AND invoiced.quantity >= LEAST(line.qty_delivered, line.product_uom_qty)
                    THEN CASE WHEN invoiced.open IS NOT TRUE THEN 'paid' WHEN invoiced.settled THEN 'part_paid'
                        ELSE 'invoiced' END
                WHEN %(short)s THEN 'closed_short'
                ELSE 'shipped'
            END""",
            complete=self._is_complete(),
            short=self._is_short(),
        )
