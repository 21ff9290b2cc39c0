from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_consent import ADDRESS


class CrmConsent(models.Model):
    """How often a person is contacted across channels: mails and SMS of mailings, outgoing calls and letters."""

    _inherit = "crm.consent"

    @api.model
    def _contact_parts(self, company, since):
        """SELECTs of (partner_id), one row a contact with a person since then (UTC); an addon adds its own kind."""
        self.env["mailing.trace"].flush_model()
        self.env["crm.contact.log"].flush_model()
        out = SQL(
            """trace.is_test_trace IS NOT TRUE AND trace.trace_status NOT IN ('cancel', 'error', 'bounce')
               AND trace.create_date >= %s""",
            since,
        )
        return [
            SQL(
                """SELECT person.id AS partner_id FROM mailing_trace trace
                     JOIN res_partner person ON person.email_normalized = trace.email
                    WHERE trace.trace_type = 'mail' AND %s""",
                out,
            ),
            SQL(
                """SELECT person.id FROM mailing_trace trace
                     JOIN res_partner person ON person.phone_sanitized = trace.sms_number
                    WHERE trace.trace_type = 'sms' AND %s""",
                out,
            ),
            SQL(
                """SELECT COALESCE(log.contact_id, log.partner_id) FROM crm_contact_log log
                    WHERE log.direction = 'out' AND log.channel IN ('call', 'letter') AND log.company_id = %s
                      AND log.date >= %s""",
                company.id,
                since,
            ),
        ]

    @api.model
    def _contacts_query(self, company, now=None):
        """Query of (partner_id, number) within the days of the company's contact limit."""
        since = (now or fields.Datetime.now()) - timedelta(days=company.crm_contact_cap_days)
        parts = SQL(" UNION ALL ").join(self._contact_parts(company, since))
        return SQL("SELECT partner_id, COUNT(*) AS number FROM (%s) contact GROUP BY partner_id", parts)

    @api.model
    def _contact_counts(self, channel, addresses, company, now=None):
        """{address: contacts of its most contacted holder}."""
        column = SQL.identifier("holder", ADDRESS[channel])
        rows = self.env.execute_query(
            SQL(
                """SELECT %(column)s, MAX(contact.number) FROM (%(contacts)s) contact
                     JOIN res_partner holder ON holder.id = contact.partner_id
                    WHERE %(column)s = ANY(%(addresses)s) GROUP BY %(column)s""",
                column=column,
                contacts=self._contacts_query(company, now),
                addresses=list(addresses),
            )
        )
        return dict(rows)

    @api.model
    def _excluded_parts(self, channel, purpose, company, among, today):
        parts = super()._excluded_parts(channel, purpose, company, among, today)
        if company.crm_contact_cap and not self.env.context.get("crm_no_cap"):
            parts.append(
                SQL(
                    """SELECT person.id, 'cap'::varchar FROM (%s) contact
                         JOIN res_partner person ON person.id = contact.partner_id
                        WHERE contact.number >= %s AND %s""",
                    self._contacts_query(company),
                    company.crm_contact_cap,
                    among,
                )
            )
        return parts
