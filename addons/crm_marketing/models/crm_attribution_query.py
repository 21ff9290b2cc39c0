from odoo import api, models
from odoo.tools import SQL

from ..tools.attribution import CONVERSION, MODELS, NULL, START

# What a touch is told apart by: the company chooses; without it the touch's own kind.
CHANNEL_SQL = {
    "medium": "COALESCE(medium.name, touch.kind)",
    "source": "COALESCE(source.name, touch.kind)",
    "campaign": "COALESCE(campaign.name, touch.kind)",
    "kind": "touch.kind",
}


class CrmAttributionQuery(models.AbstractModel):
    """The set-based form of tools/attribution.py: weights of all touches of all paths of a company in one query.

    Paths lie in the transaction's table `crm_path`: (deal, touch_id, date, moment, channel, before, position, touches,
    same, milestone_lead, milestone_deal). `deal` is the conversion: an order (its id twice) or an invoice that bills
    none (its id twice, plus one). `before`: channel of the touch before; `same`: touches of the path in the channel.
    """

    _name = "crm.attribution.query"
    _description = "Attribution, Queries"

    @api.model
    def _make_paths(self, company):
        """Fill crm_path with the paths of a company's conversions; returns the number of rows."""
        self.env.cr.execute("DROP TABLE IF EXISTS crm_path")
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE crm_path ON COMMIT DROP AS %s", self._paths(company)))
        count = self.env.cr.rowcount
        self.env.cr.execute("ANALYZE crm_path (touch_id)")
        return count

    @api.model
    def _paths(self, company):
        """Touches before each conversion, inside the company's window of days, oldest first."""
        return SQL(
            """
            SELECT deal, touch_id, date, moment, channel, before, position, touches,
                   COUNT(*) OVER (PARTITION BY deal, channel) AS same,
                   MAX(position) FILTER (WHERE date <= lead_date) OVER (PARTITION BY deal) AS milestone_lead,
                   COALESCE(MAX(position) FILTER (WHERE date <= deal_date) OVER (PARTITION BY deal), touches)
                       AS milestone_deal
              FROM (SELECT sold.deal, sold.moment, sold.lead_date, sold.deal_date, touch.id AS touch_id, touch.date,
                           %(channel)s AS channel,
                           LAG(%(channel)s) OVER (PARTITION BY sold.deal ORDER BY touch.date, touch.id) AS before,
                           (ROW_NUMBER() OVER (PARTITION BY sold.deal ORDER BY touch.date, touch.id))::int AS position,
                           (COUNT(*) OVER (PARTITION BY sold.deal))::int AS touches
                      FROM (%(conversions)s) sold
                      JOIN crm_touch touch ON touch.partner_id = sold.partner_id AND touch.date <= sold.moment
                           AND touch.date >= sold.moment - %(days)s * INTERVAL '1 day'
                      %(joins)s
                     WHERE %(counts)s AND (touch.kind <> 'order' OR touch.res_id = sold.order_id)) path
            """,
            channel=self._channel(company),
            conversions=self._conversions(company),
            days=company.crm_attribution_days,
            joins=self._channel_joins(),
            counts=self._counting_touches(company),
        )

    @api.model
    def _channel(self, company):
        return SQL(CHANNEL_SQL[company.crm_attribution_channel or "medium"])

    @api.model
    def _channel_joins(self):
        return SQL(
            """LEFT JOIN utm_medium medium ON medium.id = touch.medium_id
               LEFT JOIN utm_source source ON source.id = touch.source_id
               LEFT JOIN utm_campaign campaign ON campaign.id = touch.campaign_id"""
        )

    @api.model
    def _counting_touches(self, company):
        """Valid touches of the company; an unsubscription sells nothing."""
        return SQL(
            "touch.valid AND touch.kind <> 'optout' AND COALESCE(touch.company_id, %(company)s) = %(company)s",
            company=company.id,
        )

    @api.model
    def _conversions(self, company):
        """Confirmed orders at their moment, and posted invoices that bill none at the end of their day."""
        return SQL(
            """
            SELECT so.id * 2 AS deal, partner.commercial_partner_id AS partner_id, so.id AS order_id,
                   so.date_order AS moment, lead.create_date AS lead_date, lead.date_conversion AS deal_date
              FROM sale_order so
              JOIN res_partner partner ON partner.id = so.partner_id
              LEFT JOIN crm_lead lead ON lead.id = so.opportunity_id
             WHERE so.state = 'sale' AND so.company_id = %(company)s
             UNION ALL
            SELECT move.id * 2 + 1, move.commercial_partner_id, NULL,
                   move.invoice_date + INTERVAL '1 day' - INTERVAL '1 second', NULL, NULL
              FROM account_move move
             WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_receipt')
               AND move.company_id = %(company)s AND move.invoice_date IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM account_move_line line
                                 JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = line.id
                                WHERE line.move_id = move.id)
            """,
            company=company.id,
        )

    # === MARKOV === #

    @api.model
    def _steps(self, company):
        """(from, to, number) of all paths: those that converted, and the touches of people who bought nothing since."""
        return SQL(
            """
            SELECT origin, target, SUM(number)::int
              FROM (SELECT channel, before, position = touches AS ends, %(conversion)s AS ending, COUNT(*) AS number
                      FROM crm_path GROUP BY 1, 2, 3
                     UNION ALL
                    SELECT channel, before, ends, %(null)s, COUNT(*)
                      FROM (SELECT channel, LAG(channel) OVER path AS before, LEAD(channel) OVER path IS NULL AS ends
                              FROM (%(unsold)s) step WINDOW path AS (PARTITION BY person ORDER BY date, touch_id)) step
                     GROUP BY 1, 2, 3) step
             CROSS JOIN LATERAL (SELECT COALESCE(before, %(start)s) AS origin, channel AS target
                                  UNION ALL SELECT channel, ending WHERE ends) move
             GROUP BY origin, target
            """,
            start=START,
            conversion=CONVERSION,
            null=NULL,
            unsold=SQL(
                """
                SELECT COALESCE(touch.partner_id, -touch.opportunity_id) AS person, %(channel)s AS channel, touch.date,
                       touch.id AS touch_id
                  FROM crm_touch touch %(joins)s
                 WHERE %(counts)s AND COALESCE(touch.partner_id, -touch.opportunity_id) IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM crm_path used WHERE used.touch_id = touch.id)
                """,
                channel=self._channel(company),
                joins=self._channel_joins(),
                counts=self._counting_touches(company),
            ),
        )

    # === WEIGHTS === #

    @api.model
    def _weights(self, company, effects):
        """SELECT of (company, deal, touch, its place, one weight a model); `effects`: {channel: removal effect}."""
        known = SQL(", ").join(SQL("(%s, %s::float8)", channel, effect) for channel, effect in effects.items())
        return SQL(
            """
            SELECT %(company)s AS company_id, deal, touch_id, date, moment, channel, position, touches,
                   (position = 1)::int::float8 AS weight_first,
                   (position = touches)::int::float8 AS weight_last,
                   1.0::float8 / touches AS weight_linear,
                   CASE WHEN touches < 3 THEN 1.0::float8 / touches WHEN position IN (1, touches) THEN 0.4
                        ELSE 0.2::float8 / (touches - 2) END AS weight_position,
                   decay / SUM(decay) OVER deal AS weight_decay,
                   w / SUM(w) OVER deal AS weight_w_shaped,
                   CASE WHEN SUM(effect / same) OVER deal > 0 THEN effect / same / SUM(effect / same) OVER deal
                        ELSE 1.0::float8 / same / channels END AS weight_markov,
                   1.0::float8 / same / channels AS weight_shapley
              FROM (SELECT path.*, COALESCE(known.effect, 0) AS effect,
                           ROUND(SUM(1.0 / same) OVER deal) AS channels,
                           POWER(2.0::float8, (MIN(age) OVER deal - age) / %(half_life)s) AS decay,
                           CASE WHEN stones > 0 THEN 0.3::float8 * stones
                                ELSE 0.1::float8 / NULLIF(COUNT(*) FILTER (WHERE stones = 0) OVER deal, 0) END AS w
                      FROM (SELECT crm_path.*, EXTRACT(EPOCH FROM moment - date)::float8 / 86400 AS age,
                                   (position = 1)::int + COALESCE(position = milestone_lead, FALSE)::int
                                   + (position = milestone_deal)::int AS stones
                              FROM crm_path) path
                      LEFT JOIN (VALUES %(known)s) known (channel, effect) ON known.channel = path.channel
                    WINDOW deal AS (PARTITION BY deal)) part
            WINDOW deal AS (PARTITION BY deal)
            """,
            company=company.id,
            half_life=company.crm_attribution_half_life,
            known=known or SQL("(NULL::text, 0::float8)"),
        )

    @api.model
    def _weight_columns(self):
        return [f"weight_{model}" for model in MODELS]
