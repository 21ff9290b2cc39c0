from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.voice import SATISFIED, VERY_SATISFIED


class CrmSatisfactionCustomer(models.Model):
    """How satisfied each customer is, beside its orders and margin of twelve months: one row a company and customer.

    Satisfaction: mean of the customer's answers of twelve months on the scale 1-5; very satisfied from 4.5 on,
    satisfied from 3.5 on. Orders: confirmed, by order date; untaxed, company currency. Margin: posted invoice lines
    whose cost is known (`crm.metric._margin_lines`). The day: context `as_of`, else today.
    """

    _name = "crm.satisfaction.customer"
    _description = "Satisfaction and Orders by Customer"
    _auto = False
    _rec_name = "partner_id"
    _order = "value DESC, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    band = fields.Selection(
        [
            ("very", "Very satisfied"),
            ("satisfied", "Satisfied"),
            ("neutral", "Neutral"),
            ("unsatisfied", "Dissatisfied"),
        ],
        "Satisfaction",
        readonly=True,
    )
    customers = fields.Integer(readonly=True)
    answers = fields.Integer(readonly=True)
    value = fields.Float("Average (1-5)", readonly=True, aggregator="avg", digits=(3, 2))
    orders = fields.Integer(readonly=True)
    orders_each = fields.Float("Orders per Customer", readonly=True, aggregator="avg", digits=(10, 1))
    ordered = fields.Monetary(readonly=True)
    ordered_each = fields.Monetary("Ordered per Customer", readonly=True, aggregator="avg")
    margin = fields.Monetary(readonly=True)
    margin_each = fields.Monetary("Margin per Customer", readonly=True, aggregator="avg")

    _depends = {
        "account.move.line": ["balance", "display_type", "move_id", "product_id", "quantity"],
        "account.move": ["commercial_partner_id", "company_id", "invoice_date", "move_type", "state"],
        "crm.voice.answer": [],
        "res.company": ["currency_id"],
        "res.partner": ["commercial_partner_id", "user_id"],
        "sale.order": ["amount_untaxed", "company_id", "currency_rate", "date_order", "partner_id", "state"],
        "sale.order.line": ["purchase_price"],
    }

    @property
    def _table_query(self) -> SQL:
        stop = fields.Date.to_date(self.env.context.get("as_of")) or fields.Date.context_today(self)
        stop += relativedelta(days=1)
        start = stop - relativedelta(years=1)
        return SQL(
            """
            SELECT said.partner_id::bigint * 4096 + said.company_id AS id, said.company_id, company.currency_id,
                   said.partner_id, partner.user_id, 1 AS customers, said.answers, said.value,
                   CASE WHEN said.value >= %(very)s THEN 'very' WHEN said.value >= %(satisfied)s THEN 'satisfied'
                        WHEN said.value > 2.5 THEN 'neutral' ELSE 'unsatisfied' END AS band,
                   COALESCE(bought.orders, 0) AS orders, COALESCE(bought.orders, 0) AS orders_each,
                   COALESCE(bought.ordered, 0) AS ordered, COALESCE(bought.ordered, 0) AS ordered_each,
                   COALESCE(earned.margin, 0) AS margin, COALESCE(earned.margin, 0) AS margin_each
              FROM (SELECT company_id, partner_id, COUNT(*) AS answers, AVG(value) AS value FROM %(answers)s answer
                     WHERE measure = 'satisfaction' AND partner_id IS NOT NULL AND company_id IN %(companies)s
                       AND date >= %(start)s AND date < %(stop)s GROUP BY company_id, partner_id) said
              JOIN res_company company ON company.id = said.company_id
              JOIN res_partner partner ON partner.id = said.partner_id
              LEFT JOIN (%(orders)s) bought
                   ON bought.company_id = said.company_id AND bought.partner_id = said.partner_id
              LEFT JOIN (%(margins)s) earned
                   ON earned.company_id = said.company_id AND earned.partner_id = said.partner_id
            """,
            very=VERY_SATISFIED,
            satisfied=SATISFIED - 0.5,
            answers=self.env["crm.voice.answer"]._table_sql,
            companies=tuple(self.env.companies.ids),
            start=start,
            stop=stop,
            orders=self._orders(start, stop),
            margins=self._margins(start, stop),
        )

    @api.model
    def _orders(self, start, stop) -> SQL:
        return SQL(
            """SELECT so.company_id, partner.commercial_partner_id AS partner_id, COUNT(*) AS orders,
                      SUM(so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1)) AS ordered
                 FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
                WHERE so.state = 'sale' AND so.date_order >= %s AND so.date_order < %s GROUP BY 1, 2""",
            start,
            stop,
        )

    @api.model
    def _margins(self, start, stop) -> SQL:
        """Margin of each customer in each company of the user's choice."""
        metrics = self.env["crm.metric"]
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT %s AS company_id, partner_id, SUM(sales - cost) AS margin FROM (%s) lines
                    WHERE cost IS NOT NULL GROUP BY partner_id""",
                company.id,
                metrics._margin_lines(company, start, stop),
            )
            for company in self.env.companies
        )

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
