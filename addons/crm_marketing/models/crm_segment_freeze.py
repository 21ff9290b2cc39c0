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
            SQL(
                "SELECT partner_id, %s::varchar AS reason, detail::varchar, %s AS place FROM (%s) part",
                reason,
                place,
                query,
            )
            for place, (reason, query) in enumerate(self._exclusions(version.channel))
        ]
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_segment_version_line (version_id, company_id, partner_id, reason, excluded_reason,
                                                         excluded_detail)
                   SELECT %(version)s, %(company)s, member.partner_id, member.reason, excluded.reason, excluded.detail
                     FROM crm_segment_member member
                     LEFT JOIN (SELECT DISTINCT ON (partner_id) partner_id, reason, detail FROM (%(parts)s) parts
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
        """[(reason, query of partner_id and detail)], the most serious reason first."""
        partners = self._partners().with_context(active_test=False)
        given_up = partners._search(partners._crm_no_campaign_domain())
        result = [("no_campaign", SQL("SELECT id AS partner_id, NULL AS detail FROM (%s) out", given_up.select()))]
        if channel:
            company = self.company_id
            other = self.env["crm.customisation"]._other_channel(company, channel)
            result.append(("channel", SQL("SELECT id AS partner_id, NULL AS detail FROM (%s) out", other.select())))
            result += self._consent_exclusions(partners, channel)
            result += self._address_exclusions(channel)
        return result

    def _consent_exclusions(self, partners, channel):
        """What the consent ledger says, where it is installed."""
        if not hasattr(partners, "_crm_excluded_query"):
            return []
        query = partners._crm_excluded_query(channel, "marketing")
        return [("consent", SQL("SELECT partner_id, reason AS detail FROM (%s) refused", query))]

    def _address_exclusions(self, channel):
        """Blacklists of Odoo, then addresses that are missing."""
        if channel == "letter":
            return [
                (
                    "no_address",
                    SQL(
                        """SELECT id AS partner_id, NULL AS detail FROM res_partner
                            WHERE COALESCE(street, '') = '' OR COALESCE(city, '') = ''"""
                    ),
                )
            ]
        if channel == "email":
            column, blacklist, listed = SQL("email_normalized"), SQL("mail_blacklist"), SQL("email")
        else:
            column, blacklist, listed = SQL("phone_sanitized"), SQL("phone_blacklist"), SQL("number")
        result = []
        if channel in ("email", "sms"):
            result.append(
                (
                    "blacklist",
                    SQL(
                        """SELECT partner.id AS partner_id, NULL AS detail FROM res_partner partner
                             JOIN %s listed ON listed.%s = partner.%s AND listed.active""",
                        blacklist,
                        listed,
                        column,
                    ),
                )
            )
        missing = SQL("%s IS NULL", column)
        if channel == "call":
            missing = SQL("COALESCE(phone_sanitized, phone, '') = ''")
        result.append(("no_address", SQL("SELECT id AS partner_id, NULL AS detail FROM res_partner WHERE %s", missing)))
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
