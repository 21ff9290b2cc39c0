from odoo import api, models
from odoo.tools import SQL

NEIGHBOURS = 50  # similar customers that count
SAME_GROUP = 1.25  # a customer of the same class, and one of the same industry, counts that much more
CANDIDATES = 40
GAP_SHARE = 0.4  # of the similar customers buy from a category that is a gap


class CrmSuggestionQuery(models.AbstractModel):
    """The queries behind suggestions, over the nightly crm.product.buyer and crm.product.affinity."""

    _name = "crm.suggestion.query"
    _description = "Suggestions, Queries"

    @api.model
    def _known(self, company, partner, product_ids):
        """Query of the products that the customer knows: bought, ordered or on the quotation."""
        return SQL(
            """SELECT product_id FROM crm_product_buyer WHERE company_id = %(company)s AND partner_id = %(partner)s
                UNION
               SELECT line.product_id FROM sale_order_line line
                 JOIN sale_order sale ON sale.id = line.order_id
                 JOIN res_partner buyer ON buyer.id = sale.partner_id
                WHERE buyer.commercial_partner_id = %(partner)s AND sale.company_id = %(company)s
                  AND sale.state = 'sale' AND line.product_id IS NOT NULL
                UNION SELECT UNNEST(%(products)s::int[])""",
            company=company.id,
            partner=partner.id,
            products=list(product_ids),
        )

    @api.model
    def _neighbours(self, company, partner, product_ids):
        """Query of (partner_id, weight): the most similar customers.

        Cosine of what both bought, more for the same class and industry; without any history, and nothing on the
        quotation, all customers of the same class or industry.
        """
        alike = SQL(
            """(CASE WHEN card.customer_class = (SELECT customer_class FROM own) THEN %(more)s ELSE 1 END
               * CASE WHEN other.industry_id = (SELECT industry_id FROM own) THEN %(more)s ELSE 1 END)""",
            more=SAME_GROUP,
        )
        return SQL(
            """%(ctes)s
               SELECT sized.partner_id,
                      %(alike)s * CASE WHEN sized.count = 0 THEN 1
                          ELSE sized.count / SQRT(sized.size * (SELECT COUNT(*) FROM known)) END AS weight
                 FROM sized JOIN res_partner other ON other.id = sized.partner_id
                 LEFT JOIN crm_scorecard card ON card.partner_id = other.id AND card.is_latest
                      AND card.company_id = %(company)s
                WHERE sized.count > 0 OR %(alike)s > 1
                ORDER BY weight DESC, sized.partner_id LIMIT %(limit)s""",
            ctes=self._candidates(company, partner, product_ids),
            company=company.id,
            alike=alike,
            limit=NEIGHBOURS,
        )

    @api.model
    def _candidates(self, company, partner, product_ids):
        """WITH clause: what the customer knows, its class and industry, and who shares purchases, with their number."""
        return SQL(
            """WITH known AS (%(known)s), own AS (
                   SELECT partner.industry_id, card.customer_class FROM res_partner partner
                     LEFT JOIN crm_scorecard card ON card.partner_id = partner.id AND card.is_latest
                          AND card.company_id = %(company)s
                    WHERE partner.id = %(partner)s
               ), common AS (
                   SELECT buyer.partner_id, COUNT(*) AS count FROM crm_product_buyer buyer JOIN known USING (product_id)
                    WHERE buyer.company_id = %(company)s AND buyer.partner_id <> %(partner)s GROUP BY buyer.partner_id
               ), other AS (
                   SELECT partner_id, count FROM common
                    UNION ALL
                   SELECT DISTINCT buyer.partner_id, 0 FROM crm_product_buyer buyer
                    WHERE buyer.company_id = %(company)s AND buyer.partner_id <> %(partner)s
                      AND NOT EXISTS (SELECT 1 FROM known)
               ), sized AS (
                   SELECT other.*, (SELECT COUNT(*) FROM crm_product_buyer buyer
                                     WHERE buyer.company_id = %(company)s
                                       AND buyer.partner_id = other.partner_id) AS size
                     FROM other ORDER BY other.count DESC LIMIT 1000
               )""",
            known=self._known(company, partner, product_ids),
            company=company.id,
            partner=partner.id,
        )

    @api.model
    def _similar(self, company, partner, product_ids):
        """[(product id, confidence, buyers, neighbours)]: what similar customers buy and this one does not."""
        return self.env.execute_query(
            SQL(
                """WITH near AS MATERIALIZED (%(near)s)
                   SELECT buyer.product_id, SUM(near.weight) / (SELECT SUM(weight) FROM near), COUNT(*),
                          (SELECT COUNT(*) FROM near)
                     FROM near JOIN crm_product_buyer buyer ON buyer.partner_id = near.partner_id
                          AND buyer.company_id = %(company)s
                    WHERE buyer.product_id NOT IN (%(known)s)
                    GROUP BY buyer.product_id HAVING COUNT(*) > 1
                    ORDER BY 2 DESC, 1 LIMIT %(limit)s""",
                near=self._neighbours(company, partner, product_ids),
                known=self._known(company, partner, product_ids),
                company=company.id,
                limit=CANDIDATES,
            )
        )

    @api.model
    def _gaps(self, company, partner, product_ids):
        """[(category id, share)]: categories that many similar customers buy from and this one never did."""
        return self.env.execute_query(
            SQL(
                """WITH near AS MATERIALIZED (%(near)s)
                   SELECT buyer.categ_id, COUNT(DISTINCT near.partner_id)::float8 / (SELECT COUNT(*) FROM near) AS share
                     FROM near JOIN crm_product_buyer buyer ON buyer.partner_id = near.partner_id
                          AND buyer.company_id = %(company)s
                    WHERE buyer.categ_id IS NOT NULL AND buyer.categ_id NOT IN (
                          SELECT template.categ_id FROM (%(known)s) known
                            JOIN product_product product ON product.id = known.product_id
                            JOIN product_template template ON template.id = product.product_tmpl_id
                           WHERE template.categ_id IS NOT NULL)
                    GROUP BY buyer.categ_id
                   HAVING COUNT(DISTINCT near.partner_id) > 1
                      AND COUNT(DISTINCT near.partner_id)::float8 / (SELECT COUNT(*) FROM near) >= %(share)s
                    ORDER BY 2 DESC, 1 LIMIT 3""",
                near=self._neighbours(company, partner, product_ids),
                known=self._known(company, partner, product_ids),
                company=company.id,
                share=GAP_SHARE,
            )
        )

    @api.model
    def _paired(self, company, partner, product_ids, start_ids=None):
        """[(product id, confidence, start product id)]: certain pairs with what is on the quotation."""
        pair = SQL(
            """FROM crm_product_affinity
                WHERE company_id = %s AND group_kind = 'all' AND significant AND NOT same_template""",
            company.id,
        )
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (other_id) other_id, confidence, product_id
                     FROM (SELECT product_id, product2_id AS other_id, confidence %(pair)s
                            UNION ALL SELECT product2_id, product_id, confidence_back %(pair)s) pair
                    WHERE product_id = ANY(%(start)s) AND other_id NOT IN (%(known)s)
                    ORDER BY other_id, confidence DESC LIMIT %(limit)s""",
                pair=pair,
                start=list(product_ids if start_ids is None else start_ids),
                known=self._known(company, partner, product_ids),
                limit=CANDIDATES,
            )
        )

    @api.model
    def _due(self, company, partner, today):
        """[(product id, last bought)]: products whose replacement cycle is over."""
        return self.env.execute_query(
            SQL(
                """SELECT buyer.product_id, buyer.last_date FROM crm_product_buyer buyer
                     JOIN product_product product ON product.id = buyer.product_id
                     JOIN product_template template ON template.id = product.product_tmpl_id
                    WHERE buyer.company_id = %s AND buyer.partner_id = %s AND template.crm_replacement_months > 0
                      AND buyer.last_date + MAKE_INTERVAL(months => template.crm_replacement_months) <= %s
                    ORDER BY buyer.last_date LIMIT %s""",
                company.id,
                partner.id,
                today,
                CANDIDATES,
            )
        )
