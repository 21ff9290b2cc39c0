from odoo import models
from odoo.tools import SQL

FORM_CHANNELS = {"mail": "email", "web": "email", "sms": "sms", "call": "call", "letter": "letter"}


class CrmSegment(models.Model):
    """The members as used once: a frozen copy, and who is left out and why."""

    _inherit = "crm.segment"

    def _freeze(self, purpose, channel=None):
        """Bring the members up to date and freeze them; returns the crm.segment.version.

        `purpose` says what for, in words. `channel` (email, sms, call, letter) asks for an address and for consent;
        without it that of the segment's marketing form, False asks for none.
        """
        self.ensure_one()
        self._refresh()
        if channel is None:
            channel = FORM_CHANNELS.get(self.marketing_form, False)
        versions = self.env["crm.segment.version"].sudo()
        last = versions.search([("segment_id", "=", self.id)], order="number desc", limit=1).number
        version = versions.create(
            {
                "name": self.env._("%(segment)s, version %(number)s", segment=self.name, number=last + 1),
                "segment_id": self.id,
                "company_id": self.company_id.id,
                "number": last + 1,
                "user_id": self.env.uid,
                "purpose": purpose,
                "channel": channel,
                "rule_text": self.rule_text,
                "domain": self.domain,
            }
        )
        self._freeze_lines(version)
        return version.with_env(self.env)

    def _freeze_lines(self, version):
        self.env.flush_all()
        parts = [
            SQL("SELECT partner_id, reason::varchar, %s AS place FROM (%s) part", place, query)
            for place, query in enumerate(self._exclusions(version.channel))
        ]
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_segment_version_line (version_id, company_id, partner_id, reason, excluded_reason)
                   SELECT %(version)s, %(company)s, member.partner_id, member.reason, excluded.reason
                     FROM crm_segment_member member
                     LEFT JOIN (SELECT DISTINCT ON (partner_id) partner_id, reason FROM (%(parts)s) parts
                                 ORDER BY partner_id, place) excluded ON excluded.partner_id = member.partner_id
                    WHERE member.segment_id = %(segment)s""",
                version=version.id,
                company=self.company_id.id,
                segment=self.id,
                parts=SQL(" UNION ALL ").join(parts),
            )
        )
        self._exclude_same_address(version)
        self.env.cr.execute(
            SQL(
                """SELECT COUNT(*), COUNT(excluded_reason) FROM crm_segment_version_line WHERE version_id = %s""",
                version.id,
            )
        )
        total, excluded = self.env.cr.fetchone()
        version.write({"total": total, "excluded": excluded, "size": total - excluded})
        self.env["crm.segment.version.line"].invalidate_model()
        version.invalidate_recordset(["line_ids", "excluded_text"])

    def _exclusions(self, channel):
        """Queries of (partner_id, reason), the most serious reason first.

        Consent, blacklists and missing addresses are the ledger's (crm.consent); the contact limit is left to the
        day of sending, which asks again.
        """
        company, partners = self.company_id, self._partners().with_context(active_test=False)
        given_up = partners._search(partners._crm_no_campaign_domain())
        result = [SQL("SELECT id AS partner_id, 'no_campaign' AS reason FROM (%s) out", given_up.select())]
        if channel:
            other = self.env["crm.customisation"]._other_channel(company, channel)
            result.append(SQL("SELECT id AS partner_id, 'channel' AS reason FROM (%s) out", other.select()))
            members = SQL("SELECT partner_id FROM crm_segment_member WHERE segment_id = %s", self.id)
            refused = partners._crm_excluded_query(channel, "marketing", company, members)
            result.append(SQL("SELECT partner_id, reason FROM (%s) refused WHERE reason <> 'cap'", refused))
        if channel == "letter":
            missing = "SELECT id AS partner_id, 'no_address' AS reason FROM res_partner WHERE COALESCE(%s, '') = ''"
            result += [SQL(missing, SQL.identifier(name)) for name in ("street", "city")]
        return result

    def _exclude_same_address(self, version):
        """Of several members with one mail address or number only the oldest is addressed."""
        column = {"email": SQL("partner.email_normalized"), "sms": SQL("partner.phone_sanitized")}.get(version.channel)
        if column is None:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE crm_segment_version_line line SET excluded_reason = 'same_address'
                     FROM (SELECT line.id, ROW_NUMBER() OVER (PARTITION BY %s ORDER BY partner.id) AS place
                             FROM crm_segment_version_line line JOIN res_partner partner ON partner.id = line.partner_id
                            WHERE line.version_id = %s AND line.excluded_reason IS NULL) ranked
                    WHERE ranked.id = line.id AND ranked.place > 1""",
                column,
                version.id,
            )
        )
