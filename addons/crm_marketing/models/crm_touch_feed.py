from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# A transaction that wrote before the last run may have committed after it.
OVERLAP = timedelta(hours=6)
# Sources of which a row may be taken back: model, and the states in which it stands.
CANCELLED = {"order": ("sale.order", ("sale",)), "event": ("event.registration", ("open", "done"))}
COLUMNS = (
    "kind",
    "email",
    "campaign_id",
    "medium_id",
    "source_id",
    "res_model",
    "res_id",
    "opportunity_id",
    "mailing_id",
    "company_id",
)


class CrmTouchFeed(models.Model):
    """Reads the touches out of the records that made them: one row a source, with the time up to which it is read.

    Each source is one INSERT ... SELECT of what was written since its last run (less an overlap); rows that have
    their touch are skipped by the unique key, so that a run that was killed, or runs twice, adds nothing twice.
    """

    _name = "crm.touch.feed"
    _description = "Touch Source"
    _rec_name = "code"

    code = fields.Char(required=True, readonly=True)
    until = fields.Datetime("Read Until", readonly=True)

    _code_unique = models.UniqueIndex("(code)")

    @api.model
    def _cron_feed(self):
        sources = self._sources()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(sources) + 1)
        for code in sources:
            self._process_source(code, fields.Datetime.now())
            if not cron._commit_progress(1):
                return
        self._process_known()
        cron._commit_progress(1)

    @api.model
    def _process_feed(self, now):
        """Read every source; returns the number of new touches."""
        count = sum(self._process_source(code, now) for code in self._sources())
        self._process_known()
        return count

    @api.model
    def _sources(self):
        """{code: method that returns SQL of new rows, given the time of the last run}; extended by topics."""
        return {
            "lead": self._source_lead,
            "order": self._source_order,
            "event": self._source_event,
            "log": self._source_log,
        }

    @api.model
    def _process_source(self, code, now):
        """Insert the new touches of one source and remember how far it is read."""
        self = self.sudo()
        self.env.flush_all()
        feed = self.search([("code", "=", code)]) or self.create({"code": code})
        since = (feed.until - OVERLAP) if feed.until else fields.Datetime.to_datetime("1970-01-01")
        rows = self.env.execute_query(self._insert(self._sources()[code](since)))
        feed.until = now
        self.env["crm.touch"].invalidate_model()
        self._after_insert(code, [row[0] for row in rows], since)
        return len(rows)

    @api.model
    def _after_insert(self, code, touch_ids, since):
        """What follows from new touches of a source, and from its rows changed since the time given."""
        if code in CANCELLED:
            self.env.cr.execute(self._cancelled(*CANCELLED[code], since))
            self.env["crm.touch"].invalidate_model()

    @api.model
    def _insert(self, select):
        """The touches of a source's rows: (date, person_id and the columns of COLUMNS); nobody's rows are left out."""
        return SQL(
            """
            INSERT INTO crm_touch (partner_id, contact_id, date, %(columns)s, valid, create_uid, create_date,
                                   write_uid, write_date)
            SELECT person.commercial_partner_id, CASE WHEN person.is_company IS NOT TRUE THEN person.id END,
                   DATE_TRUNC('second', src.date), %(values)s, TRUE, %(uid)s, %(written)s, %(uid)s, %(written)s
              FROM (%(select)s) src LEFT JOIN res_partner person ON person.id = src.person_id
             WHERE src.date IS NOT NULL
               AND (person.id IS NOT NULL OR src.email IS NOT NULL OR src.opportunity_id IS NOT NULL)
                ON CONFLICT (res_model, res_id, kind) DO NOTHING
            RETURNING id
            """,
            columns=SQL(", ").join(map(SQL.identifier, COLUMNS)),
            values=SQL(", ").join(SQL.identifier("src", column) for column in COLUMNS),
            select=select,
            uid=self.env.uid,
            written=self.env.cr.now(),
        )

    # === RECORDS === #

    @api.model
    def _source_lead(self, since):
        """Leads and opportunities that came by a campaign, a medium or a source."""
        return SQL(
            """
            SELECT lead.create_date AS date, 'lead' AS kind, lead.partner_id AS person_id,
                   lead.email_normalized AS email, lead.campaign_id, lead.medium_id, lead.source_id,
                   'crm.lead' AS res_model, lead.id AS res_id, lead.id AS opportunity_id, NULL::int AS mailing_id,
                   COALESCE(lead.company_id, campaign.company_id) AS company_id
              FROM crm_lead lead LEFT JOIN utm_campaign campaign ON campaign.id = lead.campaign_id
             WHERE lead.write_date >= %s
               AND (lead.campaign_id IS NOT NULL OR lead.medium_id IS NOT NULL OR lead.source_id IS NOT NULL)
            """,
            since,
        )

    @api.model
    def _source_order(self, since):
        """Confirmed orders with a campaign, medium or source of their own or of their opportunity."""
        return SQL(
            """
            SELECT so.date_order AS date, 'order' AS kind, so.partner_id AS person_id, NULL AS email,
                   COALESCE(so.campaign_id, lead.campaign_id) AS campaign_id,
                   COALESCE(so.medium_id, lead.medium_id) AS medium_id,
                   COALESCE(so.source_id, lead.source_id) AS source_id, 'sale.order' AS res_model, so.id AS res_id,
                   so.opportunity_id, NULL::int AS mailing_id, so.company_id
              FROM sale_order so LEFT JOIN crm_lead lead ON lead.id = so.opportunity_id
             WHERE so.write_date >= %s AND so.state = 'sale'
               AND COALESCE(so.campaign_id, so.medium_id, so.source_id, lead.campaign_id, lead.medium_id,
                            lead.source_id) IS NOT NULL
            """,
            since,
        )

    @api.model
    def _source_event(self, since):
        """Registrations that stand."""
        return SQL(
            """
            SELECT reg.create_date AS date, 'event' AS kind, reg.partner_id AS person_id,
                   LOWER(TRIM(reg.email)) AS email, reg.utm_campaign_id AS campaign_id,
                   reg.utm_medium_id AS medium_id, reg.utm_source_id AS source_id,
                   'event.registration' AS res_model, reg.id AS res_id, NULL::int AS opportunity_id,
                   NULL::int AS mailing_id, reg.company_id
              FROM event_registration reg
             WHERE reg.write_date >= %s AND reg.state IN ('open', 'done') AND reg.active
            """,
            since,
        )

    @api.model
    def _source_log(self, since):
        """Calls, visits and meetings, with the campaign of their opportunity or order."""
        return SQL(
            """
            SELECT log.date, CASE WHEN log.channel = 'call' THEN 'call' ELSE 'visit' END AS kind,
                   COALESCE(log.contact_id, log.partner_id) AS person_id, NULL AS email,
                   COALESCE(lead.campaign_id, so.campaign_id) AS campaign_id,
                   COALESCE(lead.medium_id, so.medium_id) AS medium_id,
                   COALESCE(lead.source_id, so.source_id) AS source_id,
                   'crm.contact.log' AS res_model, log.id AS res_id,
                   COALESCE(log.lead_id, so.opportunity_id) AS opportunity_id, NULL::int AS mailing_id, log.company_id
              FROM crm_contact_log log
              LEFT JOIN sale_order so ON so.id = log.order_id
              LEFT JOIN crm_lead lead ON lead.id = COALESCE(log.lead_id, so.opportunity_id)
             WHERE log.write_date >= %s AND log.channel IN ('call', 'visit', 'meeting', 'video')
            """,
            since,
        )

    # === AFTERWARDS === #

    @api.model
    def _process_known(self):
        """Give touches of people who have become customers their customer."""
        self.env.flush_all()
        for query in (self._known_by_lead(), self._known_by_address()):
            self.env.cr.execute(query)
        self.env["crm.touch"].invalidate_model()

    @api.model
    def _known_by_lead(self):
        return SQL(
            """
            UPDATE crm_touch touch
               SET partner_id = person.commercial_partner_id,
                   contact_id = CASE WHEN person.is_company IS NOT TRUE THEN person.id END
              FROM crm_lead lead JOIN res_partner person ON person.id = lead.partner_id
             WHERE touch.partner_id IS NULL AND touch.opportunity_id = lead.id
            """
        )

    @api.model
    def _known_by_address(self):
        """The oldest partner with the address, as in the customer's timeline."""
        return SQL(
            """
            UPDATE crm_touch touch
               SET partner_id = person.commercial_partner_id,
                   contact_id = CASE WHEN person.is_company IS NOT TRUE THEN person.id END
              FROM (SELECT MIN(partner.id) AS id, partner.email_normalized
                      FROM res_partner partner
                      JOIN (SELECT DISTINCT email FROM crm_touch WHERE partner_id IS NULL AND email IS NOT NULL) open
                        ON open.email = partner.email_normalized
                     GROUP BY partner.email_normalized) oldest
              JOIN res_partner person ON person.id = oldest.id
             WHERE touch.partner_id IS NULL AND touch.email = oldest.email_normalized
            """
        )

    @api.model
    def _cancelled(self, model, states, since):
        """Orders and registrations cancelled afterwards do not count; confirmed again, they do."""
        return SQL(
            """
            UPDATE crm_touch touch
               SET valid = source.state IN %(states)s,
                   reason = CASE WHEN source.state NOT IN %(states)s THEN 'cancelled' END
              FROM %(table)s source
             WHERE touch.res_model = %(model)s AND touch.res_id = source.id AND source.write_date >= %(since)s
               AND touch.valid <> (source.state IN %(states)s)
            """,
            table=SQL.identifier(self.env[model]._table),
            model=model,
            states=states,
            since=since,
        )
