from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL


class CrmProductQuadrant(models.Model):
    """Expectation against experience of each product, beside its sales and repurchases: one row a company and product.

    Answers, sales and buyers of the twelve months up to the day (context `as_of`, else today). Gap = experience less
    expectation, on the scale 1-5. Sales: posted invoices less credit notes, untaxed, company currency (as
    `crm.product.sale`). Repurchase: share of the buyers with invoices of this product on two days or more. The
    quadrants part at the middle sales and the middle repurchase of the products compared (tools/voice.py: quadrant).
    """

    _name = "crm.product.quadrant"
    _description = "Expectation and Experience by Product"
    _auto = False
    _rec_name = "product_id"
    _order = "quadrant, gap, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    expectation = fields.Float("Expectation (1-5)", readonly=True, aggregator="avg", digits=(3, 2))
    experience = fields.Float("Experience (1-5)", readonly=True, aggregator="avg", digits=(3, 2))
    gap = fields.Float(readonly=True, aggregator="avg", digits=(3, 2), help="Experience less expectation.")
    expectation_answers = fields.Integer("Expectations Given", readonly=True)
    experience_answers = fields.Integer("Experiences Given", readonly=True)
    sales = fields.Monetary(readonly=True)
    buyers = fields.Integer(readonly=True)
    repurchase = fields.Float("Bought Again %", readonly=True, aggregator="avg", digits=(5, 1))
    quadrant = fields.Selection(
        [
            ("balanced", "Keeps its promise"),
            ("undersold", "Promises too little"),
            ("overpromised", "Promises too much"),
            ("weak", "Bought in spite of the gap"),
            ("no_data", "Not enough data"),
        ],
        readonly=True,
        group_expand=True,
        help="Promises too little: satisfied, but few sales. Promises too much: dissatisfied, few repurchases.",
    )

    _depends = {
        "crm.product.sale": [],
        "crm.voice.answer": [],
        "res.company": ["crm_voice_min_answers", "currency_id"],
    }

    @property
    def _table_query(self) -> SQL:
        stop = fields.Date.to_date(self.env.context.get("as_of")) or fields.Date.context_today(self)
        stop += relativedelta(days=1)
        start = stop - relativedelta(years=1)
        return SQL(
            """
            WITH compared AS (%(compared)s),
            middle AS (
                SELECT company_id, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY sales) AS sales,
                       PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY repurchase) AS repurchase
                  FROM compared WHERE enough GROUP BY company_id
            )
            SELECT compared.product_id::bigint * 4096 + compared.company_id AS id, compared.company_id,
                   company.currency_id, compared.product_id, compared.expectation_answers,
                   compared.experience_answers, compared.sales, compared.buyers, compared.repurchase,
                   CASE WHEN enough THEN compared.expectation END AS expectation,
                   CASE WHEN enough THEN compared.experience END AS experience,
                   CASE WHEN enough THEN compared.experience - compared.expectation END AS gap,
                   CASE WHEN NOT enough THEN 'no_data'
                        WHEN compared.experience >= compared.expectation
                        THEN CASE WHEN compared.sales < middle.sales THEN 'undersold' ELSE 'balanced' END
                        WHEN COALESCE(compared.repurchase, 0) <= COALESCE(middle.repurchase, 0) THEN 'overpromised'
                        ELSE 'weak' END AS quadrant
              FROM compared JOIN res_company company ON company.id = compared.company_id
              LEFT JOIN middle ON middle.company_id = compared.company_id
            """,
            compared=self._compared(start, stop),
        )

    @api.model
    def _compared(self, start, stop) -> SQL:
        """One row a company and product asked about, with its sales."""
        return SQL(
            """
            SELECT said.*, COALESCE(sold.sales, 0) AS sales, COALESCE(sold.buyers, 0) AS buyers, sold.repurchase,
                   said.expectation_answers >= company.crm_voice_min_answers
                   AND said.experience_answers >= company.crm_voice_min_answers AS enough
              FROM (SELECT company_id, product_id,
                           COUNT(*) FILTER (WHERE measure = 'expectation') AS expectation_answers,
                           AVG(value) FILTER (WHERE measure = 'expectation') AS expectation,
                           COUNT(*) FILTER (WHERE measure = 'experience') AS experience_answers,
                           AVG(value) FILTER (WHERE measure = 'experience') AS experience
                      FROM %(answers)s answer
                     WHERE measure IN ('expectation', 'experience') AND product_id IS NOT NULL
                       AND company_id IS NOT NULL AND date >= %(start)s AND date < %(stop)s
                     GROUP BY company_id, product_id) said
              JOIN res_company company ON company.id = said.company_id
              LEFT JOIN (%(sold)s) sold ON sold.company_id = said.company_id AND sold.product_id = said.product_id
            """,
            answers=self.env["crm.voice.answer"]._table_sql,
            sold=self._sold(start, stop),
            start=start,
            stop=stop,
        )

    @api.model
    def _sold(self, start, stop) -> SQL:
        return SQL(
            """
            SELECT company_id, product_id, SUM(sales) AS sales, COUNT(*) FILTER (WHERE days > 0) AS buyers,
                   100.0 * COUNT(*) FILTER (WHERE days > 1) / NULLIF(COUNT(*) FILTER (WHERE days > 0), 0) AS repurchase
              FROM (SELECT company_id, product_id, partner_id, SUM(amount) AS sales,
                           COUNT(DISTINCT date) FILTER (WHERE amount > 0) AS days
                      FROM %s sale WHERE date >= %s AND date < %s AND product_id IS NOT NULL
                     GROUP BY company_id, product_id, partner_id) buyer
             GROUP BY company_id, product_id
            """,
            self.env["crm.product.sale"].sudo()._table_sql,
            start,
            stop,
        )

    def action_open_answers(self):
        """Open the answers about the product."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_voice_answer_action")
        return action | {
            "name": self.product_id.display_name,
            "domain": [
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
                ("measure", "in", ("expectation", "experience")),
            ],
            "context": {"group_by": ["measure"]},
        }
