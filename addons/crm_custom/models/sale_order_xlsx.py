from odoo import models


class SaleOrder(models.Model):
    """Quotation and order as an Excel workbook."""

    _name = "sale.order"
    _inherit = ["crm.xlsx.mixin", "sale.order"]  # the mixin first: its mail hook comes before mail.thread's

    def _crm_xlsx_kind(self):
        return self.env._("Order") if self.state == "sale" else self.env._("Quotation")

    def _crm_xlsx_facts(self):
        return [
            (self.env._("Customer"), self.partner_id.commercial_partner_id.name),
            (self.env._("Your Reference"), self.client_order_ref),
            (self.env._("Date"), self._crm_xlsx_day(self.date_order)),
            (self.env._("Expiration"), self._crm_xlsx_day(self.validity_date)),
            (self.env._("Delivery Date"), self._crm_xlsx_day(self.commitment_date)),
            (self.env._("Salesperson"), self.user_id.name),
            (self.env._("Payment Terms"), self.payment_term_id.name),
        ]

    def _crm_xlsx_templates(self):
        return ("sale.email_template_edi_sale", "sale.mail_template_sale_confirmation")

    def _crm_xlsx_wanted(self):
        return self.filtered(lambda order: order.company_id.sudo().crm_quotation_xlsx)
