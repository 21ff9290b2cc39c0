from odoo import api, models
from odoo.tools import SQL

from ..tools import touches

# The judged touches around new ones, with what the rules need (tools/touches.py).
JUDGED = ("open", "click")


class CrmTouchFeed(models.Model):
    """Touches by mailings: delivered, opened, clicked, answered, unsubscribed; machines and repetitions told apart."""

    _inherit = "crm.touch.feed"

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "mail": self._source_mail,
            "click": self._source_click,
            "optout": self._source_optout,
            "blacklist": self._source_blacklist,
        }

    @api.model
    def _after_insert(self, code, touch_ids, since):
        result = super()._after_insert(code, touch_ids, since)
        if code in ("mail", "click"):
            self._judge(touch_ids)
        if code == "mail":
            self._bounced(since)
        return result

    # === SOURCES === #

    @api.model
    def _source_mail(self, since):
        """Each date of a real mail or SMS is a touch; tests and what never left are none."""
        return SQL(
            """
            SELECT moment.date, moment.kind, person.id AS person_id, COALESCE(contact.email_normalized, trace.email)
                   AS email, mailing.campaign_id, mailing.medium_id, mailing.source_id, 'mailing.trace' AS res_model,
                   trace.id AS res_id, CASE WHEN trace.model = 'crm.lead' THEN trace.res_id END AS opportunity_id,
                   mailing.id AS mailing_id, COALESCE(campaign.company_id, sender.company_id) AS company_id
              FROM %(traces)s
             CROSS JOIN LATERAL (
                   VALUES (CASE WHEN trace.trace_type = 'sms' THEN 'sms' ELSE 'mail' END, trace.sent_datetime),
                          ('open', trace.open_datetime), ('reply', trace.reply_datetime)) moment (kind, date)
             WHERE trace.write_date >= %(since)s AND trace.is_test_trace IS NOT TRUE
               AND moment.date IS NOT NULL AND trace.trace_status NOT IN ('cancel', 'error', 'outgoing', 'process')
            """,
            traces=self._traces(),
            since=since,
        )

    @api.model
    def _traces(self):
        """FROM clause: traces with the person behind the document they were sent to, else behind the address."""
        return SQL(
            """mailing_trace trace
               JOIN mailing_mailing mailing ON mailing.id = trace.mass_mailing_id
               LEFT JOIN utm_campaign campaign ON campaign.id = mailing.campaign_id
               LEFT JOIN res_users sender ON sender.id = mailing.user_id
               LEFT JOIN crm_lead lead ON trace.model = 'crm.lead' AND lead.id = trace.res_id
               LEFT JOIN sale_order so ON trace.model = 'sale.order' AND so.id = trace.res_id
               LEFT JOIN event_registration reg ON trace.model = 'event.registration' AND reg.id = trace.res_id
               LEFT JOIN mailing_contact contact ON trace.model = 'mailing.contact' AND contact.id = trace.res_id
               LEFT JOIN res_partner person
                      ON person.id = COALESCE(CASE WHEN trace.model = 'res.partner' THEN trace.res_id END,
                                              lead.partner_id, so.partner_id, reg.partner_id)"""
        )

    @api.model
    def _source_click(self, since):
        """Clicks on links of the mailing that the recipient got; a link of another mailing was made up."""
        return SQL(
            """
            SELECT click.create_date AS date, 'click' AS kind, person.id AS person_id,
                   COALESCE(contact.email_normalized, trace.email) AS email, mailing.campaign_id, mailing.medium_id,
                   mailing.source_id, 'link.tracker.click' AS res_model, click.id AS res_id,
                   CASE WHEN trace.model = 'crm.lead' THEN trace.res_id END AS opportunity_id,
                   mailing.id AS mailing_id, COALESCE(campaign.company_id, sender.company_id) AS company_id
              FROM %(traces)s
              JOIN link_tracker_click click ON click.mailing_trace_id = trace.id
              JOIN link_tracker link ON link.id = click.link_id
                                    AND COALESCE(link.mass_mailing_id, mailing.id) = mailing.id
             WHERE click.create_date >= %(since)s AND trace.is_test_trace IS NOT TRUE
            """,
            traces=self._traces(),
            since=since,
        )

    @api.model
    def _source_optout(self, since):
        """Who left a mailing list; the campaign is that of the last mail to the address in the week before."""
        return self._refusals(
            "mailing.subscription",
            SQL(
                """SELECT sub.id, sub.opt_out_datetime AS date, contact.email_normalized AS email
                     FROM mailing_subscription sub JOIN mailing_contact contact ON contact.id = sub.contact_id
                    WHERE sub.opt_out AND sub.write_date >= %s""",
                since,
            ),
        )

    @api.model
    def _source_blacklist(self, since):
        """Who is on the list of refused addresses, from the day of its entry."""
        return self._refusals(
            "mail.blacklist",
            SQL(
                """SELECT id, create_date AS date, email FROM mail_blacklist WHERE active AND write_date >= %s""",
                since,
            ),
        )

    @api.model
    def _refusals(self, model, rows):
        return SQL(
            """
            SELECT refusal.date, 'optout' AS kind, person.id AS person_id, refusal.email,
                   mailing.campaign_id, mailing.medium_id, mailing.source_id, %(model)s AS res_model,
                   refusal.id AS res_id, NULL::int AS opportunity_id, mailing.id AS mailing_id,
                   COALESCE(campaign.company_id, sender.company_id) AS company_id
              FROM (%(rows)s) refusal
              LEFT JOIN LATERAL (
                   SELECT trace.mass_mailing_id FROM mailing_trace trace
                    WHERE LOWER(trace.email) = refusal.email AND trace.is_test_trace IS NOT TRUE
                      AND trace.sent_datetime BETWEEN refusal.date - INTERVAL '7 days' AND refusal.date
                    ORDER BY trace.sent_datetime DESC LIMIT 1) last ON TRUE
              LEFT JOIN mailing_mailing mailing ON mailing.id = last.mass_mailing_id
              LEFT JOIN utm_campaign campaign ON campaign.id = mailing.campaign_id
              LEFT JOIN res_users sender ON sender.id = mailing.user_id
              LEFT JOIN res_partner person ON person.id = (
                   SELECT MIN(partner.id) FROM res_partner partner WHERE partner.email_normalized = refusal.email)
            """,
            model=model,
            rows=rows,
        )

    # === MACHINES AND REPETITIONS === #

    @api.model
    def _judge(self, touch_ids):
        """Judge opens and clicks together with those around them, which new ones may put in another light."""
        if not touch_ids:
            return
        rows = self.env.execute_query(self._around(touch_ids))
        verdict = touches.judge(touches.Hit(*row[:6]) for row in rows if not row[6])
        verdict |= {row[0]: "staff" for row in rows if row[6]}
        pairs = [SQL("(%s::int, %s::text)", touch, reason) for touch, reason in verdict.items()]
        if pairs:
            self.env.cr.execute(
                SQL(
                    """UPDATE crm_touch touch SET valid = judged.reason IS NULL, reason = judged.reason
                         FROM (VALUES %s) judged (id, reason)
                        WHERE judged.id = touch.id AND touch.reason IS DISTINCT FROM judged.reason""",
                    SQL(", ").join(pairs),
                )
            )
        self.env["crm.touch"].invalidate_model()

    @api.model
    def _around(self, touch_ids):
        """Opens and clicks within the window of the new ones, of the same mail or from the same address."""
        return SQL(
            """
            WITH hit AS (
                SELECT touch.id, touch.date, trace.id AS trace, click.link_id AS link, click.ip, trace.sent_datetime,
                       staff.id IS NOT NULL AS staff
                  FROM crm_touch touch
                  LEFT JOIN link_tracker_click click
                         ON touch.res_model = 'link.tracker.click' AND click.id = touch.res_id
                  JOIN mailing_trace trace
                    ON trace.id = CASE touch.res_model WHEN 'mailing.trace' THEN touch.res_id
                                       ELSE click.mailing_trace_id END
                  LEFT JOIN LATERAL (
                       SELECT users.id FROM res_users users JOIN res_partner own ON own.id = users.partner_id
                        WHERE NOT users.share AND (own.id = touch.contact_id OR own.email_normalized = touch.email)
                        LIMIT 1) staff ON TRUE
                 WHERE touch.kind IN %(kinds)s AND touch.date BETWEEN
                       (SELECT MIN(date) FROM crm_touch WHERE id = ANY(%(ids)s)) - %(window)s
                       AND (SELECT MAX(date) FROM crm_touch WHERE id = ANY(%(ids)s)) + %(window)s)
            SELECT hit.id, hit.date, hit.trace, hit.link, hit.ip, hit.sent_datetime, hit.staff FROM hit
             WHERE hit.trace IN (SELECT trace FROM hit WHERE id = ANY(%(ids)s))
                OR hit.ip IN (SELECT ip FROM hit WHERE id = ANY(%(ids)s))
            """,
            kinds=JUDGED,
            ids=list(touch_ids),
            window=touches.WINDOW,
        )

    @api.model
    def _bounced(self, since):
        """A mail that came back has reached nobody."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_touch touch SET valid = FALSE, reason = 'bounce'
                     FROM mailing_trace trace
                    WHERE touch.res_model = 'mailing.trace' AND touch.kind IN ('mail', 'sms') AND touch.valid
                      AND trace.id = touch.res_id AND trace.trace_status IN ('bounce', 'error')
                      AND trace.write_date >= %s""",
                since,
            )
        )
        self.env["crm.touch"].invalidate_model()
