from odoo import api, fields, models
from odoo.tools import SQL


class CrmNeedGroup(models.Model):
    """Valid customers by kind of need: one row a customer and kind, so that the kinds can be counted.

    Valid: a customer of the data check without any fault (phone, email, duplicate, no activity). The kind is the
    kind of goods of the customer's open and met needs; of a customer without recorded need, the kind of the goods
    it has ordered most; else 'no need known'. Why SQL: it joins the check with needs and order lines of all
    customers.
    """

    _name = "crm.need.group"
    _description = "Customers by Kind of Need"
    _auto = False
    _order = "categ_id, partner_id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    categ_id = fields.Many2one("product.category", string="Kind of need", readonly=True)
    source = fields.Selection(
        [("need", "Recorded need"), ("order", "Ordered goods"), ("none", "No need known")],
        string="Known from",
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    customers = fields.Integer(readonly=True, aggregator="count_distinct", help="Counts each customer once.")

    _depends = {
        "res.partner": ["commercial_partner_id", "company_id", "industry_id", "user_id"],
        "sale.order.line": ["order_id", "product_id", "price_subtotal", "state"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """WITH valid AS (
                    SELECT partner.id, partner.user_id, partner.company_id, partner.industry_id
                      FROM crm_partner_key key
                      JOIN res_partner partner ON partner.id = key.partner_id AND partner.active
                     WHERE partner.id = partner.commercial_partner_id
                       AND partner.id NOT IN (SELECT fault.partner_id FROM (%(faults)s) fault)),
                    need AS (%(needs)s),
                    ordered AS (%(orders)s)
               SELECT ROW_NUMBER() OVER (ORDER BY valid.id, kind.categ_id) AS id, valid.id AS partner_id,
                      valid.id AS customers, kind.categ_id, COALESCE(kind.source, 'none') AS source, valid.user_id,
                      valid.company_id, valid.industry_id
                 FROM valid
                 LEFT JOIN (SELECT need.partner_id, need.categ_id, 'need' AS source FROM need
                             UNION ALL
                            SELECT ordered.partner_id, ordered.categ_id, 'order' FROM ordered
                             WHERE ordered.partner_id NOT IN (SELECT need.partner_id FROM need)) kind
                        ON kind.partner_id = valid.id""",
            faults=self.env["crm.data.issue"]._table_query,
            needs=self._need_query(),
            orders=self._order_query(),
        )

    @api.model
    def _need_query(self):
        """(partner_id, categ_id) of recorded needs, each kind once a customer."""
        if "crm.customer.need" not in self.env:
            return SQL("SELECT NULL::int AS partner_id, NULL::int AS categ_id WHERE FALSE")
        return SQL(
            """SELECT DISTINCT partner.commercial_partner_id AS partner_id, need.categ_id
                 FROM crm_customer_need need JOIN res_partner partner ON partner.id = need.partner_id
                WHERE need.state <> 'dropped' AND need.categ_id IS NOT NULL AND need.company_id IN %s""",
            tuple(self.env.companies.ids),
        )

    @api.model
    def _order_query(self):
        """(partner_id, categ_id): the kind of goods that a customer has ordered for most, confirmed and untaxed."""
        return SQL(
            """SELECT DISTINCT ON (partner_id) partner_id, categ_id FROM (
                      SELECT partner.commercial_partner_id AS partner_id, template.categ_id,
                             SUM(line.price_subtotal) AS amount
                        FROM sale_order_line line
                        JOIN res_partner partner ON partner.id = line.order_partner_id
                        JOIN product_product product ON product.id = line.product_id
                        JOIN product_template template ON template.id = product.product_tmpl_id
                       WHERE line.state = 'sale' AND line.company_id IN %s AND template.categ_id IS NOT NULL
                       GROUP BY 1, 2) sums
                ORDER BY partner_id, amount DESC, categ_id""",
            tuple(self.env.companies.ids),
        )
