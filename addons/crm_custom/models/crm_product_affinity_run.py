"""The nightly count of pairs: a fixed number of statements a company and customer group, no basket in Python."""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import affinity
from .crm_product_affinity import GROUPS

MAX_PAIRS = 50000  # a customer group keeps its most frequent pairs


class CrmProductAffinity(models.Model):
    _inherit = "crm.product.affinity"

    @api.model
    def _cron_run(self, date=None):
        """Nightly: what customers buy, what they buy together, and the products' figures, of each company."""
        today = fields.Date.to_date(date) or fields.Date.context_today(self)
        companies = self.env["res.company"].sudo().search([])
        companies = companies.filtered(lambda company: company.crm_affinity_run != today)
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self._run(company, today)
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    @api.model
    def _run(self, company, date=None):
        """Refresh everything of the company as of the day; a second run gives the same rows."""
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        self = self.sudo().with_company(company)
        self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(hashtext('crm.product.affinity'), %s)", company.id))
        self.env.flush_all()
        self.env["crm.product.buyer"]._refresh(company, date)
        for kind, _label in GROUPS:
            self._refresh(company, date, kind)
        self.env["crm.product.profile"]._refresh(company, date)
        company.crm_affinity_run = date

    @api.model
    def _refresh(self, company, date, kind, key=None, support_pct=None, basis=None):
        """Count the pairs of one kind of customer group again, or of one group of it (`key`).

        `support_pct` in percent and `basis` default to the company's settings. Returns the number of pairs.
        """
        support_pct = company.crm_affinity_support if support_pct is None else support_pct
        basis = basis or company.crm_affinity_basis
        self.env.flush_all()
        baskets = self._basket_lines(company, date, kind, basis, key)
        self._count_pairs(baskets, support_pct, company.crm_affinity_count)
        one = SQL("AND group_key = %s", key) if key is not None else SQL()
        self.env.cr.execute(
            SQL("DELETE FROM crm_product_affinity WHERE company_id = %s AND group_kind = %s %s", company.id, kind, one)
        )
        self._store_pairs(company, date, kind, basis)
        stored = self.env.cr.rowcount
        self.env.cr.execute("DROP TABLE crm_affinity_line, crm_affinity_pair")
        self.invalidate_model()
        return stored

    # === SOURCE === #

    @api.model
    def _basket_lines(self, company, date, kind, basis, key=None):
        """Query of (group_key, basket_id, product_id): lines sold with a quantity and an amount above zero."""
        months = company.crm_affinity_months
        start = date - relativedelta(months=months) if months else date.min
        source = self._order_lines if basis == "order" else self._invoice_lines
        group = {
            "all": SQL("0"),
            "class": SQL("STRPOS('abc', card.customer_class)"),
            "industry": SQL("customer.industry_id"),
            "country": SQL("customer.country_id"),
        }[kind]
        card = SQL(
            "LEFT JOIN crm_scorecard card ON card.partner_id = customer.id AND card.is_latest AND card.company_id = %s",
            company.id,
        )
        return SQL(
            """SELECT %(group)s AS group_key, source.basket_id, source.product_id
                 FROM (%(source)s) source
                 LEFT JOIN res_partner customer ON customer.id = source.partner_id
                 %(card)s
                WHERE %(group)s IS NOT NULL AND %(one)s""",
            group=group,
            source=source(company, start, date),
            card=card if kind == "class" else SQL(),
            one=SQL("%s = %s", group, key) if key is not None else SQL("TRUE"),
        )

    @api.model
    def _invoice_lines(self, company, start, stop):
        return SQL(
            """SELECT line.move_id AS basket_id, line.product_id, move.commercial_partner_id AS partner_id
                 FROM account_move_line line JOIN account_move move ON move.id = line.move_id
                WHERE line.company_id = %s AND line.parent_state = 'posted' AND move.move_type = 'out_invoice'
                  AND line.display_type = 'product' AND line.product_id IS NOT NULL
                  AND line.is_downpayment IS NOT TRUE AND line.quantity > 0 AND line.price_subtotal > 0
                  AND line.date BETWEEN %s AND %s""",
            company.id,
            start,
            stop,
        )

    @api.model
    def _order_lines(self, company, start, stop):
        return SQL(
            """SELECT line.order_id AS basket_id, line.product_id, buyer.commercial_partner_id AS partner_id
                 FROM sale_order_line line
                 JOIN sale_order sale ON sale.id = line.order_id
                 JOIN res_partner buyer ON buyer.id = sale.partner_id
                WHERE line.company_id = %s AND sale.state = 'sale' AND line.display_type IS NULL
                  AND line.product_id IS NOT NULL AND line.is_downpayment IS NOT TRUE
                  AND line.product_uom_qty > 0 AND line.price_subtotal > 0
                  AND sale.date_order >= %s AND sale.date_order < %s""",
            company.id,
            start,
            stop + relativedelta(days=1),
        )

    # === COUNT === #

    @api.model
    def _count_pairs(self, baskets, support_pct, min_count):
        """Leave the temporary table crm_affinity_pair (group_key, baskets, left_id, right_id, the three counts).

        A product below the support cannot be in a pair above it: only frequent products are paired. Each basket's
        products as an array, unnested against each other, take half the time of joining the lines with themselves.
        """
        cr = self.env.cr
        # Millions of pairs are counted in memory: no sorting, no spilling to disk.
        cr.execute("SET LOCAL work_mem = '128MB'")
        self._collect_baskets(baskets, support_pct, min_count)
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE crm_affinity_pair ON COMMIT DROP AS
                   SELECT pair.*, groups.baskets, one.count AS count_left, two.count AS count_right
                     FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY group_key ORDER BY count_both DESC) AS place
                             FROM (SELECT group_key, left_id, right_id, COUNT(*) AS count_both
                                     FROM (SELECT group_key, items[place] AS left_id,
                                                  UNNEST(items[place + 1:]) AS right_id
                                             FROM crm_affinity_basket, GENERATE_SERIES(1, CARDINALITY(items)) place) duo
                                    GROUP BY group_key, left_id, right_id HAVING COUNT(*) >= %(min_count)s) counted
                          ) pair
                     JOIN crm_affinity_group groups USING (group_key)
                     JOIN crm_affinity_item one ON one.group_key = pair.group_key AND one.product_id = pair.left_id
                     JOIN crm_affinity_item two ON two.group_key = pair.group_key AND two.product_id = pair.right_id
                    WHERE pair.count_both >= groups.needed AND pair.place <= %(max_pairs)s""",
                min_count=min_count,
                max_pairs=MAX_PAIRS,
            )
        )
        cr.execute("DROP TABLE crm_affinity_item, crm_affinity_group, crm_affinity_basket")
        cr.execute("SET LOCAL work_mem TO DEFAULT")

    @api.model
    def _collect_baskets(self, baskets, support_pct, min_count):
        """Temporary tables: groups with the baskets a pair needs, frequent products, and each basket's of them."""
        cr = self.env.cr
        cr.execute(
            "DROP TABLE IF EXISTS crm_affinity_line, crm_affinity_pair, crm_affinity_item, crm_affinity_group,"
            " crm_affinity_basket"
        )
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE crm_affinity_line ON COMMIT DROP AS
                   SELECT DISTINCT group_key, basket_id, product_id FROM (%s) source""",
                baskets,
            )
        )
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE crm_affinity_group ON COMMIT DROP AS
                   SELECT group_key, COUNT(DISTINCT basket_id) AS baskets,
                          GREATEST(%s, CEIL(COUNT(DISTINCT basket_id) * %s / 100)) AS needed
                     FROM crm_affinity_line GROUP BY group_key""",
                min_count,
                support_pct,
            )
        )
        cr.execute(
            """CREATE TEMPORARY TABLE crm_affinity_item ON COMMIT DROP AS
               SELECT line.group_key, line.product_id, COUNT(*) AS count
                 FROM crm_affinity_line line JOIN crm_affinity_group USING (group_key)
                GROUP BY line.group_key, line.product_id, needed HAVING COUNT(*) >= needed"""
        )
        cr.execute(
            """DELETE FROM crm_affinity_line line WHERE NOT EXISTS (
                      SELECT 1 FROM crm_affinity_item item
                       WHERE item.group_key = line.group_key AND item.product_id = line.product_id)"""
        )
        cr.execute(
            """CREATE TEMPORARY TABLE crm_affinity_basket ON COMMIT DROP AS
               SELECT group_key, ARRAY_AGG(product_id ORDER BY product_id) AS items
                 FROM crm_affinity_line GROUP BY group_key, basket_id"""
        )
        cr.execute("ANALYZE crm_affinity_item; ANALYZE crm_affinity_group; ANALYZE crm_affinity_basket")

    @api.model
    def _measures(self):
        """Query over crm_affinity_pair that adds the measures; the formulas are specified in tools/affinity.py."""
        return SQL(
            """SELECT sure.*, sure.count_both >= %(min_count)s AND sure.lift_low > 1 AND sure.chi2 >= %(chi2)s
                      AS significant
                 FROM (SELECT base.*,
                              base.lift * EXP(-%(z)s * SQRT(GREATEST(0, 1 / base.c - 1 / base.l - 1 / base.r
                                              + (2 * base.lift - 1) / base.n))) AS lift_low,
                              COALESCE(base.n * POWER(base.c * base.n - base.l * base.r, 2)
                                  / NULLIF(base.l * base.r * (base.n - base.l) * (base.n - base.r), 0), 0) AS chi2
                         FROM (SELECT pair.*, raw.*, raw.c / raw.n AS support, raw.c / raw.l AS confidence,
                                      raw.c / raw.r AS confidence_back, raw.c * raw.n / (raw.l * raw.r) AS lift,
                                      raw.c / raw.n - raw.l * raw.r / (raw.n * raw.n) AS leverage
                                 FROM crm_affinity_pair pair
                                CROSS JOIN LATERAL (SELECT pair.baskets::float8 AS n, pair.count_left::float8 AS l,
                                            pair.count_right::float8 AS r, pair.count_both::float8 AS c) raw) base
                      ) sure""",
            min_count=affinity.MIN_COUNT,
            chi2=affinity.CHI2_99,
            z=affinity.Z_99,
        )

    @api.model
    def _store_pairs(self, company, date, kind, basis):
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_product_affinity (
                          company_id, group_kind, group_key, customer_class, industry_id, country_id, product_id,
                          product2_id, same_categ, same_template, baskets, count_left, count_right, count_both, support,
                          confidence, confidence_back, lift, lift_low, leverage, chi2, significant, rank, basis, date)
                   SELECT %(company)s, %(kind)s, pair.group_key,
                          CASE WHEN %(kind)s = 'class' THEN SUBSTR('abc', pair.group_key::int, 1) END,
                          CASE WHEN %(kind)s = 'industry' THEN pair.group_key END,
                          CASE WHEN %(kind)s = 'country' THEN pair.group_key END,
                          pair.left_id, pair.right_id, one_tmpl.categ_id IS NOT DISTINCT FROM two_tmpl.categ_id,
                          one_tmpl.id = two_tmpl.id, pair.baskets, pair.count_left, pair.count_right, pair.count_both,
                          pair.support, pair.confidence, pair.confidence_back, pair.lift, pair.lift_low, pair.leverage,
                          pair.chi2, pair.significant,
                          ROW_NUMBER() OVER (PARTITION BY pair.group_key
                                ORDER BY pair.significant DESC, pair.lift_low DESC, pair.left_id, pair.right_id),
                          %(basis)s, %(date)s
                     FROM (%(measures)s) pair
                     JOIN product_product one ON one.id = pair.left_id
                     JOIN product_template one_tmpl ON one_tmpl.id = one.product_tmpl_id
                     JOIN product_product two ON two.id = pair.right_id
                     JOIN product_template two_tmpl ON two_tmpl.id = two.product_tmpl_id""",
                company=company.id,
                kind=kind,
                basis=basis,
                date=date,
                measures=self._measures(),
            )
        )
