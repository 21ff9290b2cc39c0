from odoo import api, fields, models
from odoo.tools import SQL

SHARES = {"contacted_share": "contacted", "analysed_share": "analysed", "used_share": "used"}


class CrmDataUtilisation(models.Model):
    """How much of the customer data is in use: who was contacted or analysed in the last months.

    One row a customer (commercial partner with a customer's document) and company. Contacted: a logged contact or a
    touch that counts. Analysed: a scorecard, an RFM score or a lifetime value. The months are a setting of the company,
    counted back from the context's `insight_to`, default today.
    """

    _name = "crm.data.utilisation"
    _inherit = ["crm.fact", "crm.insight.fact"]
    _description = "Customer Data in Use"
    _auto = False
    _order = "last_contact, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    last_contact = fields.Date(readonly=True)
    last_analysis = fields.Date(readonly=True)
    use = fields.Selection(
        [
            ("both", "Contacted and analysed"),
            ("contacted", "Contacted"),
            ("analysed", "Analysed"),
            ("none", "Neither"),
        ],
        string="Data",
        readonly=True,
    )
    customers = fields.Integer(readonly=True)
    contacted = fields.Integer(readonly=True)
    analysed = fields.Integer(readonly=True)
    used = fields.Integer(string="Contacted or analysed", readonly=True)
    contacted_share = fields.Float(string="Contacted %", readonly=True, aggregator="avg", digits=(5, 1))
    analysed_share = fields.Float(string="Analysed %", readonly=True, aggregator="avg", digits=(5, 1))
    used_share = fields.Float(string="In use %", readonly=True, aggregator="avg", digits=(5, 1))

    _depends = {
        "crm.contact.log": ["company_id", "date", "partner_id"],
        "crm.touch": ["company_id", "date", "partner_id", "valid"],
        "crm.scorecard": ["company_id", "date", "is_latest", "partner_id"],
        "crm.rfm.score": ["company_id", "date", "partner_id"],
        "crm.lifetime.value": ["company_id", "date", "partner_id"],
        "res.company": ["crm_insight_months"],
        "res.partner": ["active", "company_id", "customer_rank", "user_id"],
    }

    @property
    def _table_query(self) -> SQL:
        _first, last = self._insight_window()
        return SQL(
            """SELECT *, 1 AS customers, 100.0 * contacted AS contacted_share, 100.0 * analysed AS analysed_share,
                      GREATEST(contacted, analysed) AS used, 100.0 * GREATEST(contacted, analysed) AS used_share,
                      CASE WHEN contacted + analysed = 2 THEN 'both' WHEN contacted = 1 THEN 'contacted'
                           WHEN analysed = 1 THEN 'analysed' ELSE 'none' END AS use
                 FROM (SELECT partner.id::bigint * %(factor)s + company.id AS id, company.id AS company_id,
                              partner.id AS partner_id, partner.user_id AS partner_user_id,
                              contact.day AS last_contact, analysis.day AS last_analysis,
                              CASE WHEN contact.day > %(since)s THEN 1 ELSE 0 END AS contacted,
                              CASE WHEN analysis.day > %(since)s THEN 1 ELSE 0 END AS analysed
                         FROM res_partner partner
                         JOIN res_company company ON company.id = ANY(%(companies)s)
                          AND (partner.company_id IS NULL OR partner.company_id = company.id)
                         LEFT JOIN (%(contacts)s) contact
                           ON contact.partner_id = partner.id AND contact.company_id = company.id
                         LEFT JOIN (%(analyses)s) analysis
                           ON analysis.partner_id = partner.id AND analysis.company_id = company.id
                        WHERE partner.active AND partner.customer_rank > 0
                          AND partner.id = partner.commercial_partner_id) row""",
            factor=self._id_factor(),
            since=SQL("(%s::date - MAKE_INTERVAL(months => company.crm_insight_months))::date", last),
            companies=self._insight_companies().ids,
            contacts=self._contacts(last),
            analyses=self._analyses(last),
        )

    @api.model
    def _contacts(self, last):
        """Query of (company_id, partner_id, day): the last contact; a touch without company counts for each."""
        return SQL(
            """SELECT company_id, partner_id, MAX(day) AS day FROM (
                      SELECT company_id, partner_id, date::date AS day FROM crm_contact_log
                       UNION ALL
                      SELECT company.id, touch.partner_id, touch.date::date FROM crm_touch touch
                        JOIN res_company company ON company.id = COALESCE(touch.company_id, company.id)
                       WHERE touch.valid AND touch.partner_id IS NOT NULL AND company.id = ANY(%s)) contact
                WHERE day <= %s GROUP BY company_id, partner_id""",
            self._insight_companies().ids,
            last,
        )

    @api.model
    def _analyses(self, last):
        """Query of (company_id, partner_id, day): the last analysis."""
        return SQL(
            """SELECT company_id, partner_id, MAX(date) AS day FROM (
                      SELECT company_id, partner_id, date FROM crm_scorecard
                       UNION ALL SELECT company_id, partner_id, date FROM crm_rfm_score
                       UNION ALL SELECT company_id, partner_id, date FROM crm_lifetime_value) analysis
                WHERE date <= %s GROUP BY company_id, partner_id""",
            last,
        )

    def _read_group_select(self, aggregate_spec, query):
        """Shares of a group: of its customers."""
        for share, name in SHARES.items():
            if aggregate_spec == f"{share}:avg":
                part = self._field_to_sql(self._table, name, query)
                return SQL("100.0 * SUM(%s) / NULLIF(COUNT(*), 0)", part)
        return super()._read_group_select(aggregate_spec, query)

    def action_open_customer(self):
        self.ensure_one()
        return self._open_form(self.partner_id)
