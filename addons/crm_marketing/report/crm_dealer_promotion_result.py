from odoo import fields, models
from odoo.tools import SQL


class CrmDealerPromotionResult(models.Model):
    """Dealer promotions: expected beside actual, and brand, profit and cost beside each other.

    One row per promotion (id = the promotion's), money in the company's currency, untaxed, from posted entries:
    * sales: lines of customer invoices less credit notes, of the dealer, dated in the promotion's days, of its
      products (all, where none is named); compared with the days named by its baseline;
    * effect: sales - sales compared with;
    * material discount: list value less amount of those lines; free goods (100 %) at their list price;
    * gross margin: sales less cost of goods, over the lines whose cost is known (the order line's cost, else the
      product's cost of today);
    * cost: the campaign's posted costs; promotions of one campaign share them by their budgets, to the cent;
    * profit: gross margin above that of the days compared with, less cost (discounts have lowered sales already);
    * brand influence: points between two measurements; dealer's profit: resale - purchases from us - own cost.
    """

    _name = "crm.dealer.promotion.result"
    _description = "Dealer Promotion Result"
    _auto = False
    _order = "date_start desc, id desc"
    _rec_name = "promotion_id"
    _depends = {
        "crm.dealer.promotion": [
            "active", "baseline", "brand_after", "brand_before", "brand_date", "budget", "campaign_id", "company_id",
            "cost_expected", "date_end", "date_start", "dealer_date", "dealer_outlay", "dealer_resale",
            "discount_expected", "effect_expected", "margin_expected", "partner_id", "product_tmpl_ids", "user_id",
        ],
        "crm.campaign.cost": ["amount", "campaign_id", "company_id"],
        "account.move": ["commercial_partner_id", "company_id", "invoice_currency_rate", "invoice_date", "move_type",
                         "state"],
        "account.move.line": ["balance", "discount", "display_type", "move_id", "price_unit", "product_id",
                              "product_uom_id", "quantity", "sale_line_ids"],
        "sale.order.line": ["product_uom_id", "purchase_price"],
        "sale.order": ["currency_rate"],
        "product.product": ["product_tmpl_id", "standard_price"],
        "product.template": ["uom_id"],
        "uom.uom": ["factor"],
    }  # fmt: skip

    promotion_id = fields.Many2one("crm.dealer.promotion", readonly=True)
    active = fields.Boolean(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    partner_id = fields.Many2one("res.partner", "Dealer", readonly=True)
    user_id = fields.Many2one("res.users", "Owner", readonly=True)
    date_start = fields.Date("Start", readonly=True)
    date_end = fields.Date("End", readonly=True)
    budget = fields.Monetary(readonly=True)
    cost_expected = fields.Monetary(readonly=True)
    cost_actual = fields.Monetary("Cost", readonly=True)
    sales = fields.Monetary(readonly=True)
    baseline_sales = fields.Monetary("Sales Compared With", readonly=True)
    effect_expected = fields.Monetary(readonly=True)
    effect_actual = fields.Monetary("Effect", readonly=True)
    discount_expected = fields.Monetary("Material Discount Expected", readonly=True)
    discount_actual = fields.Monetary("Material Discount", readonly=True)
    margin_expected = fields.Monetary("Gross Margin Expected", readonly=True)
    margin_actual = fields.Monetary("Gross Margin", readonly=True)
    margin_state = fields.Selection(
        [("no_sales", "No sales yet"), ("unknown", "Cost of goods unknown"), ("known", "Known")],
        string="Margin",
        readonly=True,
    )
    profit = fields.Monetary("Profit of the Promotion", readonly=True)
    brand_change = fields.Integer("Brand Influence (points)", readonly=True, aggregator="avg")
    brand_state = fields.Selection(
        [("unknown", "Not measured yet"), ("known", "Measured")], string="Brand", readonly=True
    )
    dealer_profit = fields.Monetary("Dealer's Profit", readonly=True)
    dealer_state = fields.Selection(
        [("unknown", "Not reported yet"), ("known", "Reported")], string="Dealer's Report", readonly=True
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT promo.id, promo.id AS promotion_id, promo.active, promo.company_id, company.currency_id,
                   promo.campaign_id, promo.partner_id, promo.user_id, promo.date_start, promo.date_end, promo.budget,
                   promo.cost_expected, COALESCE(spent.cost, 0) AS cost_actual,
                   COALESCE(sold.sales, 0) AS sales, COALESCE(sold.baseline_sales, 0) AS baseline_sales,
                   promo.effect_expected, COALESCE(sold.sales, 0) - COALESCE(sold.baseline_sales, 0) AS effect_actual,
                   promo.discount_expected, ROUND(COALESCE(sold.discount, 0), currency.decimal_places)
                       AS discount_actual,
                   promo.margin_expected, ROUND(sold.margin, currency.decimal_places) AS margin_actual,
                   CASE WHEN sold.sales IS NULL THEN 'no_sales' WHEN sold.margin IS NULL THEN 'unknown'
                        ELSE 'known' END AS margin_state,
                   ROUND(COALESCE(sold.margin, 0) - COALESCE(sold.baseline_margin, 0) - COALESCE(spent.cost, 0),
                         currency.decimal_places) AS profit,
                   CASE WHEN promo.brand_date IS NOT NULL THEN promo.brand_after - promo.brand_before END
                       AS brand_change,
                   CASE WHEN promo.brand_date IS NULL THEN 'unknown' ELSE 'known' END AS brand_state,
                   CASE WHEN promo.dealer_date IS NOT NULL THEN
                        COALESCE(promo.dealer_resale, 0) - COALESCE(sold.sales, 0) - COALESCE(promo.dealer_outlay, 0)
                        END AS dealer_profit,
                   CASE WHEN promo.dealer_date IS NULL THEN 'unknown' ELSE 'known' END AS dealer_state
              FROM crm_dealer_promotion promo
              JOIN res_company company ON company.id = promo.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              LEFT JOIN (%s) spent ON spent.id = promo.id
              LEFT JOIN LATERAL (%s) sold ON TRUE
            """,
            self._costs(),
            self._sold(),
        )

    def _costs(self) -> SQL:
        """(promotion, cost): differences of rounded running totals sum to the campaign's cost exactly."""
        return SQL(
            """
            SELECT id, ROUND(total * upto, decimal_places) - ROUND(total * (upto - part), decimal_places) AS cost
              FROM (SELECT share.*, SUM(part) OVER (PARTITION BY campaign_id, company_id ORDER BY id) AS upto
                      FROM (SELECT promo.id, promo.campaign_id, promo.company_id, currency.decimal_places,
                                   cost.total,
                                   COALESCE(promo.budget / NULLIF(SUM(promo.budget) OVER peers, 0),
                                            1.0 / COUNT(*) OVER peers) AS part
                              FROM crm_dealer_promotion promo
                              JOIN res_company company ON company.id = promo.company_id
                              JOIN res_currency currency ON currency.id = company.currency_id
                              JOIN (SELECT campaign_id, company_id, SUM(amount) AS total
                                      FROM (%s) entry GROUP BY campaign_id, company_id) cost
                                ON cost.campaign_id = promo.campaign_id AND cost.company_id = promo.company_id
                             WHERE promo.active
                            WINDOW peers AS (PARTITION BY promo.campaign_id, promo.company_id)) share) running
            """,
            self.env["crm.campaign.cost"]._table_query,
        )

    def _sold(self) -> SQL:
        """Sums over the dealer's invoice lines in the promotion's days and in those compared with."""
        return SQL(
            """
            SELECT SUM(sale.amount) FILTER (WHERE sale.now) AS sales,
                   SUM(sale.amount) FILTER (WHERE NOT sale.now) AS baseline_sales,
                   SUM(sale.discount) FILTER (WHERE sale.now) AS discount,
                   SUM(sale.amount - sale.cost) FILTER (WHERE sale.now) AS margin,
                   SUM(sale.amount - sale.cost) FILTER (WHERE NOT sale.now) AS baseline_margin
              FROM (SELECT -line.balance AS amount,
                           move.invoice_date BETWEEN promo.date_start AND promo.date_end AS now,
                           %(discount)s AS discount, %(cost)s AS cost
                      FROM account_move move
                      JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
                     CROSS JOIN LATERAL (SELECT CASE move.move_type WHEN 'out_refund' THEN -line.quantity
                                                     ELSE line.quantity END AS quantity) piece
                      LEFT JOIN product_product product ON product.id = line.product_id
                      LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                      LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
                      LEFT JOIN uom_uom product_unit ON product_unit.id = template.uom_id
                     WHERE move.commercial_partner_id = promo.partner_id AND move.company_id = promo.company_id
                       AND move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                       AND (move.invoice_date BETWEEN promo.date_start AND promo.date_end OR %(compared)s)
                       AND (template.id IN (SELECT rel.product_tmpl_id FROM crm_dealer_promotion_product_rel rel
                                             WHERE rel.promotion_id = promo.id)
                            OR NOT EXISTS (SELECT 1 FROM crm_dealer_promotion_product_rel rel
                                            WHERE rel.promotion_id = promo.id))) sale
            """,
            discount=SQL(
                """CASE WHEN COALESCE(line.discount, 0) <= 0 THEN 0
                        WHEN line.discount < 100 THEN -line.balance * line.discount / (100 - line.discount)
                        ELSE line.price_unit * piece.quantity / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                   END::numeric"""
            ),
            cost=self._cost_of_goods(),
            compared=SQL(
                """CASE promo.baseline WHEN 'year' THEN
                        move.invoice_date BETWEEN (promo.date_start - INTERVAL '1 year')::date
                                              AND (promo.date_end - INTERVAL '1 year')::date
                   ELSE move.invoice_date BETWEEN promo.date_start - (promo.date_end - promo.date_start + 1)
                                              AND promo.date_start - 1 END"""
            ),
        )

    def _cost_of_goods(self) -> SQL:
        """As the margin metric: the order line's cost at the order's rate, else the product's cost of today."""
        return SQL(
            """COALESCE((SELECT NULLIF(AVG(ordered.purchase_price / COALESCE(NULLIF(so.currency_rate, 0), 1)
                                           * COALESCE(unit.factor, 1) / COALESCE(NULLIF(ordered_unit.factor, 0), 1)), 0)
                           FROM sale_order_line_invoice_rel rel
                           JOIN sale_order_line ordered ON ordered.id = rel.order_line_id
                           JOIN sale_order so ON so.id = ordered.order_id
                           LEFT JOIN uom_uom ordered_unit ON ordered_unit.id = ordered.product_uom_id
                          WHERE rel.invoice_line_id = line.id),
                        NULLIF((product.standard_price ->> promo.company_id::text)::numeric, 0)
                        * COALESCE(unit.factor, 1) / COALESCE(NULLIF(product_unit.factor, 0), 1)
               )::numeric * piece.quantity::numeric"""
        )

    def action_open_promotion(self):
        self.ensure_one()
        return self.promotion_id._get_records_action()
