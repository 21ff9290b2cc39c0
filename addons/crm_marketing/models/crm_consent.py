from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.addons.crm_custom.models.crm_consent import NO
from odoo.tools import SQL

ADDRESS = {"email": "email_normalized", "sms": "phone_sanitized", "call": "phone_sanitized"}
# Why a person is not contacted, the strongest first.
REASONS = [
    ("withdrawn", "Consent withdrawn"),
    ("refused", "Contact refused"),
    ("blacklist", "On the blacklist"),
    ("expired", "Consent expired"),
    ("no_consent", "No consent yet"),
    ("no_address", "No address or number"),
    ("cap", "Contact limit reached"),
]


class CrmConsent(models.Model):
    """Who may be contacted now, by channel and purpose: the question that every sending asks, answered in SQL."""

    _inherit = "crm.consent"

    expiry_date = fields.Date(string="Expires on", readonly=True, help="The last day on which the agreement counts.")

    @api.model
    def _complete(self, vals, texts):
        months = self.env.company.sudo().crm_consent_months
        if not self.env.su:
            vals.pop("expiry_date", None)
        if months and vals.get("state", "given") == "given" and "expiry_date" not in vals:
            day = fields.Datetime.to_datetime(vals.get("date")) or fields.Datetime.now()
            vals["expiry_date"] = day.date() + relativedelta(months=months)
        return super()._complete(vals, texts)

    @api.model
    def _excluded_query(self, channel, purpose="marketing", company=None, partners=None, today=None):
        """Query of (partner_id, reason), one row a person who may not be contacted; reasons are the codes of REASONS.

        A decision counts for the person, for everybody of the company that decided, and for everybody with the same
        address. `partners` (ids or a query) narrows the persons. Given-up customers and competitors are no matter of
        consent: see `_crm_no_campaign_domain`.
        """
        company = company or self.env.company
        today = today or fields.Date.context_today(self)
        among = SQL("person.id IN %s", self._ids_sql(partners)) if partners is not None else SQL("TRUE")
        rank = SQL(" ").join(SQL("WHEN %s THEN %s", code, number) for number, (code, _name) in enumerate(REASONS))
        parts = SQL(" UNION ALL ").join(self._excluded_parts(channel, purpose, company, among, today))
        return SQL(
            """SELECT DISTINCT ON (found.partner_id) found.partner_id, found.reason FROM (%s) found
                ORDER BY found.partner_id, CASE found.reason %s ELSE 99 END""",
            parts,
            rank,
        )

    @api.model
    def _ids_sql(self, partners):
        if hasattr(partners, "subselect"):
            return partners.subselect()
        if isinstance(partners, SQL):
            return SQL("(%s)", partners)
        return tuple(getattr(partners, "ids", partners)) or (0,)

    @api.model
    def _excluded_parts(self, channel, purpose, company, among, today):
        """SELECTs of (partner_id, reason), a person perhaps several times; an addon adds its own reason."""
        self.env["crm.consent"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id", "email_normalized", "phone", "phone_sanitized"])
        current = SQL(
            "ledger.is_current AND ledger.scope IS NULL AND ledger.channel = %s AND ledger.purpose = %s",
            channel,
            purpose,
        )
        no = SQL("%s AND ledger.state IN %s", current, NO)
        expired = SQL("%s AND ledger.state = 'given' AND ledger.expiry_date < %s", current, today)
        select = SQL("SELECT person.id AS partner_id, ledger.state::varchar AS reason FROM crm_consent ledger")
        of_firm = SQL("%s JOIN res_partner person ON person.commercial_partner_id = ledger.partner_id", select)
        parts = [
            SQL("%s JOIN res_partner person ON person.id = ledger.partner_id WHERE %s AND %s", select, no, among),
            SQL("%s WHERE %s AND %s", of_firm, no, among),
            SQL(
                """SELECT person.id, 'expired'::varchar FROM crm_consent ledger
                     JOIN res_partner person ON person.id = ledger.partner_id WHERE %s AND %s""",
                expired,
                among,
            ),
        ]
        if company.crm_consent_rule == "consent":
            parts.append(
                SQL(
                    """SELECT person.id, 'no_consent'::varchar FROM res_partner person
                        WHERE %s AND NOT EXISTS (SELECT 1 FROM crm_consent ledger
                              WHERE ledger.partner_id = person.id AND ledger.state = 'given' AND %s)""",
                    among,
                    current,
                )
            )
        if channel in ADDRESS:
            parts += self._excluded_parts_address(channel, no, among)
        return parts

    @api.model
    def _excluded_parts_address(self, channel, no, among):
        """Persons whose address or number refuses, is on Odoo's blacklist (of mails, of SMS), or is missing."""
        column = SQL.identifier("person", ADDRESS[channel])
        if channel == "email":
            blacklist = SQL("mail_blacklist black ON black.active AND black.email = %s", column)
            self.env["mail.blacklist"].flush_model(["email", "active"])
        else:
            blacklist = SQL("phone_blacklist black ON black.active AND black.number = %s", column)
            self.env["phone.blacklist"].flush_model(["number", "active"])
        # A number that cannot be written in the international form can still be dialled.
        reach = SQL("person.phone") if channel == "call" else column
        listed = SQL(
            "SELECT person.id, 'blacklist'::varchar FROM res_partner person JOIN %s WHERE %s", blacklist, among
        )
        return [
            *([listed] if channel != "call" else []),
            SQL(
                """SELECT person.id, ledger.state::varchar FROM crm_consent ledger
                     JOIN res_partner person ON %s = ledger.address WHERE %s AND %s""",
                column,
                no,
                among,
            ),
            SQL(
                "SELECT person.id, 'no_address'::varchar FROM res_partner person WHERE COALESCE(%s, '') = '' AND %s",
                reach,
                among,
            ),
        ]

    @api.model
    def _refused_addresses(self, channel, purpose, addresses, company=None, today=None):
        """{address: reason} of those of the addresses (normalised mail, sanitised number) that may not be used."""
        addresses = [address for address in addresses if address]
        if channel not in ADDRESS or not addresses:
            return {}
        company = company or self.env.company
        column = SQL.identifier("holder", ADDRESS[channel])
        holders = SQL("SELECT holder.id FROM res_partner holder WHERE %s = ANY(%s)", column, addresses)
        rows = self.env.execute_query(
            SQL(
                """SELECT %(column)s, excluded.reason FROM (%(excluded)s) excluded
                     JOIN res_partner holder ON holder.id = excluded.partner_id WHERE excluded.reason <> 'no_consent'
                   UNION ALL
                   SELECT ledger.address, ledger.state FROM crm_consent ledger
                    WHERE ledger.address = ANY(%(addresses)s) AND ledger.is_current
                      AND ledger.scope IS NULL AND ledger.channel = %(channel)s AND ledger.purpose = %(purpose)s
                      AND ledger.state IN %(no)s""",
                column=column,
                excluded=self._excluded_query(channel, purpose, company, holders, today),
                addresses=addresses,
                channel=channel,
                purpose=purpose,
                no=NO,
            )
        )
        refused = dict(rows)
        if company.crm_consent_rule == "consent":
            known = self._agreed_addresses(channel, purpose, addresses)
            refused = {address: "no_consent" for address in addresses if address not in known} | refused
        return refused

    @api.model
    def _agreed_addresses(self, channel, purpose, addresses):
        """Those of the addresses whose holder has agreed; a person with a new address took the consent along."""
        column = SQL.identifier("holder", ADDRESS[channel])
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(%(column)s, ledger.address) FROM crm_consent ledger
                     LEFT JOIN res_partner holder ON holder.id = ledger.partner_id
                    WHERE COALESCE(%(column)s, ledger.address) = ANY(%(addresses)s) AND ledger.is_current
                      AND ledger.state = 'given' AND ledger.scope IS NULL AND ledger.channel = %(channel)s
                      AND ledger.purpose = %(purpose)s""",
                column=column,
                addresses=addresses,
                channel=channel,
                purpose=purpose,
            )
        )
        return {address for (address,) in rows}
