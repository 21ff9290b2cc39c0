from odoo import models


class PurchaseOrder(models.Model):
    """Purchase order as an Excel workbook, downloaded or sent to the vendor beside the PDF."""

    _name = "purchase.order"
    _inherit = ["crm.xlsx.mixin", "purchase.order"]  # the mixin first: its mail hook comes before mail.thread's

    def _crm_xlsx_kind(self):
        return self.env._("Purchase Order") if self.state == "purchase" else self.env._("Request for Quotation")

    def _crm_xlsx_facts(self):
        return [
            (self.env._("Vendor"), self.partner_id.commercial_partner_id.name),
            (self.env._("Your Reference"), self.partner_ref),
            (self.env._("Date"), self._crm_xlsx_day(self.date_order)),
            (self.env._("Expected Arrival"), self._crm_xlsx_day(self.date_planned)),
            (self.env._("Buyer"), self.user_id.name),
            (self.env._("Payment Terms"), self.payment_term_id.name),
        ]

    def _crm_xlsx_columns(self):
        columns = super()._crm_xlsx_columns()
        return [*columns[:2], (self.env._("Expected Arrival"), "text"), *columns[2:]]

    def _crm_xlsx_templates(self):
        return ("purchase.email_template_edi_purchase", "purchase.email_template_edi_purchase_done")

    def _crm_xlsx_wanted(self):
        return self.filtered("company_id.crm_purchase_xlsx")
