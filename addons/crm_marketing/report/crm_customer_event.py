from odoo import api, fields, models
from odoo.tools import SQL

# Parts 128 to 191 of the timeline are this addon's.
FIRST_CODE = 128


class CrmCustomerEvent(models.Model):
    """Mails of campaigns in the customer's timeline: sent, clicked, answered.

    Source: mailing.trace of real mailings (no tests, nothing that was cancelled or failed). A mailing to
    contacts of a list reaches the customer with the same mail address (the oldest, where several share it).
    """

    _inherit = "crm.customer.event"

    kind = fields.Selection(
        selection_add=[("mailing", "Campaign mail"), ("mail_click", "Mail clicked"), ("mail_reply", "Mail answered")]
    )
    _depends = {
        "crm.lead": ["partner_id"],
        "mailing.contact": ["email_normalized"],
        "mailing.mailing": ["subject", "user_id"],
        "mailing.trace": [
            "is_test_trace", "links_click_datetime", "mass_mailing_id", "model", "reply_datetime", "res_id",
            "sent_datetime",
        ],
        "res.partner": ["commercial_partner_id", "email_normalized"],
    }  # fmt: skip

    @api.model
    def _event_parts(self):
        parts = super()._event_parts()
        code = FIRST_CODE
        for source in self._mailing_sources():
            for kind, column in (
                ("mailing", "sent_datetime"),
                ("mail_click", "links_click_datetime"),
                ("mail_reply", "reply_datetime"),
            ):
                parts.append(self._event_part_mailing(code, kind, SQL.identifier("trace", column), source))
                code += 1
        return parts

    @api.model
    def _mailing_sources(self):
        """FROM clauses that give `trace` and its `partner`, by the model that the mailing was sent to."""
        return [
            SQL(
                """res_partner partner
                   JOIN mailing_trace trace ON trace.model = 'res.partner' AND trace.res_id = partner.id"""
            ),
            SQL(
                """res_partner partner JOIN crm_lead lead ON lead.partner_id = partner.id
                   JOIN mailing_trace trace ON trace.model = 'crm.lead' AND trace.res_id = lead.id"""
            ),
            SQL(
                """mailing_trace trace
                   JOIN mailing_contact contact ON trace.model = 'mailing.contact' AND trace.res_id = contact.id
                   JOIN (SELECT email_normalized, MIN(id) AS id FROM res_partner
                          WHERE email_normalized IS NOT NULL GROUP BY email_normalized) oldest
                     ON oldest.email_normalized = contact.email_normalized
                   JOIN res_partner partner ON partner.id = oldest.id"""
            ),
        ]

    @api.model
    def _event_part_mailing(self, code, kind, date, source):
        return self._event_part(
            code,
            kind,
            SQL("%s JOIN mailing_mailing mailing ON mailing.id = trace.mass_mailing_id", source),
            SQL("trace.is_test_trace IS NOT TRUE AND %s IS NOT NULL", date),
            row_id=SQL("trace.id"),
            date=date,
            partner_id=SQL("partner.commercial_partner_id"),
            name=SQL("mailing.subject"),
            res_model="mailing.mailing",
            res_id=SQL("mailing.id"),
            user_id=SQL("mailing.user_id"),
        )
