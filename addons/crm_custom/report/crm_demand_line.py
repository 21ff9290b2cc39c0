from odoo import api, fields, models
from odoo.tools import SQL


class CrmDemandLine(models.Model):
    """Dated demand and supply of each product that is kept in stock, one row per source.

    Kinds: stock on hand (internal locations, today), purchases to come (open receipts from vendors), open orders
    (moves still to leave to customers) and pipeline (lines of quotations on open opportunities x probability of the
    opportunity). Quantities in the product's unit: `quantity` is signed, supply positive and demand negative;
    `quantity_full` is without the probability. Days of the user's time zone, nothing before today: what is overdue
    counts today. Day of the pipeline: delivery date of the quotation, else expected closing plus lead time.

    `firm_level` is what is left on that day by stock, purchases and orders; `level` with the weighted pipeline too.
    Within a day supply comes first.
    """

    _name = "crm.demand.line"
    _inherit = ["crm.fact"]
    _description = "Demand and Supply"
    _auto = False
    _rec_name = "product_id"
    _order = "product_id, date, sequence, id"

    product_id = fields.Many2one("product.product", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection(
        [
            ("1_stock", "On hand"),
            ("2_incoming", "Purchases to come"),
            ("3_order", "Open orders"),
            ("4_pipeline", "Pipeline"),
        ],
        readonly=True,
    )
    sequence = fields.Integer(readonly=True, aggregator=None)
    date = fields.Date(readonly=True)
    quantity = fields.Float("Quantity (signed)", digits="Product Unit", readonly=True)
    quantity_full = fields.Float("Without Probability", digits="Product Unit", readonly=True)
    qty_stock = fields.Float("On Hand", digits="Product Unit", readonly=True)
    qty_incoming = fields.Float("Purchases to Come", digits="Product Unit", readonly=True)
    qty_order = fields.Float("Open Orders", digits="Product Unit", readonly=True)
    qty_pipeline = fields.Float("Pipeline Weighted", digits="Product Unit", readonly=True)
    firm_level = fields.Float("Left, Orders Only", digits="Product Unit", readonly=True, aggregator=None)
    level = fields.Float("Left, With Pipeline", digits="Product Unit", readonly=True, aggregator=None)
    probability = fields.Float("Probability %", readonly=True, aggregator=None)
    partner_id = fields.Many2one("res.partner", "Customer or Vendor", readonly=True)
    order_id = fields.Many2one("sale.order", "Sales Order", readonly=True)
    purchase_id = fields.Many2one("purchase.order", "Purchase Order", readonly=True)
    opportunity_id = fields.Many2one("crm.lead", readonly=True)

    _depends = {
        "crm.lead": ["active", "date_deadline", "probability", "type", "won_status"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "is_storable", "uom_id"],
        "purchase.order": ["partner_id"],
        "purchase.order.line": ["date_planned", "order_id"],
        "sale.order": ["commitment_date", "date_order", "opportunity_id", "partner_id", "state"],
        "sale.order.line": ["company_id", "customer_lead", "display_type", "order_id", "product_id", "product_uom_id",
                            "product_uom_qty"],
        "stock.location": ["company_id", "usage"],
        "stock.move": ["company_id", "date", "location_dest_id", "location_id", "product_id", "product_qty",
                       "purchase_line_id", "sale_line_id", "state"],
        "stock.quant": ["company_id", "location_id", "product_id", "quantity"],
        "uom.uom": ["factor"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT flow.*, template.categ_id AS product_categ_id,
                   CASE WHEN kind = '1_stock' THEN quantity ELSE 0 END AS qty_stock,
                   CASE WHEN kind = '2_incoming' THEN quantity ELSE 0 END AS qty_incoming,
                   CASE WHEN kind = '3_order' THEN -quantity ELSE 0 END AS qty_order,
                   CASE WHEN kind = '4_pipeline' THEN -quantity ELSE 0 END AS qty_pipeline,
                   SUM(CASE WHEN kind = '4_pipeline' THEN 0 ELSE quantity END) OVER running AS firm_level,
                   SUM(quantity) OVER running AS level
              FROM (%s) flow
              JOIN product_product product ON product.id = flow.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
            WINDOW running AS (
                PARTITION BY flow.product_id, flow.company_id ORDER BY flow.date, flow.sequence, flow.id)
            """,
            SQL(" UNION ALL ").join(self._parts()),
        )

    @api.model
    def _parts(self):
        """The sources, one SELECT each; the id is the record's times four plus the number of the part."""
        today = SQL("%s::date", fields.Date.context_today(self))
        return [
            self._part_stock(today),
            self._part_incoming(today),
            self._part_order(today),
            self._part_pipeline(today),
        ]

    @api.model
    def _day(self, moment, today):
        return SQL("GREATEST((%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date, %s)", moment, self.env.tz.zone, today)

    @api.model
    def _part_stock(self, today):
        return SQL(
            """
            SELECT MIN(quant.id)::bigint * 4 AS id, quant.product_id, quant.company_id, '1_stock' AS kind,
                   0 AS sequence, %s AS date, SUM(quant.quantity) AS quantity, SUM(quant.quantity) AS quantity_full,
                   100.0 AS probability, NULL::int AS partner_id, NULL::int AS order_id, NULL::int AS purchase_id,
                   NULL::int AS opportunity_id
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id AND location.usage = 'internal'
             GROUP BY quant.product_id, quant.company_id
            """,
            today,
        )

    @api.model
    def _part_incoming(self, today):
        return SQL(
            """
            SELECT move.id::bigint * 4 + 1, move.product_id, move.company_id, '2_incoming', 1, %s,
                   move.product_qty, move.product_qty, 100.0, purchase.partner_id, NULL::int, line.order_id, NULL::int
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id AND source.usage = 'supplier'
              JOIN stock_location target ON target.id = move.location_dest_id AND target.usage IN ('internal', 'view')
              LEFT JOIN purchase_order_line line ON line.id = move.purchase_line_id
              LEFT JOIN purchase_order purchase ON purchase.id = line.order_id
             WHERE move.state NOT IN ('draft', 'done', 'cancel')
            """,
            self._day(SQL("GREATEST(move.date, line.date_planned)"), today),
        )

    @api.model
    def _part_order(self, today):
        return SQL(
            """
            SELECT move.id::bigint * 4 + 2, move.product_id, move.company_id, '3_order', 2, %s,
                   -move.product_qty, -move.product_qty, 100.0, sale.partner_id, line.order_id, NULL::int,
                   sale.opportunity_id
              FROM stock_move move
              JOIN sale_order_line line ON line.id = move.sale_line_id
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN stock_location source ON source.id = move.location_id AND source.usage = 'internal'
              JOIN stock_location target ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
                   AND target.usage = 'customer'
             WHERE move.state NOT IN ('draft', 'done', 'cancel')
               AND NOT EXISTS (
                   SELECT FROM stock_move_move_rel chain
                     JOIN stock_move before ON before.id = chain.move_orig_id
                      AND before.sale_line_id = move.sale_line_id AND before.state NOT IN ('done', 'cancel')
                    WHERE chain.move_dest_id = move.id)
            """,
            self._day(SQL("move.date"), today),
        )

    @api.model
    def _part_pipeline(self, today):
        full = SQL("line.product_uom_qty * unit.factor / base.factor")
        closing = SQL(
            "GREATEST(lead.date_deadline, %s) + COALESCE(line.customer_lead, 0)::int",
            today,
        )
        return SQL(
            """
            SELECT line.id::bigint * 4 + 3, line.product_id, line.company_id, '4_pipeline', 3,
                   COALESCE(%(asked)s, %(closing)s, %(today)s + COALESCE(line.customer_lead, 0)::int),
                   -%(full)s * lead.probability / 100, -%(full)s, lead.probability, sale.partner_id, line.order_id,
                   NULL::int, sale.opportunity_id
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id AND sale.state IN ('draft', 'sent')
              JOIN crm_lead lead ON lead.id = sale.opportunity_id AND lead.active AND lead.won_status = 'pending'
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = line.product_uom_id
              JOIN uom_uom base ON base.id = template.uom_id
             WHERE line.display_type IS NULL
            """,
            asked=SQL(
                "CASE WHEN sale.commitment_date IS NOT NULL THEN %s END", self._day(SQL("sale.commitment_date"), today)
            ),
            closing=closing,
            today=today,
            full=full,
        )

    def action_open_document(self):
        """Open what the row comes from: the purchase, the order or quotation, else the product's stock."""
        self.ensure_one()
        return self._open_form(self.purchase_id or self.order_id or self.product_id)
