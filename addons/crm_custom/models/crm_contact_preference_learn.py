from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

MONTHS = 24
MIN_ORDERS = 2
MIN_SHARE = 40
TOP_PRODUCTS = 5


class CrmContactPreference(models.Model):
    """Learning from confirmed orders of the last 24 months, in SQL: what recurs in two orders or more.

    Products: the five in the most orders. Packaging, delivery slot (in the company's time zone), delivery address
    other than the customer's own and payment terms: the one in at least 40 % of the orders.
    """

    _inherit = "crm.contact.preference"

    @api.model
    def _cron_learn(self):
        """Each company in a transaction of its own; nothing is lost when it is stopped between two."""
        companies = self.env["res.company"].search([])
        for company in self.env["crm.cron.turn"]._each("crm.contact.preference", companies):
            self._learn(company, fields.Date.today())

    @api.model
    def _learn(self, company, today, partners=None):
        """Replace what was learned of the customers (all of them without `partners`); returns the number of rows."""
        self.env.flush_all()
        scope = SQL("AND partner_id IN %s", tuple(partners.ids)) if partners else SQL("")
        self.env.cr.execute(
            SQL("DELETE FROM crm_contact_preference WHERE is_learned AND company_id = %s %s", company.id, scope)
        )
        self.env.cr.execute(
            SQL(
                """WITH orders AS (%(orders)s), totals AS (
                       SELECT partner_id, COUNT(*) AS total FROM orders GROUP BY partner_id
                   ), ranked AS (
                       SELECT seen.*, totals.total, ROW_NUMBER() OVER (
                           PARTITION BY seen.partner_id, seen.kind ORDER BY seen.number DESC, seen.last_date DESC
                       ) AS place
                       FROM (%(seen)s) seen JOIN totals ON totals.partner_id = seen.partner_id
                   )
                   INSERT INTO crm_contact_preference (partner_id, company_id, kind, product_id, uom_id, weekday,
                       daypart, address_id, payment_term_id, is_learned, order_count, order_total, share, last_date,
                       create_uid, create_date, write_uid, write_date)
                   SELECT partner_id, %(company)s, kind, product_id, uom_id, weekday, daypart, address_id,
                          payment_term_id, TRUE, number, total, ROUND(100.0 * number / total, 1), last_date,
                          %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                   FROM ranked
                   WHERE number >= %(least)s AND (kind = 'product' AND place <= %(top)s
                       OR kind <> 'product' AND place = 1 AND 100.0 * number / total >= %(share)s)""",
                orders=self._orders_sql(company, today, partners),
                seen=SQL(" UNION ALL ").join(self._seen_parts(company)),
                company=company.id,
                uid=self.env.uid,
                least=MIN_ORDERS,
                top=TOP_PRODUCTS,
                share=MIN_SHARE,
            )
        )
        number = self.env.cr.rowcount
        self.invalidate_model()
        return number

    @api.model
    def _orders_sql(self, company, today, partners):
        start = today - relativedelta(months=MONTHS)
        scope = SQL("AND partner.commercial_partner_id IN %s", tuple(partners.ids)) if partners else SQL("")
        return SQL(
            """SELECT so.id, partner.commercial_partner_id AS partner_id, so.date_order::date AS day,
                      so.commitment_date, so.partner_shipping_id, so.payment_term_id
               FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
               WHERE so.state = 'sale' AND so.company_id = %s AND so.date_order >= %s %s""",
            company.id,
            start,
            scope,
        )

    @api.model
    def _seen_parts(self, company):
        """What was seen in how many orders: SELECTs of partner_id, kind, the value's columns, number, last_date."""
        nothing = {
            "product_id": SQL("NULL::int"),
            "uom_id": SQL("NULL::int"),
            "weekday": SQL("NULL::varchar"),
            "daypart": SQL("NULL::varchar"),
            "address_id": SQL("NULL::int"),
            "payment_term_id": SQL("NULL::int"),
        }

        def part(kind, source, **columns):
            picked = nothing | columns
            return SQL(
                """SELECT orders.partner_id, %s AS kind, %s, COUNT(DISTINCT orders.id) AS number,
                          MAX(orders.day) AS last_date FROM %s GROUP BY orders.partner_id, %s""",
                SQL("%s::varchar", kind),
                SQL(", ").join(SQL("%s AS %s", sql, SQL.identifier(name)) for name, sql in picked.items()),
                source,
                SQL(", ").join(columns.values()),
            )

        lines = SQL(
            """orders JOIN sale_order_line line ON line.order_id = orders.id AND line.display_type IS NULL
               AND line.product_uom_qty > 0 AND line.is_downpayment IS NOT TRUE AND line.product_id IS NOT NULL"""
        )
        packed = SQL(
            """JOIN product_product product ON product.id = line.product_id
               JOIN product_template template ON template.id = product.product_tmpl_id
                   AND template.uom_id <> line.product_uom_id"""
        )
        local = SQL(
            "(SELECT orders.*, orders.commitment_date AT TIME ZONE 'UTC' AT TIME ZONE %s AS local FROM orders"
            " WHERE orders.commitment_date IS NOT NULL) orders",
            company.partner_id.tz or "UTC",
        )
        elsewhere = SQL("(SELECT orders.* FROM orders WHERE orders.partner_shipping_id <> orders.partner_id) orders")
        terms = SQL("(SELECT orders.* FROM orders WHERE orders.payment_term_id IS NOT NULL) orders")
        return [
            part("product", lines, product_id=SQL("line.product_id")),
            part("packaging", SQL("%s %s", lines, packed), uom_id=SQL("line.product_uom_id")),
            part(
                "slot",
                local,
                weekday=SQL("to_char(orders.local, 'ID')"),
                daypart=SQL("CASE WHEN EXTRACT(HOUR FROM orders.local) < 12 THEN 'am' ELSE 'pm' END"),
            ),
            part("address", elsewhere, address_id=SQL("orders.partner_shipping_id")),
            part("term", terms, payment_term_id=SQL("orders.payment_term_id")),
        ]
