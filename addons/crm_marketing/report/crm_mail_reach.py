from odoo import api, fields, models
from odoo.tools import SQL

MONTHS = 24


class CrmMailReach(models.Model):
    """Customers with a valid, consented mail address at the end of each of the last 24 months, against the baseline.

    A customer counts when one of its people has a mail address that did not bounce five times and agreed, at that day,
    to offers and news by mail (ledger: the newest decision up to that day, not expired). The current month counts
    up to today. The multiple is of the number that the company set as baseline.
    """

    _name = "crm.mail.reach"
    _description = "Consented E-mail Addresses"
    _auto = False
    _order = "date desc, company_id"
    _rec_name = "date"

    date = fields.Date(string="Month", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    customers = fields.Integer(readonly=True, aggregator="max")
    reachable = fields.Integer(string="With Consented Mail", readonly=True, aggregator="max")
    share = fields.Float(string="Share %", digits=(5, 1), readonly=True, aggregator="avg")
    baseline = fields.Integer(readonly=True, aggregator="max")
    multiple = fields.Float(string="Times the Baseline", digits=(16, 2), readonly=True, aggregator="max")
    state = fields.Selection(
        [("measured", "Measured"), ("no_baseline", "No baseline set"), ("no_customer", "No customers yet")],
        string="Standing",
        readonly=True,
    )

    _depends = {
        "crm.consent": ["channel", "date", "expiry_date", "partner_id", "purpose", "scope", "state"],
        "res.company": ["crm_mail_baseline"],
        "res.partner": [
            "active", "commercial_partner_id", "company_id", "customer_rank", "email_normalized", "message_bounce",
        ],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            """SELECT month.number * 10000 + company.id AS id, month.day::date AS date, company.id AS company_id,
                      COUNT(customer.id) AS customers, COUNT(reached.id) AS reachable,
                      ROUND(100.0 * COUNT(reached.id) / NULLIF(COUNT(customer.id), 0), 1) AS share,
                      company.crm_mail_baseline AS baseline,
                      ROUND(COUNT(reached.id)::numeric / NULLIF(company.crm_mail_baseline, 0), 2) AS multiple,
                      CASE WHEN COUNT(customer.id) = 0 THEN 'no_customer'
                           WHEN COALESCE(company.crm_mail_baseline, 0) = 0 THEN 'no_baseline'
                           ELSE 'measured' END AS state
                 FROM (%(months)s) month
                 CROSS JOIN res_company company
                 LEFT JOIN res_partner customer ON customer.active AND customer.customer_rank > 0
                      AND customer.id = customer.commercial_partner_id AND customer.create_date < month.stop
                      AND (customer.company_id IS NULL OR customer.company_id = company.id)
                 LEFT JOIN (%(reached)s) reached ON reached.id = customer.id AND reached.number = month.number
                GROUP BY month.number, month.day, company.id, company.crm_mail_baseline""",
            months=self._months_sql(),
            reached=self._reached_sql(),
        )

    @api.model
    def _months_sql(self):
        """(number, day, stop): the last day of the month or today, and the first moment after it, UTC."""
        return SQL(
            """SELECT number, LEAST(first + INTERVAL '1 month' - INTERVAL '1 day', %(today)s::timestamp) AS day,
                      LEAST(first + INTERVAL '1 month', %(today)s::timestamp + INTERVAL '1 day') AS stop
                 FROM (SELECT number, date_trunc('month', %(today)s::timestamp)
                              - number * INTERVAL '1 month' AS first
                         FROM generate_series(0, %(last)s) number) start""",
            today=fields.Date.context_today(self),
            last=MONTHS - 1,
        )

    @api.model
    def _reached_sql(self):
        """(id, number): customers with an agreement in force at the end of the month."""
        return SQL(
            """SELECT DISTINCT person.commercial_partner_id AS id, month.number
                 FROM (SELECT partner_id, state, date, expiry_date,
                              LEAD(date) OVER (PARTITION BY partner_id ORDER BY date, id) AS next
                         FROM crm_consent
                        WHERE channel = 'email' AND purpose = 'marketing' AND scope IS NULL
                          AND partner_id IS NOT NULL) decision
                 JOIN res_partner person ON person.id = decision.partner_id AND person.active
                      AND COALESCE(person.email_normalized, '') <> '' AND COALESCE(person.message_bounce, 0) < 5
                 JOIN (%s) month ON decision.date < month.stop
                      AND (decision.next IS NULL OR decision.next >= month.stop)
                WHERE decision.state = 'given'
                  AND (decision.expiry_date IS NULL OR decision.expiry_date >= month.day::date)""",
            self._months_sql(),
        )

    def action_open_customers(self):
        """Customers with a consented address as of now."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Agreed to mail"),
            "res_model": "crm.consent",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("is_current", "=", True),
                ("state", "=", "given"),
                ("channel", "=", "email"),
                ("purpose", "=", "marketing"),
                ("scope", "=", False),
                ("partner_id.email_normalized", "!=", False),
            ],
        }
