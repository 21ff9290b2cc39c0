from odoo import api, fields, models
from odoo.addons.crm_custom.models.crm_consent import NO
from odoo.addons.crm_custom.models.crm_consent_text import PURPOSES
from odoo.http import request
from odoo.tools import SQL

from .crm_consent import ADDRESS

SYNC_KEY = "crm_consent_sync"
ALL = [purpose for purpose, _name in PURPOSES]


class CrmConsent(models.Model):
    """Ledger and Odoo's own enforcement say the same: blacklists, subscriptions and what already waits in a queue.

    From the ledger: whoever refuses every purpose of a channel goes on its blacklist, and off it with the first
    agreement; who refuses a purpose leaves the mailing lists of that purpose; mails and SMS of the purpose that wait
    for that address are cancelled. To the ledger: every change of a blacklist or subscription becomes a row.
    """

    _inherit = "crm.consent"

    list_id = fields.Many2one(
        "mailing.list", string="Mailing List", readonly=True, ondelete="set null", index="btree_not_null"
    )

    def _enforce(self):
        result = super()._enforce()
        rows = self.filtered(lambda row: row.is_current and not row.scope and row.channel in ADDRESS)
        for channel in ("email", "sms"):
            mine = rows.filtered(lambda row, channel=channel: row.channel == channel)
            if refused := mine.filtered(lambda row: row.state in NO):
                refused._enforce_refusal(channel)
            if given := mine.filtered(lambda row: row.state == "given"):
                given._enforce_agreement(channel)
        return result

    def _addresses(self):
        """Addresses of the decision and those that the persons have by now."""
        channel = self[:1].channel
        people = self.partner_id
        return {address for address in [*self.mapped("address"), *people.mapped(ADDRESS[channel])] if address}

    def _enforce_refusal(self, channel):
        addresses = self._addresses()
        everything = self._refused_everywhere(channel, addresses)
        everything -= self._blacklisted(channel, everything)
        sudo = self.sudo().with_context(**{SYNC_KEY: True})
        for address in everything:
            if channel == "email":
                sudo.env["mail.blacklist"]._add(address)
            else:
                sudo.env["phone.blacklist"]._add([address])
        if channel == "email":
            self._leave_lists(addresses)
        self._cancel_waiting(channel, addresses)

    def _enforce_agreement(self, channel):
        """Off the blacklist, unless somebody else with the address still refuses."""
        agreed = self._addresses()
        refusing = set()
        for purpose in set(self.mapped("purpose")):
            refusing |= {
                address for address, reason in self._refused_addresses(channel, purpose, agreed).items() if reason in NO
            }
        sudo = self.sudo().with_context(**{SYNC_KEY: True})
        for address in self._blacklisted(channel, agreed - refusing):
            if channel == "email":
                sudo.env["mail.blacklist"]._remove(address)
            else:
                sudo.env["phone.blacklist"]._remove([address])

    @api.model
    def _blacklisted(self, channel, addresses):
        model, name = ("mail.blacklist", "email") if channel == "email" else ("phone.blacklist", "number")
        return set(self.env[model].sudo().search([(name, "in", list(addresses))]).mapped(name))

    @api.model
    def _refused_everywhere(self, channel, addresses):
        """Those of the addresses whose holder refuses all purposes; one query."""
        self.flush_model()
        column = SQL.identifier("holder", ADDRESS[channel])
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(%(column)s, ledger.address) AS known FROM crm_consent ledger
                     LEFT JOIN res_partner holder ON holder.id = ledger.partner_id
                    WHERE COALESCE(%(column)s, ledger.address) = ANY(%(addresses)s) AND ledger.is_current
                      AND ledger.scope IS NULL AND ledger.channel = %(channel)s AND ledger.state IN %(no)s
                    GROUP BY known HAVING COUNT(DISTINCT ledger.purpose) = %(number)s""",
                column=column,
                addresses=list(addresses),
                channel=channel,
                no=NO,
                number=len(ALL),
            )
        )
        return {address for (address,) in rows}

    def _leave_lists(self, addresses):
        subscriptions = (
            self.env["mailing.subscription"]
            .sudo()
            .search(
                [
                    ("contact_id.email_normalized", "in", list(addresses)),
                    ("list_id.crm_purpose", "in", list(set(self.mapped("purpose")))),
                    ("opt_out", "=", False),
                ]
            )
        )
        subscriptions.with_context(**{SYNC_KEY: True}).opt_out = True

    def _cancel_waiting(self, channel, addresses):
        """What is made already and waits for its sending."""
        name, address = ("mail.mail", "mailing_trace_ids.email") if channel == "email" else ("sms.sms", "number")
        waiting = (
            self.env[name]
            .sudo()
            .search(
                [
                    ("state", "=", "outgoing"),
                    ("mailing_id.crm_purpose", "in", list(set(self.mapped("purpose")))),
                    (address, "in", list(addresses)),
                ]
            )
        )
        waiting._crm_cancel_refused()

    # === FROM BLACKLISTS AND SUBSCRIPTIONS === #

    @api.model
    def _note_change(self, channel, addresses, stopped, purposes=None, mailing_list=None):
        """Write what a blacklist or subscription now says into the ledger, where it is news.

        Nothing to do when the ledger itself made the change. Who has no contact record is known by address.
        """
        if self.env.su and self.env.context.get(SYNC_KEY):
            return self.browse()
        ledger = self.sudo()
        addresses = [address for address in addresses if address]
        scope = f"mailing.list,{mailing_list.id}" if mailing_list else False
        holders = self._holders(channel, addresses)
        current = {row._key(): row for row in ledger._current_of(channel, addresses, scope)}
        own = self.env.user._is_public() or self.env.user._is_portal()
        vals_list = []
        for address in addresses:
            for partner in holders.get(address) or [False]:
                for purpose in purposes or ALL:
                    row = current.get((partner or address, purpose, channel, scope or ""), self.browse())
                    state = self._next_state(row.state, stopped, mailing_list)
                    if state:
                        vals_list.append(
                            {
                                "partner_id": partner,
                                "address": address,
                                "purpose": purpose,
                                "channel": channel,
                                "state": state,
                                "scope": scope,
                                "list_id": mailing_list.id if mailing_list else False,
                                "source": "link" if own else "blacklist",
                                "proof": self._request_proof(),
                                "user_id": self.env.uid,
                            }
                        )
        return ledger.create(vals_list)

    @api.model
    def _next_state(self, state, stopped, mailing_list):
        if stopped:
            return None if state in NO else "withdrawn" if state == "given" else "refused"
        if mailing_list:
            return None if state == "given" else "given"
        return "lifted" if state in NO else None

    @api.model
    def _holders(self, channel, addresses):
        """{address: ids of the contacts with it}."""
        name = ADDRESS[channel]
        found = {}
        for partner in self.env["res.partner"].sudo().search([(name, "in", addresses)]):
            found.setdefault(partner[name], []).append(partner.id)
        return found

    @api.model
    def _current_of(self, channel, addresses, scope):
        return self.search(
            [
                ("is_current", "=", True),
                ("channel", "=", channel),
                ("scope", "=", scope),
                "|",
                ("address", "in", addresses),
                (f"partner_id.{ADDRESS[channel]}", "in", addresses),
            ],
            order="date, id",
        )

    @api.model
    def _request_proof(self):
        if not request:
            return False
        web = request.httprequest
        return f"{web.remote_addr} {web.user_agent.string or ''}"[:250]
