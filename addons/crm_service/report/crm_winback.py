from odoo import api, fields, models
from odoo.tools import SQL


class CrmWinback(models.Model):
    """What became of customers who complained: one row a complaint, followed up, recovered, ordering again or not.

    Orders: confirmed, placed after the complaint and within the company's days; untaxed, company currency. Now: the
    server's clock, UTC. id = the feedback's.
    """

    _name = "crm.winback"
    _description = "Win-Back of Customers Who Complained"
    _auto = False
    _rec_name = "feedback_id"
    _order = "date DESC, id DESC"

    feedback_id = fields.Many2one("crm.feedback", "Complaint", readonly=True)
    date = fields.Datetime("Complained On", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Handled by", readonly=True)
    partner_user_id = fields.Many2one("res.users", "Key-Account Manager", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    followed = fields.Float("Followed Up %", readonly=True, aggregator="avg", digits=(5, 1))
    recovered = fields.Float("Recovered %", readonly=True, aggregator="avg", digits=(5, 1))
    again = fields.Float("Ordered Again %", readonly=True, aggregator="avg", digits=(5, 1))
    complaints = fields.Integer(readonly=True)
    order_date = fields.Datetime("First Order After", readonly=True)
    days_to_order = fields.Integer(readonly=True, aggregator="avg")
    ordered = fields.Monetary("Ordered in the Days", readonly=True)
    status = fields.Selection(
        [
            ("open", "To follow up"),
            ("waiting", "Followed up, no order yet"),
            ("won", "Followed up and ordering again"),
            ("alone", "Ordering again without follow-up"),
            ("lost", "No order in the days"),
        ],
        readonly=True,
    )

    _depends = {
        "crm.feedback": [
            "active", "company_id", "date", "date_followed", "kind", "outcome", "partner_id", "partner_user_id",
            "product_id", "user_id",
        ],
        "res.company": ["crm_winback_days", "currency_id"],
        "res.partner": ["commercial_partner_id"],
        "sale.order": ["amount_untaxed", "company_id", "currency_rate", "date_order", "partner_id", "state"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT feedback.id, feedback.id AS feedback_id, feedback.date, feedback.company_id, company.currency_id,
                   feedback.partner_id, feedback.user_id, feedback.partner_user_id, feedback.product_id,
                   1 AS complaints,
                   CASE WHEN feedback.date_followed IS NULL THEN 0.0 ELSE 100.0 END AS followed,
                   CASE WHEN feedback.outcome = 'recovered' THEN 100.0 ELSE 0.0 END AS recovered,
                   CASE WHEN bought.first IS NULL THEN 0.0 ELSE 100.0 END AS again,
                   bought.first AS order_date, bought.first::date - feedback.date::date AS days_to_order,
                   COALESCE(bought.amount, 0) AS ordered,
                   CASE WHEN bought.first IS NOT NULL
                        THEN CASE WHEN feedback.date_followed IS NULL THEN 'alone' ELSE 'won' END
                        WHEN feedback.date + company.crm_winback_days * INTERVAL '1 day' < %(now)s THEN 'lost'
                        WHEN feedback.date_followed IS NULL THEN 'open' ELSE 'waiting' END AS status
              FROM crm_feedback feedback
              JOIN res_company company ON company.id = feedback.company_id
              LEFT JOIN LATERAL (%(orders)s) bought ON TRUE
             WHERE feedback.kind = 'complaint' AND feedback.active
            """,
            now=fields.Datetime.now(),
            orders=self._orders(),
        )

    @api.model
    def _orders(self) -> SQL:
        return SQL(
            """SELECT MIN(so.date_order) AS first,
                      SUM(so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1)::numeric) AS amount
                 FROM sale_order so JOIN res_partner customer ON customer.id = so.partner_id
                WHERE customer.commercial_partner_id = feedback.partner_id AND so.company_id = feedback.company_id
                  AND so.state = 'sale' AND so.date_order > feedback.date
                  AND so.date_order <= feedback.date + company.crm_winback_days * INTERVAL '1 day'"""
        )

    def action_open_feedback(self):
        self.ensure_one()
        return self.feedback_id.get_formview_action()
