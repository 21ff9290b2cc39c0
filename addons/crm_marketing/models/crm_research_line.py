from odoo import api, fields, models
from odoo.addons.crm_custom.tools import identity as ident
from odoo.addons.crm_custom.tools import likeness
from odoo.tools import SQL, email_normalize

STATES = [
    ("draft", "Not compared yet"),
    ("new", "New"),
    ("customer", "Known customer"),
    ("known_lead", "Known lead"),
    ("repeat", "Twice in the list"),
    ("refused", "Does not want to be contacted"),
    ("lead", "Lead made"),
]


class CrmResearchLine(models.Model):
    """A name of a research list, as the list gives it, and what became of it."""

    _name = "crm.research.line"
    _description = "Name of a Research List"
    _order = "list_id, id"

    list_id = fields.Many2one("crm.research.list", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="list_id.company_id", store=True)
    name = fields.Char()
    company_name = fields.Char("Works for")
    email = fields.Char()
    phone = fields.Char()
    street = fields.Char()
    zip = fields.Char("ZIP")
    city = fields.Char()
    consent = fields.Boolean("Agreed")
    state = fields.Selection(STATES, default="draft", required=True, readonly=True)
    reason = fields.Char("Why", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True, ondelete="set null", index="btree_not_null")

    @api.depends("name", "company_name", "email")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name or line.company_name or line.email or line.phone

    def _identities(self):
        return {
            line.id: ident.identity(
                line.company_name or line.name or "",
                [line.phone or ""],
                [line.email or ""],
                "",
                line.street or "",
                line.city or "",
                line.zip or "",
            )
            for line in self
        }

    def _check(self):
        """Give each line its state and the reason; a few queries for the whole list, whatever its length."""
        identities = self._identities()
        customers, leads, refused = self._known_customers(identities), self._known_leads(), self._refused()
        seen = {}
        for line in self:
            keys = ident.numbers(identities[line.id]) or {f"n:{identities[line.id]}"}
            twin = next((seen[key] for key in keys if key in seen), None)
            if line.id in refused:
                line._set("refused", self.env._("Said no to mails, or is on the blacklist"))
            elif line.id in customers:
                line._set("customer", customers[line.id])
            elif line.id in leads:
                line._set("known_lead", self.env._("A lead has the same e-mail or number"))
            elif twin:
                line._set("repeat", self.env._("As %(name)s", name=twin.display_name))
            else:
                line._set("new", False)
            seen.update(dict.fromkeys(keys - seen.keys(), line))

    def _set(self, state, reason):
        if (self.state, self.reason) != (state, reason):
            self.write({"state": state, "reason": reason})

    def _known_customers(self, identities):
        """{line id: why it is a customer that we have}, sure or likely. Sees all partners, tells no names of theirs."""
        keys = self.env["crm.partner.key"].sudo()
        keys._flush_marked()
        wanted, names = {}, {}
        for line_id, record in identities.items():
            for number in ident.numbers(record):
                wanted.setdefault(number, []).append(line_id)
            name = " ".join(sorted({ident.encode(token) for token in record.name}))
            if name:
                names.setdefault(name, []).append(line_id)
        rows = self.env.execute_query(
            SQL(
                """SELECT key.partner_id, key.numbers, key.name_key FROM crm_partner_key key
                     JOIN res_partner partner ON partner.id = key.partner_id AND partner.active
                      AND (partner.company_id IS NULL OR partner.company_id = ANY(%s))
                    WHERE key.numbers && %s::text[] OR key.name_key = ANY(%s)""",
                self.company_id.ids,
                list(wanted),
                list(names),
            )
        )
        partners, found = keys._identities({row[0] for row in rows}), {}
        for partner_id, numbers, name in rows:
            lines = {line for number in numbers or () for line in wanted.get(number, ())} | set(names.get(name, ()))
            for line_id in lines:
                judged = likeness.compare(identities[line_id], partners[partner_id])
                if judged.certainty in ("sure", "likely"):
                    found[line_id] = keys._why([part[:2] for part in judged.parts])
        return found

    def _known_leads(self):
        """Ids of the lines whose mail address or number a lead of the company has."""
        emails = self._by_email()
        phones = {}
        for line in self.filtered("phone"):
            phones.setdefault(ident.phone_key(line.phone), []).append(line.id)
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        domain = [("company_id", "in", [*self.company_id.ids, False])]
        found = set()
        if emails:
            for (email,) in leads._read_group(
                [*domain, ("email_normalized", "in", list(emails))], ["email_normalized"]
            ):
                found.update(emails[email])
        if phones:
            tails = {ident.phone_tail(key): lines for key, lines in phones.items() if key}
            rows = self.env.execute_query(
                SQL(
                    """SELECT DISTINCT tail FROM (
                       SELECT RIGHT(phone_sanitized, %s) AS tail FROM crm_lead
                        WHERE phone_sanitized IS NOT NULL AND (company_id IS NULL OR company_id = ANY(%s))) lead
                        WHERE tail = ANY(%s)""",
                    ident.PHONE_TAIL,
                    self.company_id.ids,
                    list(tails),
                )
            )
            found.update(line for (tail,) in rows for line in tails[tail])
        return found

    def _refused(self):
        """Ids of the lines whose mail address is blacklisted, or said no according to the ledger."""
        emails = self._by_email()
        blocked = set(self.env["mail.blacklist"].sudo().search([("email", "in", list(emails))]).mapped("email"))
        decisions = (
            self.env["crm.consent"]
            .sudo()
            ._read_group(
                [
                    ("is_current", "=", True),
                    ("address", "in", list(emails)),
                    ("channel", "=", "email"),
                    ("purpose", "=", "marketing"),
                    ("state", "in", ("withdrawn", "refused")),
                ],
                ["address"],
            )
        )
        blocked.update(address for (address,) in decisions)
        return {line for email in blocked for line in emails[email]}

    def _by_email(self):
        found = {}
        for line in self:
            if email := email_normalize(line.email or ""):
                found.setdefault(email, []).append(line.id)
        return found

    # === WHAT BECOMES OF IT === #

    def _lead_vals(self):
        research_list = self.list_id
        return {
            "type": "lead",
            "name": self.company_name or self.name or self.email or self.phone,
            "contact_name": self.name,
            "partner_name": self.company_name,
            "email_from": self.email,
            "phone": self.phone,
            "street": self.street,
            "zip": self.zip,
            "city": self.city,
            "source_id": research_list.source_id.id,
            "campaign_id": research_list.campaign_id.id,
            "company_id": research_list.company_id.id,
            "user_id": False,
        }

    def _consent_vals(self):
        """Agreements for the ledger: by the address, since there is no customer yet."""
        research_list = self.list_id
        addresses = {"email": email_normalize(self.email or ""), "call": self.lead_id.sudo().phone_sanitized}
        return [
            {
                "partner_id": False,
                "address": address,
                "purpose": "marketing",
                "channel": channel,
                "state": "given",
                "basis": research_list.basis,
                "source": "import",
                "note": research_list.consent_note,
                "proof": self.env._("Research list %(name)s", name=research_list.name),
                "date": fields.Datetime.to_datetime(research_list.date),
            }
            for channel, address in addresses.items()
            if address
        ]
