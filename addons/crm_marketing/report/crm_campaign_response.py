from odoo import fields, models
from odoo.tools import SQL

COUNTS = ("reached", "delivered", "responders", "leads", "opportunities", "order_count")


class CrmCampaignReturn(models.Model):
    """Reach, responses, leads and orders beside the money, what each has cost, and the response rate beside references.

    People are counted once a campaign: by mail address, without one by customer, without that by lead (as on the
    campaign's form). Mails of a campaign of all companies stand in the row of the user's company. Response rate =
    responders / mails and SMS delivered, in percent; below the company's number of deliveries it is not judged.
    New customers: first invoices that the campaign won (crm.acquisition).
    """

    _inherit = "crm.campaign.return"
    _depends = {
        "mailing.trace": [
            "campaign_id", "email", "is_test_trace", "links_click_datetime", "reply_datetime", "trace_status",
        ],
        "crm.lead": ["campaign_id", "company_id", "email_normalized", "partner_id", "type"],
        "sale.order": ["campaign_id", "company_id", "partner_id", "state"],
        "res.partner": ["commercial_partner_id", "email_normalized"],
        "crm.touch": ["campaign_id", "company_id", "email", "kind", "partner_id", "valid"],
        "crm.acquisition": ["campaign_id", "company_id"],
        "res.company": ["crm_response_benchmark", "crm_response_min", "crm_response_target"],
    }  # fmt: skip

    reached = fields.Integer("People Reached", readonly=True)
    delivered = fields.Integer(readonly=True, help="Mails and SMS delivered.")
    responders = fields.Integer(readonly=True, help="Different people who clicked, replied, became a lead or ordered.")
    leads = fields.Integer(readonly=True)
    opportunities = fields.Integer(readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    new_customers = fields.Integer(readonly=True, help="Customers whose first invoice this campaign won.")
    response_rate = fields.Float(
        "Response Rate (%)", readonly=True, aggregator="avg", help="Responders / delivered, in percent."
    )
    response_state = fields.Selection(
        [
            ("none", "Nothing delivered"),
            ("few", "Not enough delivered"),
            ("below", "Below average"),
            ("average", "Average or better"),
            ("target", "Target reached"),
        ],
        "Response",
        readonly=True,
        help="Beside the average that others report and the target, both of the settings.",
    )
    response_benchmark = fields.Float("Average Elsewhere (%)", readonly=True, aggregator="avg")
    response_target = fields.Float("Target (%)", readonly=True, aggregator="avg")
    cost_per_lead = fields.Monetary("Cost per Lead", readonly=True, aggregator="avg")
    cost_per_opportunity = fields.Monetary("Cost per Opportunity", readonly=True, aggregator="avg")
    cost_per_order = fields.Monetary("Cost per Order", readonly=True, aggregator="avg")
    cost_per_customer = fields.Monetary("Cost per New Customer", readonly=True, aggregator="avg")

    def _select(self):
        return SQL(
            """
            %(select)s, %(counts)s, COALESCE(won.new_customers, 0) AS new_customers,
            100.0 * answer.responders / NULLIF(answer.delivered, 0) AS response_rate,
            CASE WHEN COALESCE(answer.delivered, 0) = 0 THEN 'none'
                 WHEN answer.delivered < company.crm_response_min THEN 'few'
                 WHEN 100.0 * answer.responders / answer.delivered >= company.crm_response_target THEN 'target'
                 WHEN 100.0 * answer.responders / answer.delivered >= company.crm_response_benchmark THEN 'average'
                 ELSE 'below' END AS response_state,
            company.crm_response_benchmark AS response_benchmark, company.crm_response_target AS response_target,
            total.cost / NULLIF(answer.leads, 0) AS cost_per_lead,
            total.cost / NULLIF(answer.opportunities, 0) AS cost_per_opportunity,
            total.cost / NULLIF(answer.order_count, 0) AS cost_per_order,
            total.cost / NULLIF(won.new_customers, 0) AS cost_per_customer
            """,
            select=super()._select(),
            counts=SQL(", ").join(
                SQL("COALESCE(%s, 0) AS %s", SQL.identifier("answer", name), SQL.identifier(name)) for name in COUNTS
            ),
        )

    def _joins(self):
        return SQL(
            """
            %(joins)s
            LEFT JOIN (%(answers)s) answer
              ON answer.campaign_id = total.campaign_id AND answer.company_id = total.company_id
            LEFT JOIN (SELECT campaign_id, company_id, COUNT(*) AS new_customers FROM %(acquisition)s first
                        GROUP BY campaign_id, company_id) won
              ON won.campaign_id = total.campaign_id AND won.company_id = total.company_id
            """,
            joins=super()._joins(),
            answers=self._answers(),
            acquisition=self.env["crm.acquisition"]._table_sql,
        )

    def _answers(self):
        """(campaign, company, counts): first one row a person, then one a campaign."""
        return SQL(
            """
            SELECT campaign_id, company_id, SUM(delivered)::int AS delivered,
                   (COUNT(*) FILTER (WHERE reached > 0))::int AS reached,
                   (COUNT(*) FILTER (WHERE answered > 0))::int AS responders, SUM(leads)::int AS leads,
                   SUM(opportunities)::int AS opportunities, SUM(orders)::int AS order_count
              FROM (SELECT campaign_id, company_id, person, SUM(delivered) AS delivered, MAX(reached) AS reached,
                           MAX(answered) AS answered, SUM(leads) AS leads, SUM(opportunities) AS opportunities,
                           SUM(orders) AS orders
                      FROM (%s) contact GROUP BY campaign_id, company_id, person) one
             GROUP BY campaign_id, company_id
            """,
            SQL(" UNION ALL ").join([self._answers_mail(), self._answers_touch(), self._answers_sale()]),
        )

    def _answers_mail(self):
        return SQL(
            """
            SELECT trace.campaign_id, COALESCE(campaign.company_id, %s) AS company_id, LOWER(trace.email) AS person,
                   (trace.trace_status IN ('sent', 'open', 'reply'))::int AS delivered,
                   (trace.trace_status IN ('sent', 'open', 'reply'))::int AS reached,
                   (trace.reply_datetime IS NOT NULL OR trace.links_click_datetime IS NOT NULL)::int AS answered,
                   0 AS leads, 0 AS opportunities, 0 AS orders
              FROM mailing_trace trace JOIN utm_campaign campaign ON campaign.id = trace.campaign_id
             WHERE trace.is_test_trace IS NOT TRUE
            """,
            self.env.company.id,
        )

    def _answers_touch(self):
        """Calls, visits, events and forms reach people as well."""
        return SQL(
            """
            SELECT touch.campaign_id, COALESCE(touch.company_id, campaign.company_id, %s),
                   COALESCE(partner.email_normalized, touch.email, 'partner:' || touch.partner_id), 0, 1, 0, 0, 0, 0
              FROM crm_touch touch
              JOIN utm_campaign campaign ON campaign.id = touch.campaign_id
              LEFT JOIN res_partner partner ON partner.id = COALESCE(touch.contact_id, touch.partner_id)
             WHERE touch.valid AND touch.kind IN ('call', 'visit', 'event', 'form')
            """,
            self.env.company.id,
        )

    def _answers_sale(self):
        return SQL(
            """
            SELECT lead.campaign_id, COALESCE(lead.company_id, campaign.company_id, %s),
                   COALESCE(lead.email_normalized, partner.email_normalized,
                            'partner:' || partner.commercial_partner_id, 'lead:' || lead.id),
                   0, 0, 1, 1, (lead.type = 'opportunity')::int, 0
              FROM crm_lead lead
              JOIN utm_campaign campaign ON campaign.id = lead.campaign_id
              LEFT JOIN res_partner partner ON partner.id = lead.partner_id
             UNION ALL
            SELECT so.campaign_id, so.company_id,
                   COALESCE(partner.email_normalized, 'partner:' || partner.commercial_partner_id), 0, 0, 1, 0, 0, 1
              FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
             WHERE so.campaign_id IS NOT NULL AND so.state = 'sale'
            """,
            self.env.company.id,
        )

    def _read_group_select(self, aggregate_spec, query):
        """Rates of a group are rates of its sums."""
        pairs = {
            "response_rate:avg": ("responders", "delivered", 100.0),
            "cost_per_lead:avg": ("cost", "leads", 1),
            "cost_per_opportunity:avg": ("cost", "opportunities", 1),
            "cost_per_order:avg": ("cost", "order_count", 1),
            "cost_per_customer:avg": ("cost", "new_customers", 1),
        }
        if aggregate_spec not in pairs:
            return super()._read_group_select(aggregate_spec, query)
        upper, lower, factor = pairs[aggregate_spec]
        return SQL(
            "%s * SUM(%s) / NULLIF(SUM(%s), 0)",
            factor,
            self._field_to_sql(self._table, upper, query),
            self._field_to_sql(self._table, lower, query),
        )
