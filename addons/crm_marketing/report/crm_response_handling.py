from odoo import api, fields, models
from odoo.tools import SQL


class CrmResponseHandling(models.Model):
    """How leads that a campaign brought are handled: one row a lead or opportunity with a campaign (id = the lead's).

    Response: the customer's first counted answer to the campaign that led to it, else the lead's creation. Contact:
    the first message to the customer or contact record of ours after that. Hours by the clock, not of work; none
    where the step has not been taken. `waits` is 1 for an open lead nobody has answered. Times UTC.
    """

    _name = "crm.response.handling"
    _inherit = ["crm.fact"]
    _description = "Handling of Prospects"
    _auto = False
    _rec_name = "lead_id"
    _order = "date desc, id desc"

    lead_id = fields.Many2one("crm.lead", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    territory_id = fields.Many2one("crm.territory", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    state = fields.Selection(
        [
            ("unassigned", "Nobody's"),
            ("waiting", "Not Answered"),
            ("contacted", "Answered"),
            ("quoted", "Quoted"),
            ("won", "Won"),
            ("lost", "Lost"),
        ],
        readonly=True,
    )
    date = fields.Datetime("Response", readonly=True)
    date_assigned = fields.Datetime("Assigned", readonly=True)
    date_contacted = fields.Datetime("First Answer", readonly=True)
    date_quoted = fields.Datetime("First Quotation", readonly=True)
    hours_assign = fields.Float("Hours to Salesperson", readonly=True, aggregator="avg", digits=(16, 1))
    hours_contact = fields.Float("Hours to Answer", readonly=True, aggregator="avg", digits=(16, 1))
    hours_quote = fields.Float("Hours to Quotation", readonly=True, aggregator="avg", digits=(16, 1))
    prospects = fields.Integer(readonly=True)
    waits = fields.Integer("Waiting", readonly=True)
    answered = fields.Integer(readonly=True)
    won = fields.Integer(readonly=True)

    _depends = {
        "crm.contact.log": ["date", "lead_id", "partner_id"],
        "crm.lead": [
            "active", "campaign_id", "company_id", "date_open", "partner_id", "team_id", "territory_id", "user_id",
            "won_status",
        ],
        "crm.touch": ["campaign_id", "date", "kind", "opportunity_id", "partner_id", "valid"],
        "mail.message": ["author_id", "date", "is_internal", "message_type", "model", "res_id", "subtype_id"],
        "res.partner": ["commercial_partner_id"],
        "res.users": ["partner_id", "share"],
        "sale.order": ["opportunity_id"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT step.*, %(assign)s AS hours_assign, %(contact)s AS hours_contact, %(quote)s AS hours_quote,
                   1 AS prospects, (step.date_contacted IS NOT NULL)::int AS answered,
                   (step.state = 'won')::int AS won, (step.state IN ('unassigned', 'waiting'))::int AS waits
              FROM (SELECT fact.*,
                           CASE WHEN fact.won_status = 'won' THEN 'won' WHEN fact.won_status = 'lost' THEN 'lost'
                                WHEN fact.date_quoted IS NOT NULL THEN 'quoted'
                                WHEN fact.date_contacted IS NOT NULL THEN 'contacted'
                                WHEN fact.user_id IS NULL THEN 'unassigned' ELSE 'waiting' END AS state
                      FROM (%(leads)s) fact) step
            """,
            assign=self._hours("date_assigned"),
            contact=self._hours("date_contacted"),
            quote=self._hours("date_quoted"),
            leads=self._leads(),
        )

    @api.model
    def _hours(self, column):
        return SQL(
            """CASE WHEN %(step)s IS NOT NULL
                    THEN GREATEST(EXTRACT(EPOCH FROM %(step)s - step.date) / 3600, 0)::float8 END""",
            step=SQL.identifier("step", column),
        )

    @api.model
    def _leads(self):
        return SQL(
            """
            SELECT lead.id, lead.id AS lead_id, lead.campaign_id, customer.commercial_partner_id AS partner_id,
                   lead.territory_id, lead.user_id, lead.team_id, lead.company_id, lead.won_status,
                   COALESCE(response.date, lead.create_date) AS date,
                   CASE WHEN lead.user_id IS NOT NULL THEN lead.date_open END AS date_assigned,
                   LEAST(said.date, logged.date) AS date_contacted, quoted.date AS date_quoted
              FROM crm_lead lead
              LEFT JOIN res_partner customer ON customer.id = lead.partner_id
              LEFT JOIN LATERAL (
                  SELECT MIN(touch.date) AS date FROM crm_touch touch
                   WHERE touch.opportunity_id = lead.id AND touch.valid AND touch.campaign_id = lead.campaign_id
                     AND touch.kind IN ('click', 'reply', 'form', 'event') AND touch.date <= lead.create_date
                  ) response ON TRUE
              LEFT JOIN LATERAL (
                  SELECT MIN(message.date) AS date
                    FROM mail_message message
                    JOIN res_users staff ON staff.partner_id = message.author_id AND NOT staff.share
                    LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
                   WHERE message.model = 'crm.lead' AND message.res_id = lead.id
                     AND message.message_type IN ('comment', 'email', 'email_outgoing')
                     AND message.is_internal IS NOT TRUE AND subtype.internal IS NOT TRUE) said ON TRUE
              LEFT JOIN LATERAL (
                  SELECT MIN(log.date) AS date FROM crm_contact_log log
                   WHERE log.lead_id = lead.id
                      OR (log.partner_id = customer.commercial_partner_id
                          AND log.date >= DATE_TRUNC('second', lead.create_date))) logged ON TRUE
              LEFT JOIN LATERAL (
                  SELECT MIN(so.create_date) AS date FROM sale_order so
                   WHERE so.opportunity_id = lead.id) quoted ON TRUE
             WHERE lead.campaign_id IS NOT NULL AND (lead.active OR lead.won_status = 'lost')
            """
        )

    def action_open(self):
        self.ensure_one()
        return self._open_form(self.lead_id)
