import base64

from odoo import models
from odoo.tools import format_date

from ..tools import workbook

TEMPLATES = ("purchase.email_template_edi_purchase", "purchase.email_template_edi_purchase_done")


class PurchaseOrder(models.Model):
    """Purchase order as an Excel workbook, downloaded or sent to the vendor beside the PDF."""

    _inherit = "purchase.order"

    def action_crm_xlsx(self):
        """Download the workbook."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/crm/xlsx/purchase/{self.id}", "target": "download"}

    def _crm_xlsx_name(self):
        return f"{(self.name or '').replace('/', '_')}.xlsx"

    def _crm_xlsx(self):
        """Workbook as bytes, in the vendor's language."""
        self.ensure_one()
        order = self.with_context(lang=self.partner_id.lang or self.env.lang)
        kind = self.env._("Purchase Order") if order.state == "purchase" else self.env._("Request for Quotation")
        currency = order.currency_id
        facts = [
            (order.env._("Vendor"), order.partner_id.commercial_partner_id.name),
            (order.env._("Your Reference"), order.partner_ref),
            (order.env._("Date"), format_date(order.env, order.date_order)),
            (order.env._("Expected Arrival"), format_date(order.env, order.date_planned)),
            (order.env._("Buyer"), order.user_id.name),
            (order.env._("Payment Terms"), order.payment_term_id.name),
        ]
        totals = [
            (order.env._("Untaxed Amount"), order.amount_untaxed),
            (order.env._("Taxes"), order.amount_tax),
            (f"{order.env._('Total')} ({currency.name})", order.amount_total),
        ]
        return workbook.document_workbook(
            f"{kind} {order.name}",
            [(label, text) for label, text in facts if text],
            order._crm_xlsx_columns(),
            [order._crm_xlsx_row(line) for line in order.order_line],
            totals,
            currency.decimal_places,
        )

    def _crm_xlsx_columns(self):
        return [
            (self.env._("Product"), "text"),
            (self.env._("Description"), "text"),
            (self.env._("Expected Arrival"), "text"),
            (self.env._("Quantity"), "number"),
            (self.env._("Unit"), "text"),
            (self.env._("Unit Price"), "number"),
            (self.env._("Discount %"), "percent"),
            (self.env._("Amount"), "money"),
        ]

    def _crm_xlsx_row(self, line):
        if line.display_type:
            return line.name or ""
        return [
            line.product_id.default_code or line.product_id.name or "",
            line.name,
            format_date(self.env, line.date_planned) if line.date_planned else "",
            line.product_qty,
            line.product_uom_id.name,
            line.price_unit,
            line.discount,
            line.price_subtotal,
        ]

    def _process_attachments_for_template_post(self, mail_template):
        """The workbook goes with the e-mail of the ordinary Send button."""
        result = super()._process_attachments_for_template_post(mail_template)
        own = {self.env.ref(name, raise_if_not_found=False) for name in TEMPLATES}
        if mail_template in own:
            for order in self.filtered("company_id.crm_purchase_xlsx"):
                entry = result.setdefault(order.id, {})
                content = base64.b64encode(order._crm_xlsx())
                entry.setdefault("attachments", []).append((order._crm_xlsx_name(), content))
        return result
