from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL


class CrmProductProfile(models.Model):
    """One product in one company: who buys it, what goes with it, stock, lead time, returns.

    Written by the nightly run (crm.product.affinity); stock is read live. Sales of the last twelve months from
    posted invoices, untaxed, company currency. Lead time in days: confirmed purchase order to receipt of the last
    twelve months, else what the vendor's price list promises; unknown (empty) without either. Return rate: goods that
    came back from customers in percent of goods shipped to them, last twelve months, in the product's unit.
    """

    _name = "crm.product.profile"
    _description = "Product at a Glance"
    _order = "amount desc, id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True, ondelete="cascade")
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True, ondelete="set null")
    buyer_count = fields.Integer("Buyers", readonly=True, help="Customers that ever bought it.")
    repeat_count = fields.Integer("Repeat Buyers", readonly=True, help="With it on two invoices or more.")
    weak_count = fields.Integer("Weakening", readonly=True, help="Buyers that buy less of it, or none for a year.")
    amount = fields.Monetary("Sales, 12 Months", readonly=True)
    affinity_id = fields.Many2one("crm.product.affinity", "Strongest Pair", readonly=True, ondelete="set null")
    associate_id = fields.Many2one("product.product", "Bought with", readonly=True, ondelete="set null")
    associate_count = fields.Integer("Associated Products", readonly=True)
    qty_shipped = fields.Float("Shipped", digits="Product Unit", readonly=True)
    qty_returned = fields.Float("Returned", digits="Product Unit", readonly=True)
    return_rate = fields.Float("Return Rate (%)", digits=(6, 2), readonly=True, aggregator="avg")
    lead_days = fields.Float("Lead Time (days)", digits=(6, 1), readonly=True, aggregator="avg")
    lead_source = fields.Selection(
        [("measured", "Measured on receipts"), ("vendor", "Promised by the vendor"), ("none", "Unknown")],
        "Lead Time from",
        readonly=True,
    )
    qty_available = fields.Float("On Hand", digits="Product Unit", compute="_compute_stock")
    incoming_qty = fields.Float("Incoming", digits="Product Unit", compute="_compute_stock")
    virtual_available = fields.Float("Forecast", digits="Product Unit", compute="_compute_stock")
    date = fields.Date("As of", readonly=True)

    _profile_unique = models.UniqueIndex("(company_id, product_id)")

    @api.depends("product_id", "company_id")
    def _compute_stock(self):
        for company, rows in self.grouped("company_id").items():
            stock = rows.product_id.sudo().with_company(company).with_context(allowed_company_ids=company.ids)
            figures = {product.id: product for product in stock}
            for row in rows:
                product = figures[row.product_id.id]
                row.qty_available = product.qty_available
                row.incoming_qty = product.incoming_qty
                row.virtual_available = product.virtual_available

    @api.model
    def _refresh(self, company, date):
        """Replace the company's rows, in two statements; the buyers and pairs must be fresh."""
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM crm_product_profile WHERE company_id = %s", company.id))
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_product_profile (
                          company_id, product_id, categ_id, buyer_count, repeat_count, weak_count, amount, affinity_id,
                          associate_id, associate_count, qty_shipped, qty_returned, return_rate, lead_days,
                          lead_source, date)
                   SELECT %(company)s, product.id, template.categ_id, COALESCE(buyer.count, 0),
                          COALESCE(buyer.repeated, 0), COALESCE(buyer.weak, 0), COALESCE(buyer.amount, 0),
                          pair.id, pair.other_id, COALESCE(pair.count, 0), COALESCE(moved.shipped, 0),
                          COALESCE(moved.returned, 0), 100 * moved.returned / NULLIF(moved.shipped, 0),
                          COALESCE(receipt.days, vendor.days),
                          CASE WHEN receipt.days IS NOT NULL THEN 'measured' WHEN vendor.days IS NOT NULL THEN 'vendor'
                               ELSE 'none' END,
                          %(date)s
                     FROM product_product product
                     JOIN product_template template ON template.id = product.product_tmpl_id
                     LEFT JOIN (%(buyers)s) buyer ON buyer.product_id = product.id
                     LEFT JOIN (%(pairs)s) pair ON pair.product_id = product.id
                     LEFT JOIN (%(moves)s) moved ON moved.product_id = product.id
                     LEFT JOIN (%(receipts)s) receipt ON receipt.product_id = product.id
                     LEFT JOIN (%(vendors)s) vendor ON vendor.product_tmpl_id = template.id
                    WHERE (product.active AND template.sale_ok OR buyer.count > 0)
                      AND COALESCE(template.company_id, %(company)s) = %(company)s""",
                company=company.id,
                date=date,
                buyers=self._buyers(company),
                pairs=self._pairs(company),
                moves=self._moves(company, date),
                receipts=self._receipts(company, date),
                vendors=self._vendors(company),
            )
        )
        self.invalidate_model()

    # === PARTS === #

    @api.model
    def _buyers(self, company):
        return SQL(
            """SELECT product_id, COUNT(*) AS count, COUNT(*) FILTER (WHERE invoice_count > 1) AS repeated,
                      COUNT(*) FILTER (WHERE state IN ('weakening', 'lapsed')) AS weak, SUM(amount_12) AS amount
                 FROM crm_product_buyer WHERE company_id = %s GROUP BY product_id""",
            company.id,
        )

    @api.model
    def _pairs(self, company):
        """The strongest significant pair of each product over all customers, and how many it has."""
        side = SQL(
            """FROM crm_product_affinity
                WHERE company_id = %s AND group_kind = 'all' AND significant AND NOT same_template""",
            company.id,
        )
        return SQL(
            """SELECT DISTINCT ON (product_id) product_id, other_id, id,
                      COUNT(*) OVER (PARTITION BY product_id) AS count
                 FROM (SELECT product_id, product2_id AS other_id, id, lift_low %(side)s
                        UNION ALL SELECT product2_id, product_id, id, lift_low %(side)s) pair
                ORDER BY product_id, lift_low DESC, id""",
            side=side,
        )

    @api.model
    def _moves(self, company, date):
        """Goods shipped to and returned by customers in the last twelve months, in the product's unit."""
        return SQL(
            """SELECT move.product_id,
                      SUM(move.quantity * unit.factor / base.factor)
                          FILTER (WHERE target.usage = 'customer') AS shipped,
                      COALESCE(SUM(move.quantity * unit.factor / base.factor)
                          FILTER (WHERE origin.usage = 'customer'), 0) AS returned
                 FROM stock_move move
                 JOIN stock_location origin ON origin.id = move.location_id
                 JOIN stock_location target ON target.id = move.location_dest_id
                 JOIN uom_uom unit ON unit.id = move.product_uom
                 JOIN product_product product ON product.id = move.product_id
                 JOIN product_template template ON template.id = product.product_tmpl_id
                 JOIN uom_uom base ON base.id = template.uom_id
                WHERE move.company_id = %s AND move.state = 'done' AND move.date >= %s AND move.date < %s
                  AND (origin.usage = 'customer') <> (target.usage = 'customer')
                GROUP BY move.product_id""",
            company.id,
            date - relativedelta(months=12),
            date + relativedelta(days=1),
        )

    @api.model
    def _receipts(self, company, date):
        return SQL(
            """SELECT line.product_id,
                      AVG(EXTRACT(EPOCH FROM move.date - purchase.date_approve) / 86400.0)::numeric AS days
                 FROM stock_move move
                 JOIN purchase_order_line line ON line.id = move.purchase_line_id
                 JOIN purchase_order purchase ON purchase.id = line.order_id
                 JOIN stock_location origin ON origin.id = move.location_id
                WHERE move.company_id = %s AND move.state = 'done' AND origin.usage = 'supplier'
                  AND purchase.date_approve IS NOT NULL AND move.date >= %s AND move.date < %s
                GROUP BY line.product_id""",
            company.id,
            date - relativedelta(months=12),
            date + relativedelta(days=1),
        )

    @api.model
    def _vendors(self, company):
        return SQL(
            """SELECT DISTINCT ON (product_tmpl_id) product_tmpl_id, delay AS days FROM product_supplierinfo
                WHERE COALESCE(company_id, %s) = %s ORDER BY product_tmpl_id, sequence, id""",
            company.id,
            company.id,
        )

    # === ACTIONS === #

    def _open(self, xmlid, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        name = f"{action['name']}: {self.product_id.display_name}"
        return action | {"name": name, "domain": [("company_id", "=", self.company_id.id), *domain], "context": {}}

    def action_open_buyers(self):
        return self._open("crm_custom.crm_product_buyer_action", [("product_id", "=", self.product_id.id)])

    def action_open_pairs(self):
        either = ["|", ("product_id", "=", self.product_id.id), ("product2_id", "=", self.product_id.id)]
        return self._open("crm_custom.crm_product_affinity_action", [("group_kind", "=", "all"), *either])

    def action_open_returns(self):
        """Open the moves from and to customers behind the return rate."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.stock_move_action")
        return action | {
            "domain": [
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                "|",
                ("location_id.usage", "=", "customer"),
                ("location_dest_id.usage", "=", "customer"),
            ],
            "context": {},
        }
