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
    _inherit = ["crm.order.flow.query"]
    _description = "Order to Cash"
    _auto = False
    _rec_name = "order_line_id"
    _order = "date_order DESC, id DESC"

    order_id = fields.Many2one("sale.order", "Sales Order", readonly=True)
    order_line_id = fields.Many2one("sale.order.line", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    product_id = fields.Many2one("product.product", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    partner_user_id = fields.Many2one("res.users", "Customer's Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    opportunity_id = fields.Many2one("crm.lead", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
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
    amount_ordered = fields.Monetary(readonly=True)
    amount_delivered = fields.Monetary(readonly=True)
    amount_invoiced = fields.Monetary(readonly=True)
    amount_collected = fields.Monetary(readonly=True, help="Untaxed share of the money received.")
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

    # === ACTIONS === #

    def action_open_document(self):
        """Open the sales order."""
        self.ensure_one()
        return self._open_form(self.order_id)

    def action_open_invoices(self):
        """Open the invoices and credit notes of the line."""
        self.ensure_one()
        moves = self.order_line_id.invoice_lines.move_id
        action = {"type": "ir.actions.act_window", "res_model": "account.move", "name": self.env._("Invoices")}
        if len(moves) == 1:
            return self._open_form(moves)
        return {
            **action,
            "domain": [("id", "in", moves.ids)],
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
        }
