from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL, format_date

FREQUENT_ORDERS = 3
"""So many orders in the two periods make a frequent customer."""


class CrmChurnMatch(models.Model):
    """Customers at risk: complaints x low ratings after delivery x falling orders, one row a company and customer.

    The period is the company's days up to the day (context `as_of`, else today); orders (confirmed, untaxed, company
    currency) are compared with as many days before. A low rating: a satisfaction of the service, delivery or after-
    sale stage up to the company's limit. A row has at least one of the three facts; `facts` counts them.
    """

    _name = "crm.churn.match"
    _description = "Churn Risk"
    _auto = False
    _rec_name = "partner_id"
    _order = "facts DESC, ordered_before DESC, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    is_frequent = fields.Boolean("Frequent", readonly=True, help="Three orders or more in the two periods.")
    facts = fields.Integer(readonly=True, aggregator="max", help="How many of the three facts hold.")
    complaints = fields.Integer(readonly=True)
    complaint_date = fields.Datetime("Last Complaint", readonly=True)
    low_ratings = fields.Integer(readonly=True)
    low_rating = fields.Float("Lowest Rating", readonly=True, aggregator="min", digits=(3, 1))
    low_date = fields.Datetime("Last Low Rating", readonly=True)
    orders = fields.Integer("Orders in Both Periods", readonly=True)
    ordered = fields.Monetary("Ordered Now", readonly=True)
    ordered_before = fields.Monetary(readonly=True)
    decline = fields.Float("Fall %", readonly=True, aggregator="avg", digits=(5, 1))
    complaint_text = fields.Char("Complaint", compute="_compute_texts")
    rating_text = fields.Char("Rating", compute="_compute_texts")
    order_text = fields.Char("Orders", compute="_compute_texts")

    _depends = {
        "crm.feedback": ["active", "company_id", "date", "kind", "partner_id"],
        "crm.voice.answer": [],
        "res.company": ["crm_churn_days", "crm_detractor_max", "currency_id"],
        "res.partner": ["commercial_partner_id", "user_id"],
        "sale.order": ["amount_untaxed", "company_id", "currency_rate", "date_order", "partner_id", "state"],
    }

    @property
    def _table_query(self) -> SQL:
        day = fields.Date.to_date(self.env.context.get("as_of")) or fields.Date.context_today(self)
        stop = SQL("%s::timestamp", day + relativedelta(days=1))
        return SQL(
            """
            SELECT fact.*, fact.partner_id::bigint * 4096 + fact.company_id AS id, company.currency_id,
                   partner.user_id, fact.orders >= %(frequent)s AS is_frequent,
                   100 * (fact.ordered_before - fact.ordered) / NULLIF(fact.ordered_before, 0) AS decline,
                   (fact.complaints > 0)::int + (fact.low_ratings > 0)::int
                   + (fact.ordered < fact.ordered_before)::int AS facts
              FROM (SELECT company_id, partner_id, SUM(complaints)::int AS complaints,
                           MAX(complaint_date) AS complaint_date, SUM(low_ratings)::int AS low_ratings,
                           MIN(low_rating) AS low_rating, MAX(low_date) AS low_date, SUM(orders)::int AS orders,
                           SUM(ordered) AS ordered, SUM(ordered_before) AS ordered_before
                      FROM (%(complaints)s UNION ALL %(ratings)s UNION ALL %(orders)s) part
                     WHERE partner_id IS NOT NULL GROUP BY company_id, partner_id) fact
              JOIN res_company company ON company.id = fact.company_id
              JOIN res_partner partner ON partner.id = fact.partner_id
             WHERE fact.complaints > 0 OR fact.low_ratings > 0 OR fact.ordered < fact.ordered_before
            """,
            frequent=FREQUENT_ORDERS,
            complaints=self._complaints(stop),
            ratings=self._ratings(stop),
            orders=self._orders(stop),
        )

    @api.model
    def _start(self, stop, periods=1) -> SQL:
        return SQL("%s - %s * company.crm_churn_days * INTERVAL '1 day'", stop, periods)

    @api.model
    def _complaints(self, stop) -> SQL:
        return SQL(
            """
            SELECT feedback.company_id, feedback.partner_id, COUNT(*) AS complaints,
                   MAX(feedback.date) AS complaint_date, 0 AS low_ratings, NULL::float8 AS low_rating,
                   NULL::timestamp AS low_date, 0 AS orders, 0::numeric AS ordered, 0::numeric AS ordered_before
              FROM crm_feedback feedback JOIN res_company company ON company.id = feedback.company_id
             WHERE feedback.kind = 'complaint' AND feedback.active AND feedback.source <> 'rating'
               AND feedback.date < %s AND feedback.date >= %s
             GROUP BY feedback.company_id, feedback.partner_id
            """,
            stop,
            self._start(stop),
        )

    @api.model
    def _ratings(self, stop) -> SQL:
        return SQL(
            """
            SELECT answer.company_id, answer.partner_id, 0, NULL::timestamp, COUNT(*), MIN(answer.value),
                   MAX(answer.date), 0, 0::numeric, 0::numeric
              FROM %s answer JOIN res_company company ON company.id = answer.company_id
             WHERE answer.measure = 'satisfaction' AND answer.value <= company.crm_detractor_max
               AND (answer.touchpoint IN ('service', 'delivery') OR answer.care_stage = 'after')
               AND answer.date < %s AND answer.date >= %s
             GROUP BY answer.company_id, answer.partner_id
            """,
            self.env["crm.voice.answer"].sudo()._table_sql,
            stop,
            self._start(stop),
        )

    @api.model
    def _orders(self, stop) -> SQL:
        amount = SQL("so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1)::numeric")
        return SQL(
            """
            SELECT so.company_id, customer.commercial_partner_id, 0, NULL::timestamp, 0, NULL::float8, NULL::timestamp,
                   COUNT(*), COALESCE(SUM(%(amount)s) FILTER (WHERE so.date_order >= %(middle)s), 0),
                   COALESCE(SUM(%(amount)s) FILTER (WHERE so.date_order < %(middle)s), 0)
              FROM sale_order so JOIN res_company company ON company.id = so.company_id
              JOIN res_partner customer ON customer.id = so.partner_id
             WHERE so.state = 'sale' AND so.date_order < %(stop)s AND so.date_order >= %(start)s
             GROUP BY so.company_id, customer.commercial_partner_id
            """,
            amount=amount,
            middle=self._start(stop),
            start=self._start(stop, 2),
            stop=stop,
        )

    @api.depends("complaints", "low_ratings", "decline")
    @api.depends_context("lang", "as_of")
    def _compute_texts(self):
        """The three facts in words."""
        for row in self:
            row.complaint_text = (
                self.env._(
                    "%(count)s complaints, the last on %(day)s",
                    count=row.complaints,
                    day=format_date(self.env, row.complaint_date),
                )
                if row.complaints
                else self.env._("no complaint")
            )
            row.rating_text = (
                self.env._(
                    "rated %(value).0f of 5 on %(day)s", value=row.low_rating, day=format_date(self.env, row.low_date)
                )
                if row.low_ratings
                else self.env._("no low rating")
            )
            now, before = row.currency_id.format(row.ordered), row.currency_id.format(row.ordered_before)
            row.order_text = (
                self.env._("orders fell from %(before)s to %(now)s", before=before, now=now)
                if row.ordered < row.ordered_before
                else self.env._("orders do not fall: %(before)s before, %(now)s now", before=before, now=now)
            )

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_open_complaints(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_feedback_action")
        domain = [("partner_id", "=", self.partner_id.id), ("kind", "=", "complaint")]
        return action | {"domain": domain, "context": {"default_contact_id": self.partner_id.id}}
