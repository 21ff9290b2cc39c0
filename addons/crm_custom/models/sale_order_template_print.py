from odoo import fields, models


class SaleOrderTemplate(models.Model):
    """The company's own words and pictures on the printed quotation, edited on the template, without code."""

    _inherit = "sale.order.template"

    crm_print_title = fields.Char("Printed Title", translate=True, help="In place of 'Quotation' on the print.")
    crm_print_intro = fields.Html("Before the Lines", translate=True, sanitize=True)
    crm_print_closing = fields.Html("After the Totals", translate=True, sanitize=True)
