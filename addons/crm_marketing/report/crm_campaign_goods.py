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
        """(campaign, company, sales, goods, unknown) of posted product lines; the campaign as for money collected.

        The campaign of an invoice is read from crm.campaign.money, where that is kept, but for invoices changed since
        and those of several orders: `crm_dirty` here.
        """
        money = self.env["crm.campaign.money"]
        kept = money._is_kept()
        return SQL(
            """
            %(dirty)s
            SELECT campaign_id, company_id, SUM(sales) AS sales, SUM(ROUND(cost::numeric, 2)) AS goods,
                   SUM(sales) FILTER (WHERE cost IS NULL) AS unknown
              FROM (%(items)s) item
             WHERE campaign_id IS NOT NULL
             GROUP BY campaign_id, company_id
            """,
            dirty=SQL(
                """WITH crm_dirty AS MATERIALIZED (
                    %s UNION SELECT move_id FROM crm_campaign_money WHERE several)""",
                money._dirty(),
            )
            if kept
            else SQL(),
            items=SQL(" UNION ALL ").join([self._goods_live(kept), *([self._goods_kept()] if kept else [])]),
        )

    def _goods_live(self, kept):
        entries = self.env["crm.campaign.entry"].with_context(crm_dirty_known=kept)
        return self._goods_items(
            SQL(
                """COALESCE(CASE WHEN billed.several THEN sold.campaign_id END, move.campaign_id, sold.campaign_id,
                            sold.lead_campaign_id)"""
            ),
            SQL("move.move_type = 'out_refund'"),
            SQL(
                """
                JOIN account_move move ON move.id = line.move_id
                     AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt') AND %s
                LEFT JOIN (SELECT move_id, COUNT(*) > 1 AS several FROM (%s) weighted GROUP BY move_id) billed
                  ON billed.move_id = line.move_id
                """,
                entries._only_dirty("line", "move_id"),
                entries._invoice_weights(),
            ),
        )

    def _goods_kept(self):
        """Each of these invoices has one row of its total: it bills one order or none, and has one campaign."""
        return self._goods_items(
            SQL("kept.campaign_id"),
            SQL("kept.kind = 'credited'"),
            SQL(
                """
                JOIN (SELECT move_id, campaign_id, kind FROM crm_campaign_money
                       WHERE kind IN ('invoiced', 'credited') AND %s) kept ON kept.move_id = line.move_id
                """,
                self.env["crm.campaign.money"]._clean(),
            ),
        )

    def _goods_items(self, campaign, refund, joins):
        """Orders and products are joined among themselves first (`OFFSET 0`): the lines are many."""
        return SQL(
            """
            SELECT %(campaign)s AS campaign_id, line.company_id, -line.balance AS sales,
                   CASE WHEN %(refund)s THEN -line.quantity ELSE line.quantity END
                   * COALESCE(sold.unit_cost * COALESCE(line_uom.factor / NULLIF(sold.factor, 0), 1),
                              NULLIF((product.standard_price ->> line.company_id::text)::numeric, 0)
                                  * COALESCE(line_uom.factor / NULLIF(product.factor, 0), 1)) AS cost
              FROM account_move_line line
              %(joins)s
              LEFT JOIN (SELECT link.invoice_line_id, so.campaign_id, lead.campaign_id AS lead_campaign_id, uom.factor,
                                NULLIF(sold.purchase_price, 0) / COALESCE(NULLIF(so.currency_rate, 0), 1) AS unit_cost
                           FROM (SELECT invoice_line_id, MIN(order_line_id) AS order_line_id
                                   FROM sale_order_line_invoice_rel GROUP BY invoice_line_id) link
                           JOIN sale_order_line sold ON sold.id = link.order_line_id
                           JOIN sale_order so ON so.id = sold.order_id
                           LEFT JOIN crm_lead lead ON lead.id = so.opportunity_id
                           LEFT JOIN uom_uom uom ON uom.id = sold.product_uom_id
                         OFFSET 0) sold ON sold.invoice_line_id = line.id
              LEFT JOIN (SELECT product.id, product.standard_price, uom.factor
                           FROM product_product product
                           JOIN product_template template ON template.id = product.product_tmpl_id
                           LEFT JOIN uom_uom uom ON uom.id = template.uom_id
                         OFFSET 0) product ON product.id = line.product_id
              LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
             WHERE line.display_type = 'product' AND line.parent_state = 'posted'
            """,
            campaign=campaign,
            refund=refund,
            joins=joins,
        )
