from odoo import api, fields, models
from odoo.tools import SQL


class CrmOrderFlow(models.Model):
    """Where each order line stands between order and cash.

    One row per line of a confirmed order (id = the sale order line's), without sections, notes and down payment
    lines. Quantities in the line's unit; amounts untaxed, in the company's currency (`currency_id`): ordered
    and delivered at the order's rate, invoiced at the rate of each posted invoice, collected as the share of
    the invoice that money settled (crm.collection) times the line's amount.
    Signs: all positive for an ordinary sale; credit notes reduce what was invoiced, refunds what was collected.

    Goods are lines whose delivery is counted by stock moves; everything else counts as a service: it has no
    shipping dates and is never late or short.
    Dates judge in one time zone (the user's, else UTC); "now" is the server's clock.
    """

    _name = "crm.order.flow"
    _description = "Order to Cash"
    _auto = False
    _rec_name = "order_line_id"
    _order = "date_order DESC, id DESC"

    order_id = fields.Many2one("sale.order", "Sales Order", readonly=True)
    order_line_id = fields.Many2one("sale.order.line", "Order Line", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    product_id = fields.Many2one("product.product", "Product", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    partner_user_id = fields.Many2one("res.users", "Customer's Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    opportunity_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", "Campaign", readonly=True)
    date_order = fields.Datetime("Order Date", readonly=True)
    currency_id = fields.Many2one("res.currency", "Company Currency", readonly=True)
    product_uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    qty_ordered = fields.Float("Ordered", digits="Product Unit", readonly=True)
    qty_delivered = fields.Float(
        "Delivered", digits="Product Unit", readonly=True, help="As on the order: less returns that are refunded."
    )
    qty_returned = fields.Float("Returned", digits="Product Unit", readonly=True, help="Goods that came back.")
    qty_invoiced = fields.Float(
        "Invoiced", digits="Product Unit", readonly=True, help="On posted invoices, less posted credit notes."
    )
    amount_ordered = fields.Monetary("Amount Ordered", readonly=True)
    amount_delivered = fields.Monetary("Amount Delivered", readonly=True)
    amount_invoiced = fields.Monetary("Amount Invoiced", readonly=True)
    amount_collected = fields.Monetary("Amount Collected", readonly=True, help="Untaxed share of the money received.")
    date_requested = fields.Datetime("Requested", readonly=True, help="Delivery date agreed on the order.")
    date_promised = fields.Datetime("Expected", readonly=True, help="Order date plus the lead time of the line.")
    date_first_ship = fields.Datetime("First Shipment", readonly=True)
    date_last_ship = fields.Datetime("Last Shipment", readonly=True)
    days_to_ship = fields.Integer(
        "Days to Ship", readonly=True, aggregator="avg", help="Days from order to last shipment."
    )
    is_late = fields.Boolean(
        "Late", readonly=True, help="Shipped, or still to ship, after the day requested (else expected)."
    )
    is_short = fields.Boolean("Short", readonly=True, help="Less shipped than ordered, and nothing more is coming.")
    status = fields.Selection(
        [
            ("to_ship", "To Deliver"),
            ("part_shipped", "Partly Delivered"),
            ("shipped", "Delivered"),
            ("closed_short", "Closed Short"),
            ("returned", "Returned"),
            ("invoiced", "Invoiced"),
            ("part_paid", "Partly Paid"),
            ("paid", "Paid"),
        ],
        readonly=True,
    )

    _depends = {
        "sale.order": [
            "campaign_id", "commitment_date", "currency_rate", "date_order", "opportunity_id", "partner_id", "state",
            "team_id", "user_id",
        ],
        "sale.order.line": [
            "customer_lead", "company_id", "display_type", "invoice_lines", "is_downpayment", "order_id",
            "price_reduce_taxexcl", "price_subtotal", "product_id", "product_uom_id", "product_uom_qty",
            "qty_delivered", "qty_delivered_method",
        ],
        "stock.move": [
            "date", "location_dest_id", "location_id", "product_id", "product_uom", "quantity", "sale_line_id", "state",
            "to_refund",
        ],
        "stock.location": ["company_id", "usage"],
        "uom.uom": ["factor"],
        "account.move": ["amount_residual_signed", "amount_total_signed"],
        "account.move.line": ["quantity", "product_uom_id"],
        "crm.collection": [],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.partner": ["commercial_partner_id", "user_id"],
    }  # fmt: skip

    # === QUERY === #

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            SELECT
                line.id,
                line.order_id,
                line.id AS order_line_id,
                line.company_id,
                partner.commercial_partner_id AS partner_id,
                line.product_id,
                template.categ_id AS product_categ_id,
                sale.user_id,
                customer.user_id AS partner_user_id,
                sale.team_id,
                sale.opportunity_id,
                sale.campaign_id,
                sale.date_order,
                company.currency_id,
                line.product_uom_id,
                line.product_uom_qty AS qty_ordered,
                line.qty_delivered,
                COALESCE(ship.returned, 0) AS qty_returned,
                COALESCE(invoiced.quantity, 0) AS qty_invoiced,
                ROUND(line.price_subtotal / %(rate)s, currency.decimal_places) AS amount_ordered,
                ROUND(
                    CASE WHEN line.product_uom_qty = 0 THEN line.price_reduce_taxexcl * line.qty_delivered
                    ELSE line.price_subtotal * line.qty_delivered / line.product_uom_qty END / %(rate)s,
                    currency.decimal_places
                ) AS amount_delivered,
                COALESCE(invoiced.amount, 0) AS amount_invoiced,
                ROUND(COALESCE(invoiced.collected, 0), currency.decimal_places) AS amount_collected,
                sale.commitment_date AS date_requested,
                %(promised)s AS date_promised,
                ship.first_date AS date_first_ship,
                ship.last_date AS date_last_ship,
                %(last_day)s - %(order_day)s AS days_to_ship,
                %(is_late)s AS is_late,
                %(is_short)s AS is_short,
                %(status)s AS status
            """,
            rate=SQL("COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric"),
            promised=self._promised(),
            last_day=self._day(SQL("ship.last_date")),
            order_day=self._day(SQL("sale.date_order")),
            is_late=self._is_late(),
            is_short=self._is_short(),
            status=self._status(),
        )

    @api.model
    def _from(self) -> SQL:
        return SQL(
            """
            FROM sale_order_line line
            JOIN sale_order sale ON sale.id = line.order_id
            JOIN res_company company ON company.id = line.company_id
            JOIN res_currency currency ON currency.id = company.currency_id
            LEFT JOIN res_partner partner ON partner.id = sale.partner_id
            LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN LATERAL (%(shipments)s) ship ON TRUE
            LEFT JOIN LATERAL (%(invoices)s) invoiced ON TRUE
            """,
            shipments=self._shipments(),
            invoices=self._invoices(),
        )

    @api.model
    def _where(self) -> SQL:
        return SQL("WHERE sale.state = 'sale' AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE")

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

    # === ACTIONS === #

    def action_open_document(self):
        """Open the sales order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }

    def action_open_invoices(self):
        """Open the invoices and credit notes of the line."""
        self.ensure_one()
        moves = self.order_line_id.invoice_lines.move_id
        action = {"type": "ir.actions.act_window", "res_model": "account.move", "name": self.env._("Invoices")}
        if len(moves) == 1:
            return {**action, "res_id": moves.id, "view_mode": "form"}
        return {**action, "domain": [("id", "in", moves.ids)], "view_mode": "list,form"}
