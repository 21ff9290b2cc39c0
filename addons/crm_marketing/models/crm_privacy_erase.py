from odoo import models
from odoo.addons.crm_custom.models.crm_consent import CONSENT_CHANNELS
from odoo.addons.crm_custom.models.crm_consent_text import PURPOSES
from odoo.exceptions import UserError
from odoo.fields import Domain

# Emptied on the contact; name and postal address stay where posted documents must be kept.
PERSONAL = (
    *("email", "phone", "website", "function", "comment", "image_1920", "crm_birthdate", "crm_occupation"),
    *("crm_family", "crm_personality", "crm_income", "crm_network", "crm_values", "crm_source_note", "crm_education"),
)
POSTAL = ("street", "street2", "zip", "city", "vat")


class ResPartner(models.Model):
    """Forget a person: what identifies it goes from contact, mailings, notes and logs; documents and refusals stay."""

    _inherit = "res.partner"

    def _crm_erase_person(self):
        """Erase this contact (sudo); returns what was done in words. All or nothing, in one transaction."""
        self.ensure_one()
        self._crm_check_erasable()
        known = self.env["crm.consent"].search([("partner_id", "=", self.id)]).mapped("address")
        addresses = [address for address in {*known, self.email_normalized, self.phone_sanitized} if address]
        self._crm_refuse_everything(addresses)
        done = [
            (self.env._("notes and messages"), self._crm_erase_messages()),
            (self.env._("contacts made"), self._crm_erase_log()),
            (self.env._("mailing contacts and traces"), self._crm_erase_mailings(addresses)),
            (self.env._("opportunities"), self._crm_erase_leads()),
            (self.env._("other records"), self._crm_erase_more()),
        ]
        kept = self._crm_kept_documents()
        self._crm_erase_fields(kept)
        lines = [self.env._("%(number)s %(what)s", number=number, what=what) for what, number in done if number]
        if kept:
            lines.append(
                self.env._("Name and postal address stay: %(number)s posted documents must be kept.", number=kept)
            )
        lines.append(self.env._("The address stays on the list of those who refuse, so that it is not used again."))
        return "\n".join(lines)

    def _crm_refuse_everything(self, addresses):
        """No purpose by any channel, for the person and for every address that it ever decided with."""
        ledger, note = self.env["crm.consent"], self.env._("Person erased")
        refusals = {(purpose, channel): False for purpose, _p in PURPOSES for channel, _c in CONSENT_CHANNELS}
        ledger._decide(self, refusals, source="staff", note=note)
        ledger.create(
            [
                {
                    "address": address,
                    "purpose": purpose,
                    "channel": channel,
                    "state": "refused",
                    "source": "staff",
                    "note": note,
                }
                for address in addresses
                for purpose, _name in PURPOSES
                for channel in (("email",) if "@" in address else ("sms", "call"))
            ]
        )

    def _crm_check_erasable(self):
        if self.with_context(active_test=False).user_ids.filtered(lambda user: not user.share):
            raise UserError(self.env._("%(contact)s is a colleague.", contact=self.display_name))
        if self.env["res.company"].search_count([("partner_id", "=", self.id)], limit=1):
            raise UserError(self.env._("%(contact)s is one of our companies.", contact=self.display_name))
        owing = Domain("state", "=", "posted") & Domain("payment_state", "in", ("not_paid", "partial", "in_payment"))
        open_moves = self.env["account.move"].search_count(
            Domain("partner_id", "=", self.id) & owing & Domain("move_type", "in", ("out_invoice", "out_refund"))
        )
        open_orders = self.env["sale.order"].search_count(
            [("partner_id", "=", self.id), ("state", "=", "sale"), ("invoice_status", "=", "to invoice")]
        )
        if open_moves or open_orders:
            raise UserError(
                self.env._(
                    "%(contact)s has %(invoices)s open invoices and %(orders)s orders to invoice: settle them first.",
                    contact=self.display_name,
                    invoices=open_moves,
                    orders=open_orders,
                )
            )

    def _crm_kept_documents(self):
        return self.env["account.move"].search_count([("partner_id", "=", self.id), ("state", "=", "posted")])

    def _crm_erase_messages(self):
        messages = self.env["mail.message"].search([("model", "=", "res.partner"), ("res_id", "=", self.id)])
        self.env["mail.tracking.value"].search([("mail_message_id", "in", messages.ids)]).unlink()
        number = len(messages)
        messages.unlink()
        return number

    def _crm_erase_log(self):
        log = self.env["crm.contact.log"].search(
            Domain("contact_id", "=", self.id) | Domain("partner_id", "=", self.id)
        )
        log.write({"subject": self.env._("Erased"), "content": False})
        return len(log)

    def _crm_erase_mailings(self, addresses):
        """Under every address that the person has, or decided with."""
        contacts = self.env["mailing.contact"].search([("email_normalized", "in", addresses)])
        traces = self.env["mailing.trace"].search(
            Domain("email", "in", addresses) | Domain("sms_number", "in", addresses)
        )
        traces.write({"email": False, "sms_number": False})
        total = len(contacts) + len(traces)
        contacts.unlink()
        return total

    def _crm_erase_leads(self):
        leads = self.env["crm.lead"].with_context(active_test=False).search([("partner_id", "=", self.id)])
        leads.with_context(tracking_disable=True).write(
            {"contact_name": False, "email_from": False, "phone": False, "description": False, "partner_id": False}
        )
        return len(leads)

    def _crm_erase_more(self):
        """Satellites of the person; an addon adds its own and counts them."""
        number = 0
        for name in ("crm.contact.preference", "crm.contact.habit", "crm.partner.phone"):
            records = self.env[name].search([("partner_id", "=", self.id)])
            number += len(records)
            records.unlink()
        requests = self.env["crm.partner.request"].search([("partner_id", "=", self.id)])
        requests.write({"old_value": False, "new_value": False})
        touches = self.env["crm.touch"].search([("contact_id", "=", self.id)])
        touches.write({"contact_id": False, "email": False})
        consents = self.env["crm.consent"].search([("partner_id", "=", self.id)])
        consents._amend({"proof": False, "note": False})
        return number + len(requests) + len(touches)

    def _crm_erase_fields(self, kept):
        users = self.with_context(active_test=False).user_ids
        for user in users:
            user.write({"active": False, "login": f"erased-{user.id}"})
        values = dict.fromkeys(PERSONAL, False)
        if not kept:
            values |= dict.fromkeys(POSTAL, False) | {"name": self.env._("Erased contact %(number)s", number=self.id)}
        silent = self.with_context(tracking_disable=True, mail_notrack=True, no_vat_validation=True)
        silent.write(values | {"active": False})
        self.env["crm.privacy.request"].search([("partner_id", "=", self.id)]).write({"name": self.display_name})
