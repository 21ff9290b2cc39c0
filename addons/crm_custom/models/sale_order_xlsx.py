import base64

from odoo import models
from odoo.tools import format_date

from ..tools import workbook

TEMPLATES = ("sale.email_template_edi_sale", "sale.mail_template_sale_confirmation")


class SaleOrder(models.Model):
    """Quotation and order as an Excel workbook: lines and totals are those of the record, to the cent."""

    _inherit = "sale.order"

    def action_crm_xlsx(self):
        """Download the workbook."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/crm/xlsx/sale/{self.id}", "target": "download"}

    def _crm_xlsx_name(self):
        return f"{(self.name or '').replace('/', '_')}.xlsx"

    def _crm_xlsx(self):
        """Workbook as bytes, in the customer's language."""
        self.ensure_one()
        order = self.with_context(lang=self.partner_id.lang or self.env.lang)
        kind = self.env._("Order") if order.state == "sale" else self.env._("Quotation")
        currency = order.currency_id
        totals = [
            (order.env._("Untaxed Amount"), order.amount_untaxed),
            (order.env._("Taxes"), order.amount_tax),
            (f"{order.env._('Total')} ({currency.name})", order.amount_total),
        ]
        return workbook.document_workbook(
            f"{kind} {order.name}",
            order._crm_xlsx_facts(),
            order._crm_xlsx_columns(),
            [line._crm_xlsx_row() for line in order.order_line],
            totals,
            currency.decimal_places,
        )

    def _crm_xlsx_facts(self):
        facts = [
            (self.env._("Customer"), self.partner_id.commercial_partner_id.name),
            (self.env._("Your Reference"), self.client_order_ref),
            (self.env._("Date"), format_date(self.env, self.date_order)),
            (self.env._("Expiration"), format_date(self.env, self.validity_date)),
            (self.env._("Delivery Date"), format_date(self.env, self.commitment_date)),
            (self.env._("Salesperson"), self.user_id.name),
            (self.env._("Payment Terms"), self.payment_term_id.name),
        ]
        return [(label, text) for label, text in facts if text]

    def _crm_xlsx_columns(self):
        return [
            (self.env._("Product"), "text"),
            (self.env._("Description"), "text"),
            (self.env._("Quantity"), "number"),
            (self.env._("Unit"), "text"),
            (self.env._("Unit Price"), "number"),
            (self.env._("Discount %"), "percent"),
            (self.env._("Amount"), "money"),
        ]

    def _process_attachments_for_template_post(self, mail_template):
        """The workbook goes with the e-mail of the ordinary Send button, where the company wants it."""
        result = super()._process_attachments_for_template_post(mail_template)
        own = {self.env.ref(name, raise_if_not_found=False) for name in TEMPLATES}
        if mail_template in own:
            for order in self.filtered("company_id.crm_quotation_xlsx"):
                entry = result.setdefault(order.id, {})
                content = base64.b64encode(order._crm_xlsx())
                entry.setdefault("attachments", []).append((order._crm_xlsx_name(), content))
        return result
