from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

STATES = [
    ("new", "New"),
    ("growing", "Growing"),
    ("steady", "Steady"),
    ("weakening", "Weakening"),
    ("lapsed", "Lapsed"),
]


class CrmProductBuyer(models.Model):
    """What one customer bought of one product, as of the last nightly run: how long, how often, growing or fading.

    From posted customer invoices and credit notes (product lines, no down payments) up to `date`; quantities in the
    product's invoiced unit, amounts untaxed in company currency, credit notes deducted. The rule of the state is
    tools/loyalty.py, written here in SQL. Read only for users; refreshed by crm.product.affinity.
    """

    _name = "crm.product.buyer"
    _description = "Customer Loyalty to a Product"
    _order = "amount desc, id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True, ondelete="cascade")
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True, ondelete="set null")
    customer_class = fields.Selection(related="partner_id.customer_class")
    invoice_count = fields.Integer("Invoices", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    amount = fields.Monetary("Sales", readonly=True)
    amount_12 = fields.Monetary("Last 12 Months", readonly=True)
    amount_before = fields.Monetary("12 Months Before", readonly=True)
    first_date = fields.Date("First Bought", readonly=True)
    last_date = fields.Date("Last Bought", readonly=True)
    duration = fields.Integer(
        "Loyal for Months", readonly=True, aggregator="avg", help="From the first to the last purchase."
    )
    active_months = fields.Integer("Months with a Purchase", readonly=True, aggregator="avg")
    degree = fields.Float(
        "Degree (%)",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Months with a purchase, of all months since the first one.",
    )
    trend = fields.Float(
        "Trend (%)",
        digits=(12, 1),
        readonly=True,
        aggregator=None,
        help="Last twelve months on the twelve before; nothing to compare with for new ones.",
    )
    state = fields.Selection(STATES, "Loyalty", readonly=True)
    date = fields.Date("As of", readonly=True)

    _buyer_unique = models.UniqueIndex("(company_id, partner_id, product_id)")

    @api.depends("product_id", "partner_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.partner_id.name}: {row.product_id.name}"

    @api.model
    def _lines(self, company, date):
        """Query of the posted invoice lines with a product and a customer up to the day; refunds negative."""
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id, line.product_id, line.date, line.move_id,
                      move.move_type <> 'out_refund' AND line.quantity > 0 AS is_sale,
                      CASE WHEN move.move_type = 'out_refund' THEN -line.quantity ELSE line.quantity END AS quantity,
                      -line.balance AS amount
                 FROM account_move_line line JOIN account_move move ON move.id = line.move_id
                WHERE line.company_id = %s AND line.parent_state = 'posted' AND line.display_type = 'product'
                  AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt') AND line.date <= %s
                  AND line.product_id IS NOT NULL AND move.commercial_partner_id IS NOT NULL
                  AND line.is_downpayment IS NOT TRUE""",
            company.id,
            date,
        )

    @api.model
    def _refresh(self, company, date):
        """Replace the company's rows by those as of the day, in two statements."""
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM crm_product_buyer WHERE company_id = %s", company.id))
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_product_buyer (
                          company_id, partner_id, product_id, categ_id, invoice_count, quantity, amount, amount_12,
                          amount_before, first_date, last_date, duration, active_months, degree, trend, state, date)
                   SELECT %(company)s, bought.partner_id, bought.product_id, template.categ_id, bought.invoice_count,
                          bought.quantity, bought.amount, bought.amount_12, bought.amount_before, bought.first_date,
                          bought.last_date, bought.duration, bought.active_months,
                          100.0 * bought.active_months / bought.age, bought.trend,
                          CASE WHEN bought.first_date > %(year_ago)s THEN 'new'
                               WHEN bought.last_date <= %(year_ago)s THEN 'lapsed'
                               WHEN bought.trend IS NULL OR bought.trend >= %(change)s THEN 'growing'
                               WHEN bought.trend <= -%(change)s THEN 'weakening' ELSE 'steady' END,
                          %(date)s
                     FROM (%(bought)s) bought
                     JOIN product_product product ON product.id = bought.product_id
                     JOIN product_template template ON template.id = product.product_tmpl_id""",
                company=company.id,
                year_ago=date - relativedelta(months=12),
                change=company.crm_loyalty_change,
                date=date,
                bought=self._bought(company, date),
            )
        )
        self.env.cr.execute("ANALYZE crm_product_buyer")
        self.invalidate_model()

    @api.model
    def _bought(self, company, date):
        """Query of one row a customer and product: sums, first and last day, months."""
        return SQL(
            """SELECT sums.*, 100.0 * (sums.amount_12 - sums.amount_before)
                              / CASE WHEN sums.amount_before > 0 THEN sums.amount_before END AS trend
                 FROM (SELECT partner_id, product_id,
                              COUNT(DISTINCT move_id) FILTER (WHERE is_sale) AS invoice_count,
                              SUM(quantity) AS quantity, SUM(amount) AS amount,
                              COALESCE(SUM(amount) FILTER (WHERE date > %(year_ago)s), 0) AS amount_12,
                              COALESCE(SUM(amount) FILTER (WHERE date <= %(year_ago)s AND date > %(two_ago)s), 0)
                                  AS amount_before,
                              MIN(date) FILTER (WHERE is_sale) AS first_date,
                              MAX(date) FILTER (WHERE is_sale) AS last_date,
                              COUNT(DISTINCT DATE_TRUNC('month', date)) FILTER (WHERE is_sale) AS active_months,
                              %(duration)s AS duration, %(age)s AS age
                         FROM (%(lines)s) line GROUP BY partner_id, product_id
                       HAVING COUNT(*) FILTER (WHERE is_sale) > 0) sums""",
            year_ago=date - relativedelta(months=12),
            two_ago=date - relativedelta(months=24),
            duration=self._months(SQL("MAX(date) FILTER (WHERE is_sale)")),
            age=self._months(SQL("%s::date", date)),
            lines=self._lines(company, date),
        )

    @api.model
    def _months(self, last):
        """Calendar months from the first sale up to `last`, both counted."""
        first = SQL("MIN(date) FILTER (WHERE is_sale)")
        return SQL(
            "((DATE_PART('year', %s) - DATE_PART('year', %s)) * 12"
            " + DATE_PART('month', %s) - DATE_PART('month', %s) + 1)",
            last,
            first,
            last,
            first,
        )

    def action_open_lines(self):
        """Open the posted invoice lines behind the row."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_product_sale_action")
        return action | {
            "name": self.display_name,
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {},
            "views": [(False, "list"), (False, "pivot")],
        }
