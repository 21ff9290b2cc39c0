from odoo import fields, models
from odoo.tools import SQL

SHARES = {"lead_share": ("recommended", "leads"), "order_share": ("recommended_ordered", "ordered")}


class CrmWordOfMouth(models.Model):
    """Leads and orders from recommendation, and their share of all; one row a lead.

    Recommended is a lead with a referring customer, or of a source that counts as word of mouth. Orders: confirmed
    ones of the lead, untaxed, company currency. Shares of a group are shares of its sums. A lead of no company is its
    team's, its salesperson's, else the first company's.
    """

    _name = "crm.word.of.mouth"
    _inherit = ["crm.fact"]
    _description = "Word of Mouth"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", readonly=True)
    name = fields.Char("Lead Name", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date("Created", readonly=True)
    origin = fields.Selection([("mouth", "Recommended"), ("other", "Other")], readonly=True)
    referrer_id = fields.Many2one("res.partner", "Recommended by", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    leads = fields.Integer(readonly=True)
    recommended = fields.Integer("Recommended Leads", readonly=True)
    won = fields.Integer(readonly=True)
    orders = fields.Integer(readonly=True)
    recommended_orders = fields.Integer(readonly=True)
    ordered = fields.Monetary(readonly=True, help="Untaxed.")
    recommended_ordered = fields.Monetary("Ordered after Recommendation", readonly=True, help="Untaxed.")
    lead_share = fields.Float("Share of Leads %", readonly=True, aggregator="avg", digits=(5, 1))
    order_share = fields.Float("Share of Orders %", readonly=True, aggregator="avg", digits=(5, 1))

    _depends = {
        "crm.lead": [
            "company_id", "create_date", "name", "referrer_id", "source_id", "team_id", "user_id", "won_status",
        ],
        "crm.team": ["company_id"],
        "res.users": ["company_id"],
        "sale.order": ["amount_untaxed", "currency_rate", "opportunity_id", "state"],
        "utm.source": ["crm_word_of_mouth"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT lead.*, recommended * orders AS recommended_orders, recommended * ordered AS recommended_ordered,
                      100.0 * recommended AS lead_share,
                      CASE WHEN ordered > 0 THEN 100.0 * recommended END AS order_share
                 FROM (SELECT lead.id, lead.id AS lead_id, lead.name, company.id AS company_id, company.currency_id,
                              lead.create_date::date AS date, lead.referrer_id, lead.source_id, lead.user_id,
                              CASE WHEN lead.referrer_id IS NOT NULL OR source.crm_word_of_mouth THEN 'mouth'
                                   ELSE 'other' END AS origin,
                              CASE WHEN lead.referrer_id IS NOT NULL OR source.crm_word_of_mouth THEN 1 ELSE 0 END
                                  AS recommended,
                              1 AS leads, CASE WHEN lead.won_status = 'won' THEN 1 ELSE 0 END AS won,
                              COALESCE(sold.orders, 0) AS orders, COALESCE(sold.ordered, 0) AS ordered
                         FROM crm_lead lead
                         LEFT JOIN crm_team team ON team.id = lead.team_id
                         LEFT JOIN res_users usr ON usr.id = lead.user_id
                         JOIN res_company company ON company.id = %(company)s
                         LEFT JOIN utm_source source ON source.id = lead.source_id
                         LEFT JOIN (%(orders)s) sold ON sold.opportunity_id = lead.id) lead""",
            company=self.env["crm.performance.parts"]._lead_company(),
            orders=self.env["crm.event.result"]._orders(),
        )

    def _read_group_select(self, aggregate_spec, query):
        name = aggregate_spec.removesuffix(":avg")
        if name in SHARES and aggregate_spec.endswith(":avg"):
            part, whole = (self._field_to_sql(self._table, field, query) for field in SHARES[name])
            return SQL("100.0 * SUM(%s) / NULLIF(SUM(%s), 0)", part, whole)
        return super()._read_group_select(aggregate_spec, query)

    def action_open_lead(self):
        self.ensure_one()
        return self._open_form(self.lead_id)
