from odoo import fields, models
from odoo.tools import SQL


class CrmCampaignReturn(models.Model):
    """Cost of goods beside the money: what is left of a campaign's sales after the goods and the campaign.

    Cost of a line: the cost on its order line at the order's rate, else the product's cost of today (the measure of
    the scorecard's margin); lines whose cost is not known are in `goods_unknown` with their sales. Sales without tax,
    company currency, credit notes negative. Contribution = net sales - cost of goods - campaign cost.
    """

    _inherit = "crm.campaign.return"
    _depends = {
        "account.move": ["campaign_id", "move_type", "state"],
        "account.move.line": ["balance", "display_type", "product_id", "quantity", "sale_line_ids"],
        "sale.order.line": ["order_id", "purchase_price"],
        "product.product": ["standard_price"],
    }

    net_sales = fields.Monetary(readonly=True, help="Invoiced less credit notes, without tax.")
    goods = fields.Monetary("Cost of Goods", readonly=True)
    goods_unknown = fields.Monetary("Sales without Known Cost", readonly=True)
    contribution = fields.Monetary(readonly=True, help="Net sales - cost of goods - campaign cost.")

    def _select(self):
        return SQL(
            """
            %s, COALESCE(sold.sales, 0) AS net_sales, COALESCE(sold.goods, 0) AS goods,
            COALESCE(sold.unknown, 0) AS goods_unknown,
            COALESCE(sold.sales, 0) - COALESCE(sold.goods, 0) - total.cost AS contribution
            """,
            super()._select(),
        )

    def _joins(self):
        return SQL(
            """
            %s
            LEFT JOIN (%s) sold ON sold.campaign_id = total.campaign_id AND sold.company_id = total.company_id
            """,
            super()._joins(),
            self._goods(),
        )

    def _goods(self):
        """(campaign, company, sales, goods, unknown) of posted product lines; the campaign as for money collected."""
        return SQL(
            """
            SELECT campaign_id, company_id, SUM(sales) AS sales, SUM(ROUND(cost::numeric, 2)) AS goods,
                   SUM(sales) FILTER (WHERE cost IS NULL) AS unknown
              FROM (SELECT COALESCE(CASE WHEN billed.several THEN so.campaign_id END, move.campaign_id,
                                    so.campaign_id, lead.campaign_id) AS campaign_id,
                           line.company_id, -line.balance AS sales,
                           CASE WHEN move.move_type = 'out_refund' THEN -line.quantity ELSE line.quantity END
                           * COALESCE(NULLIF(sold.purchase_price, 0)
                                          / COALESCE(NULLIF(so.currency_rate, 0), 1)
                                          * COALESCE(line_uom.factor / NULLIF(sold_uom.factor, 0), 1),
                                      NULLIF((product.standard_price ->> line.company_id::text)::numeric, 0)
                                          * COALESCE(line_uom.factor / NULLIF(own_uom.factor, 0), 1)) AS cost
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                      LEFT JOIN (SELECT invoice_line_id, MIN(order_line_id) AS order_line_id
                                   FROM sale_order_line_invoice_rel GROUP BY invoice_line_id) link
                        ON link.invoice_line_id = line.id
                      LEFT JOIN sale_order_line sold ON sold.id = link.order_line_id
                      LEFT JOIN sale_order so ON so.id = sold.order_id
                      LEFT JOIN crm_lead lead ON lead.id = so.opportunity_id
                      LEFT JOIN (SELECT move_id, COUNT(*) > 1 AS several FROM (%s) weighted GROUP BY move_id) billed
                        ON billed.move_id = line.move_id
                      LEFT JOIN product_product product ON product.id = line.product_id
                      LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                      LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                      LEFT JOIN uom_uom sold_uom ON sold_uom.id = sold.product_uom_id
                      LEFT JOIN uom_uom own_uom ON own_uom.id = template.uom_id
                     WHERE line.display_type = 'product' AND line.parent_state = 'posted'
                       AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')) item
             WHERE campaign_id IS NOT NULL
             GROUP BY campaign_id, company_id
            """,
            self.env["crm.campaign.entry"]._invoice_weights(),
        )
