from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize, hmac, plaintext2html

from ..tools import web_form

# A second message of the same person within so many days goes to the open lead of the first.
SAME_LEAD_DAYS = 30


class CrmWebFormEntry(models.Model):
    """One submission of a web form: the words as sent, and the lead, consent and touch made of them.

    Written by the public page alone, in sudo. Of the visitor's address only a keyed hash is kept, to count how often
    it sends. What a machine sent is kept without its content.
    """

    _name = "crm.web.form.entry"
    _description = "Web Form Submission"
    _order = "date desc, id desc"
    _rec_name = "email"

    form_id = fields.Many2one("crm.web.form", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="form_id.company_id", store=True)
    date = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        [("lead", "New lead"), ("known", "Added to a lead"), ("duplicate", "The same again"), ("machine", "Machine")],
        required=True,
        readonly=True,
    )
    name = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    phone = fields.Char(readonly=True)
    message = fields.Text(readonly=True)
    agreed = fields.Boolean("Agreed to Contact", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True, index="btree_not_null", ondelete="set null")
    lead_id = fields.Many2one("crm.lead", readonly=True, index="btree_not_null", ondelete="set null")
    campaign_id = fields.Many2one("utm.campaign", readonly=True, index="btree_not_null", ondelete="set null")
    address_hash = fields.Char(readonly=True, groups="base.group_system")

    _form_date_idx = models.Index("(form_id, date)")
    _address_date_idx = models.Index("(address_hash, date) WHERE address_hash IS NOT NULL")

    # === LIMITS === #

    @api.model
    def _address_key(self, address):
        """Keyed hash of the visitor's network; nothing for an unknown one."""
        network = web_form.network(address)
        return hmac(self.env(su=True), "crm_web_form_address", network) if network else False

    @api.model
    def _is_limited(self, form, address, now):
        """Whether this visitor, or everybody together, has sent too much lately."""
        since = [("date", ">", now - timedelta(seconds=web_form.PERIOD))]
        key = self._address_key(address)
        mine = self.search_count([*since, ("address_hash", "=", key)]) if key else 0
        return web_form.too_many(mine, self.search_count([*since, ("form_id", "=", form.id)]))

    # === SUBMISSION === #

    @api.model
    def _submit(self, form, values, now, address=None, proof="", person=None, tracking=None, machine=False):
        """Keep a submission and make lead, consent and touch of it; the page's answer never depends on what was known.

        `values` are cleaned (tools/web_form.py), with `country_id` and `agreed`. `person`: the contact of who is
        signed in, known for sure; else the contact with the address is proposed to the salesperson only.
        `tracking`: {campaign_id, source_id} of the link the visitor came by. Runs in sudo, in the form's company.
        """
        vals = {"form_id": form.id, "date": now, "address_hash": self._address_key(address)}
        if machine:
            return self.create({**vals, "state": "machine"})
        email = email_normalize(values["email"])
        partner = person or self._partner_of(form, email)
        campaign = form.campaign_id.id or (tracking or {}).get("campaign_id")
        vals |= {
            "name": values["name"],
            "email": email or values["email"],
            "phone": values.get("phone"),
            "message": values.get("message"),
            "agreed": bool(values.get("agreed")),
            "partner_id": partner.id,
            "campaign_id": campaign,
        }
        before = self.search(
            [("form_id", "=", form.id), ("email", "=", vals["email"]), ("state", "in", ("lead", "known"))],
            limit=1,
        )
        if before and now - before.date < timedelta(seconds=web_form.PERIOD) and before.message == vals["message"]:
            return self.create({**vals, "state": "duplicate", "lead_id": before.lead_id.id})
        since = now - timedelta(days=SAME_LEAD_DAYS)
        lead = before.filtered(lambda entry: entry.date > since).lead_id
        lead = lead.filtered(lambda one: one.active and one.won_status == "pending")
        entry = self.create({**vals, "state": "known" if lead else "lead"})
        if lead:
            lead.message_post(body=plaintext2html(values.get("message") or form.name))
        else:
            lead = entry._make_lead(values, (tracking or {}).get("source_id"))
        entry.lead_id = lead
        entry._note_touch()
        if values.get("agreed"):
            entry._note_consent(proof)
        return entry

    @api.model
    def _partner_of(self, form, email):
        """The oldest contact with the address that the form's company may use."""
        return self.env["res.partner"].search(
            [("email_normalized", "=", email), ("company_id", "in", (False, form.company_id.id))],
            order="id",
            limit=1,
        )

    def _make_lead(self, values, source_id):
        """The lead with campaign, medium and source; nobody's salesperson is named where the territory decides."""
        form = self.form_id
        return (
            self.env["crm.lead"]
            .with_context(mail_create_nosubscribe=True, default_user_id=False)
            .create(
                {
                    "name": self.env._("%(form)s: %(name)s", form=form.name, name=self.name),
                    "type": "lead",
                    "contact_name": self.name,
                    "partner_name": values.get("company") or False,
                    "email_from": self.email,
                    "phone": self.phone,
                    "zip": values.get("zip") or False,
                    "country_id": values.get("country_id") or False,
                    "description": plaintext2html(self.message or ""),
                    "partner_id": self.partner_id.id,
                    "company_id": form.company_id.id,
                    "team_id": form.team_id.id,
                    "user_id": form.user_id.id,
                    "campaign_id": self.campaign_id.id,
                    "medium_id": form.medium_id.id,
                    "source_id": form.source_id.id or source_id,
                }
            )
        )

    def _note_touch(self):
        self.env["crm.touch"]._record(
            [
                {
                    "date": self.date,
                    "kind": "form",
                    "contact_id": self.partner_id.id,
                    "email": self.email,
                    "campaign_id": self.campaign_id.id,
                    "medium_id": self.form_id.medium_id.id,
                    "source_id": self.lead_id.source_id.id,
                    "res_model": self._name,
                    "res_id": self.id,
                    "opportunity_id": self.lead_id.id,
                    "company_id": self.company_id.id,
                }
            ]
        )

    def _note_consent(self, proof):
        """Enter the agreement by mail, and by telephone where a number was given, with its proof.

        Who refused before is not signed up by a form that anybody may have filled in: the salesperson is told to ask.
        """
        consents = self.env["crm.consent"]
        channels = ("email", "call") if self.phone else ("email",)
        known = consents.search(
            [
                ("is_current", "=", True),
                ("purpose", "=", "marketing"),
                ("channel", "in", channels),
                "|",
                ("address", "in", [address for address in (self.email, self.lead_id.phone_sanitized) if address]),
                ("partner_id", "in", self.partner_id.ids),
            ]
        )
        states = {consent.channel: consent.state for consent in known.sorted("date")}
        for channel in channels:
            if states.get(channel) in ("withdrawn", "refused"):
                self.lead_id.message_post(
                    body=self.env._("Agreed in the form to be contacted, but refused earlier: please ask in person.")
                )
            elif states.get(channel) != "given":
                consents.create(
                    {
                        "partner_id": self.partner_id.id,
                        "address": self.email if channel == "email" else self.lead_id.phone_sanitized or self.phone,
                        "purpose": "marketing",
                        "channel": channel,
                        "state": "given",
                        "source": "form",
                        "date": self.date,
                        "note": self.form_id.name,
                        "proof": proof,
                    }
                )

    def action_open_lead(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()
