import base64

from odoo import models
from odoo.tools import format_date

from ..tools import workbook


class CrmXlsxMixin(models.AbstractModel):
    """A document as an Excel workbook: downloaded from it, or attached to the mail of the ordinary Send button.

    The lines and totals are those of the record, in its currency, to the cent. The document says its kind, its facts,
    its columns and rows, its mail templates and the company's switch.
    """

    _name = "crm.xlsx.mixin"
    _description = "Document as an Excel Workbook"

    def action_crm_xlsx(self):
        """Download the workbook."""
        self.ensure_one()
        kind = self._name.removesuffix(".order")
        return {"type": "ir.actions.act_url", "url": f"/crm/xlsx/{kind}/{self.id}", "target": "download"}

    def _crm_xlsx_name(self):
        return f"{(self.name or '').replace('/', '_')}.xlsx"

    def _crm_xlsx(self):
        """Workbook as bytes, in the partner's language."""
        self.ensure_one()
        order = self.with_context(lang=self.partner_id.lang or self.env.lang)
        currency = order.currency_id
        return workbook.document_workbook(
            f"{order._crm_xlsx_kind()} {order.name}",
            [(label, text) for label, text in order._crm_xlsx_facts() if text],
            order._crm_xlsx_columns(),
            [line._crm_xlsx_row() for line in order.order_line],
            [
                (order.env._("Untaxed Amount"), order.amount_untaxed),
                (order.env._("Taxes"), order.amount_tax),
                (f"{order.env._('Total')} ({currency.name})", order.amount_total),
            ],
            currency.decimal_places,
        )

    def _crm_xlsx_columns(self):
        """[(title, format of tools/workbook)]; a document adds its own in between."""
        return [
            (self.env._("Product"), "text"),
            (self.env._("Description"), "text"),
            (self.env._("Quantity"), "number"),
            (self.env._("Unit"), "text"),
            (self.env._("Unit Price"), "number"),
            (self.env._("Discount %"), "percent"),
            (self.env._("Amount"), "money"),
        ]

    def _crm_xlsx_day(self, date):
        return format_date(self.env, date) if date else ""

    def _crm_xlsx_templates(self):
        """Xml ids of the mail templates that the workbook goes with."""
        return ()

    def _crm_xlsx_wanted(self):
        """Return the documents of companies that want the workbook attached."""
        return self.browse()

    def _process_attachments_for_template_post(self, mail_template):
        result = super()._process_attachments_for_template_post(mail_template)
        if mail_template in {self.env.ref(name, raise_if_not_found=False) for name in self._crm_xlsx_templates()}:
            for document in self._crm_xlsx_wanted():
                content = base64.b64encode(document._crm_xlsx())
                entry = result.setdefault(document.id, {})
                entry.setdefault("attachments", []).append((document._crm_xlsx_name(), content))
        return result
