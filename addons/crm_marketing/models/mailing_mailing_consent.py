from odoo import api, fields, models
from odoo.addons.crm_custom.models.crm_consent_text import PURPOSES


class MailingMailing(models.Model):
    """A mailing has a purpose; who refuses it by the mailing's channel gets nothing, asked when it is sent.

    The exclusion list of the mailing may be switched off by its author; the ledger may not.
    """

    _inherit = "mailing.mailing"

    crm_purpose = fields.Selection(
        PURPOSES,
        string="Purpose",
        required=True,
        default="marketing",
        help="What the recipients must not have refused.",
    )
    crm_priority = fields.Selection(
        [("0", "Normal"), ("1", "High"), ("2", "Not limited")],
        string="Contact Priority",
        required=True,
        default="0",
        help="Who gets the last place when persons have reached the contact limit. Not limited: information that we owe"
        " them, it goes to everyone who has not refused.",
    )
    crm_stopped_count = fields.Integer(string="Left Out", compute="_compute_crm_stopped", compute_sudo=True)
    crm_callable_count = fields.Integer(string="Take Calls", compute="_compute_crm_stopped", compute_sudo=True)

    def _crm_channel(self):
        return "sms" if self.mailing_type == "sms" else "email"

    def _crm_company(self):
        """The company whose rules count: that of the campaign, else of the author."""
        return self.sudo().campaign_id.company_id or self.user_id.company_id or self.env.company

    def _crm_stopped(self, addresses, cap=True):
        """{address: reason} of those of the addresses that this mailing must not reach, as of now."""
        self.ensure_one()
        ledger = self.env["crm.consent"].sudo()
        company, channel = self._crm_company(), self._crm_channel()
        stopped = ledger.with_context(crm_no_cap=True)._refused_addresses(channel, self.crm_purpose, addresses, company)
        if cap and company.crm_contact_cap and self.crm_priority != "2":
            left = [address for address in addresses if address and address not in stopped]
            stopped |= dict.fromkeys(self._crm_capped(left, channel, company), "cap")
        return stopped

    def _crm_capped(self, addresses, channel, company):
        """Addresses whose holders have had all their contacts, or will get the last one from a mailing before this."""
        ledger = self.env["crm.consent"].sudo()
        counts = ledger._contact_counts(channel, addresses, company)
        for other in self._crm_first_served(company):
            for address in other._crm_recipient_addresses() & set(addresses):
                counts[address] = counts.get(address, 0) + 1
        return [address for address, count in counts.items() if count >= company.crm_contact_cap]

    def _crm_first_served(self, company):
        """Queued mailings of higher priority by the same channel within the days of the limit."""
        limit = fields.Datetime.add(fields.Datetime.now(), days=company.crm_contact_cap_days)
        queued = self.sudo().search(
            [
                ("state", "=", "in_queue"),
                ("mailing_type", "=", self.mailing_type),
                ("crm_priority", ">", self.crm_priority),
                ("id", "not in", self.ids),
            ]
        )
        return queued.filtered(lambda one: not one.schedule_date or one.schedule_date <= limit)

    def _crm_recipient_addresses(self):
        """Addresses of the records that the mailing is meant for, whoever may get it."""
        records = self.env[self.mailing_model_real].search(self._get_recipients_domain())
        name = "phone_sanitized" if self._crm_channel() == "sms" else "email_normalized"
        return set(records.mapped(name)) - {False} if name in records._fields else set()

    # === FORM === #

    def _crm_recipient_partners(self):
        """The recipients as contacts, as far as the author may read them."""
        model = self.env[self.mailing_model_real]
        domain = self._get_recipients_domain()
        if model._name == "res.partner":
            return model.search(domain)
        if model._fields.get("partner_id") and model._fields["partner_id"].comodel_name == "res.partner":
            return model.search(domain).partner_id
        addresses = self._crm_recipient_addresses()
        return self.env["res.partner"].search([("email_normalized", "in", list(addresses))])

    def _crm_split(self):
        """(contacts left out because they refuse, those of them who take calls)."""
        partners = self._crm_recipient_partners()
        company = self._crm_company()
        may = partners._crm_may_contact(self._crm_channel(), self.crm_purpose, company)
        stopped = partners.filtered(lambda one: not may[one.id][0])
        calls = stopped._crm_may_contact("call", self.crm_purpose, company)
        return stopped, stopped.filtered(lambda one: calls[one.id][0])

    @api.depends("mailing_domain", "mailing_model_id", "contact_list_ids", "crm_purpose", "mailing_type", "state")
    def _compute_crm_stopped(self):
        """Counted while the mailing waits; afterwards its own traces tell. Counts only, whoever may read them."""
        for mailing in self:
            mailing.crm_stopped_count = mailing.crm_callable_count = 0
            if mailing.state in ("draft", "in_queue") and mailing.mailing_model_real:
                stopped, callable_people = mailing._crm_split()
                mailing.crm_stopped_count = len(stopped)
                mailing.crm_callable_count = len(callable_people)

    def action_crm_stopped(self):
        """Open the contacts that are left out, with the consents behind it on each."""
        self.ensure_one()
        stopped, _callable = self._crm_split()
        return self._crm_open(self.env._("Left out of %(mailing)s", mailing=self.subject), stopped)

    def action_crm_call_instead(self):
        """Offer those who refuse the mailing's channel and take calls as a call list."""
        self.ensure_one()
        _stopped, callable_people = self._crm_split()
        return self._crm_call_list(callable_people)

    def _crm_call_list(self, partners):
        """A call list of the mailing's campaign, filled; without a campaign the contacts alone."""
        if self.campaign_id:
            calls = self.env["crm.call.list"].create(
                {
                    "name": self.env._("Call instead of %(mailing)s", mailing=self.subject),
                    "campaign_id": self.campaign_id.id,
                    "company_id": self._crm_company().id,
                    "domain": repr([("id", "in", partners.ids)]),
                }
            )
            calls.action_fill()
            return calls.get_formview_action()
        return self._crm_open(self.env._("Call instead of %(mailing)s", mailing=self.subject), partners)

    def _crm_open(self, name, partners):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "res.partner",
            "views": [(self.env.ref("crm_marketing.res_partner_view_list_call").id, "list"), (False, "form")],
            "domain": [("id", "in", partners.ids)],
            "context": {"create": False},
        }
