from odoo import models
from odoo.addons.crm_custom.tools import workbook
from odoo.fields import Domain
from odoo.tools import format_datetime, html2plaintext

FIELDS = (
    *("name", "function", "email", "phone", "website", "street", "street2", "zip", "city", "country_id", "vat", "lang"),
    *("user_id", "category_id", "comment", "crm_birthdate", "crm_occupation", "crm_family", "crm_education"),
    *("crm_personality", "crm_income", "crm_network", "crm_values"),
)


class ResPartner(models.Model):
    """What is known about one person, as a workbook."""

    _inherit = "res.partner"

    def action_crm_privacy_export(self):
        return self._crm_privacy_action("export")

    def action_crm_privacy_erase(self):
        return self._crm_privacy_action("erase")

    def _crm_privacy_action(self, kind):
        request = self.env["crm.privacy.request"]._ask(self, kind)
        return request.get_formview_action()

    def _crm_person_workbook(self):
        """Everything kept on the person, as bytes of an Excel workbook; text is never a formula."""
        self.ensure_one()
        rows = []
        for title, lines in self._crm_person_sections():
            rows += [title, *lines] if lines else [title, [self.env._("nothing kept"), "", ""]]
        columns = [(self.env._("What"), "text"), (self.env._("When"), "text"), (self.env._("Content"), "text")]
        return workbook.document_workbook(self.name or "", [], columns, rows, [])

    def _crm_person_sections(self):
        """[(title, [[what, when, content]])]; an addon adds its own records."""
        mails = Domain("email", "=", self.email_normalized) if self.email_normalized else Domain.FALSE
        numbers = Domain("sms_number", "=", self.phone_sanitized) if self.phone_sanitized else Domain.FALSE
        log = Domain("contact_id", "=", self.id) | Domain("partner_id", "=", self.id)
        mine = Domain("partner_id", "=", self.id)
        return [
            (self.env._("Contact data"), self._crm_person_data()),
            (
                self.env._("Consents"),
                self._crm_person_rows("crm.consent", mine, "date", lambda row: f"{row.display_name} {row.proof or ''}"),
            ),
            (
                self.env._("Contacts"),
                self._crm_person_rows(
                    "crm.contact.log", log, "date", lambda row: f"{row.subject} {html2plaintext(row.content or '')}"
                ),
            ),
            (
                self.env._("Mailings"),
                self._crm_person_rows(
                    "mailing.trace", mails | numbers, "create_date", lambda row: row.mass_mailing_id.subject
                ),
            ),
            (
                self.env._("Opportunities"),
                self._crm_person_rows("crm.lead", mine, "create_date", lambda row: row.email_from),
            ),
            (
                self.env._("Orders"),
                self._crm_person_rows("sale.order", mine, "date_order", lambda row: str(row.amount_total)),
            ),
            (
                self.env._("Invoices"),
                self._crm_person_rows("account.move", mine, "invoice_date", lambda row: str(row.amount_total)),
            ),
        ]

    def _crm_person_data(self):
        rows = []
        for name in FIELDS:
            field = self._fields[name]
            value = self[name]
            text = ", ".join(value.mapped("display_name")) if field.relational else value
            if text:
                rows.append([field._description_string(self.env), "", html2plaintext(str(text))])
        return rows

    def _crm_person_rows(self, model, domain, date, content):
        records = self.env[model].with_context(active_test=False).search(domain)
        labels = {record.id: record.display_name for record in records}
        is_day = records._fields[date].type == "date"
        return [
            [
                labels[record.id],
                str(record[date] or "") if is_day else format_datetime(self.env, record[date]),
                (content(record) or "").strip(),
            ]
            for record in records
        ]
