from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .crm_consent_text import PURPOSES

CONSENT_CHANNELS = [("email", "E-mail"), ("sms", "SMS"), ("call", "Call"), ("letter", "Letter")]
CONSENT_STATES = [
    ("given", "Agreed"),
    ("withdrawn", "Withdrawn"),
    ("refused", "Refused"),
    ("lifted", "Objection lifted"),
]
CONSENT_SOURCES = [
    ("portal", "Customer portal"),
    ("staff", "Told to a colleague"),
    ("paper", "Paper"),
    ("form", "Web form"),
    ("event", "Event"),
    ("link", "Link in a mail"),
    ("blacklist", "Blacklist"),
    ("import", "Import"),
]
NO = ("withdrawn", "refused")
SYSTEM_FIELDS = ("address", "is_current", "scope", "text_version", "withdrawn_date")


class CrmConsent(models.Model):
    """The ledger of what customers allow: one row a decision of a person for a purpose and a channel. Append only.

    A change is a new row; the newest decision of a person, purpose and channel is the current one. `date` is when the
    person decided (UTC), which may lie before the day it was entered; an older decision never replaces a newer one.
    Agreement and withdrawal alike take effect with the row, nothing waits. `address` is the mail address or number
    of that moment: a refusal stays tied to it when the person's data change or the person is deleted.
    """

    _name = "crm.consent"
    _description = "Consent"
    _order = "date desc, id desc"
    _rec_name = "purpose"

    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="set null", index=True)
    customer_id = fields.Many2one(related="partner_id.commercial_partner_id", string="Customer")
    purpose = fields.Selection(PURPOSES, required=True, default="marketing")
    channel = fields.Selection(CONSENT_CHANNELS, required=True, default="email")
    state = fields.Selection(CONSENT_STATES, string="Decision", required=True, default="given", copy=False)
    basis = fields.Selection(
        [
            ("consent", "Consent"),
            ("contract", "Contract"),
            ("interest", "Legitimate interest"),
            ("law", "Legal obligation"),
        ],
        required=True,
        default="consent",
        help="What allows the contact, or allowed it until it was withdrawn.",
    )
    source = fields.Selection(CONSENT_SOURCES, required=True, default="staff")
    note = fields.Char(help="What was said, or where the paper lies.")
    proof = fields.Char(readonly=True, help="How the decision reached us: internet address and browser, or the record.")
    date = fields.Datetime(string="Decided on", required=True, default=fields.Datetime.now, index=True)
    withdrawn_date = fields.Datetime(string="Withdrawn on", readonly=True, copy=False)
    text_id = fields.Many2one("crm.consent.text", string="Text agreed to", ondelete="restrict", index="btree_not_null")
    text_version = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Entered by", default=lambda self: self.env.user, readonly=True, ondelete="set null"
    )
    address = fields.Char(readonly=True, index="btree_not_null", help="Mail address or number of that moment.")
    scope = fields.Char(readonly=True, help="Empty: all of the purpose.")
    is_current = fields.Boolean(string="Current", readonly=True, copy=False, default=True)

    _current_idx = models.Index("(partner_id, channel, purpose) WHERE is_current")
    _current_address_idx = models.Index("(address, channel, purpose) WHERE is_current AND address IS NOT NULL")

    @api.depends("partner_id", "purpose", "channel", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env)) for name in ("purpose", "channel", "state")
        }
        for consent in self:
            consent.display_name = " / ".join(labels[name].get(consent[name], "") for name in labels)

    @api.constrains("date")
    def _check_date(self):
        limit = fields.Datetime.add(fields.Datetime.now(), days=1)
        if any(consent.date > limit for consent in self):
            raise ValidationError(self.env._("A decision lies in the past."))

    # === THE LEDGER === #

    @api.model_create_multi
    def create(self, vals_list):
        texts = self.env["crm.consent.text"].sudo()._newest()
        for vals in vals_list:
            self._complete(vals, texts)
        consents = super().create(vals_list)
        consents.sudo()._settle()
        consents.sudo()._enforce()
        return consents

    @api.model
    def _complete(self, vals, texts):
        """Fill in what nobody types: the address of the moment and the text; a user signs with the own name."""
        if not self.env.su:
            for name in (*SYSTEM_FIELDS, "proof", "user_id"):
                vals.pop(name, None)
        partner = self.env["res.partner"].browse(vals.get("partner_id")).sudo()
        if not partner and not vals.get("address"):
            raise ValidationError(self.env._("Choose the contact who decided."))
        channel = vals.get("channel") or self.env.context.get("default_channel") or "email"
        purpose = vals.get("purpose") or self.env.context.get("default_purpose") or "marketing"
        if partner and "address" not in vals:
            vals["address"] = partner._crm_consent_address(channel)
        text = self.env["crm.consent.text"].sudo().browse(vals.get("text_id")) or texts.get(purpose)
        if text and text.purpose == purpose:
            vals["text_id"] = text.id
            vals["text_version"] = str(text.version)
        if vals.get("state") in NO:
            vals["withdrawn_date"] = vals.get("date") or fields.Datetime.now()

    def write(self, vals):
        if not (self.env.su and self.env.context.get("crm_consent_amend")):
            raise UserError(self.env._("What was decided stays in the ledger. Enter a new decision instead."))
        return super().write(vals)

    def _amend(self, vals):
        """What the ledger itself notes on a row: replaced, withdrawn, erased. Not callable from outside."""
        return self.sudo().with_context(crm_consent_amend=True).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Nothing is deleted from the consent ledger."))

    def _key(self):
        return (self.partner_id.id or self.address, self.purpose, self.channel, self.scope or "")

    def _settle(self):
        """Of each person, purpose and channel the newest decision is current; earlier ones are closed.

        A decision of a person also replaces an older one that knew the address only.
        """
        addresses = [address for address in self.mapped("address") if address]
        rows = self.search(
            [
                ("is_current", "=", True),
                "|",
                ("partner_id", "in", self.partner_id.ids),
                ("partner_id", "=", False),
                "|",
                ("partner_id", "!=", False),
                ("address", "in", addresses),
            ],
            order="date, id",
        )
        newest, by_address, closed = {}, {}, {}
        for row in rows:
            newest[row._key()] = row
            if row.partner_id and row.address:
                by_address[(row.address, *row._key()[1:])] = row
        for row in rows:
            final = newest[row._key()]
            known = by_address.get(row._key()) if not row.partner_id else None
            if known and (known.date, known.id) > (row.date, row.id):
                final = known
            if final != row:
                day = final.date if row.state == "given" and final.state in NO else row.withdrawn_date
                closed[day] = closed.get(day, self.browse()) | row
        for day, group in closed.items():
            group._amend({"is_current": False, "withdrawn_date": day})

    @api.model
    def _keep_strictest(self, partner):
        """After a merge a person has several current decisions: a refusal wins over an agreement, then the newest."""
        rows = self.search([("partner_id", "=", partner.id), ("is_current", "=", True)], order="date, id")
        kept = {}
        for row in rows:
            known = kept.get(row._key(), self.browse())
            if row.state in NO or known.state not in NO:
                kept[row._key()] = row
        strictest = self.browse([row.id for row in kept.values()])
        (rows - strictest)._amend({"is_current": False})
        strictest._enforce()

    def _enforce(self):
        """Hook: what else a decision changes at once (blacklists, subscriptions ...)."""

    # === DECISIONS === #

    @api.model
    def _current(self, partners):
        """{(partner id, purpose, channel): the current decision}; one query."""
        rows = self.search(
            [("partner_id", "in", partners.ids), ("is_current", "=", True), ("scope", "in", (False, ""))]
        )
        return {(row.partner_id.id, row.purpose, row.channel): row for row in rows}

    @api.model
    def _decide(self, partners, answers, **values):
        """Record the answers {(purpose, channel): agrees} of these contacts where they change something."""
        current = self._current(partners)
        vals_list = []
        for partner in partners:
            for (purpose, channel), agrees in answers.items():
                row = current.get((partner.id, purpose, channel), self.browse())
                if agrees and row.state == "given" or not agrees and row.state in NO:
                    continue
                refusal = "withdrawn" if row.state == "given" else "refused"
                vals_list.append(
                    {
                        "partner_id": partner.id,
                        "purpose": purpose,
                        "channel": channel,
                        "state": "given" if agrees else refusal,
                        **values,
                    }
                )
        return self.create(vals_list)

    def action_withdraw(self):
        """The person takes the agreement back: a new row, in force at once."""
        for consent in self:
            if not consent.is_current or consent.state in NO:
                raise UserError(self.env._("There is nothing to withdraw: this decision is not a current agreement."))
        return self.create(
            [
                {
                    "partner_id": consent.partner_id.id,
                    "purpose": consent.purpose,
                    "channel": consent.channel,
                    "state": "withdrawn",
                    "basis": consent.basis,
                }
                for consent in self
                if consent.partner_id
            ]
        )
