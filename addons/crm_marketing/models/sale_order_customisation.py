from odoo import api, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """A quotation takes the price list and the promotions that are agreed with its customer alone."""

    _inherit = "sale.order"

    def _customisations(self):
        """{order: terms in force}, one query a company."""
        result = {}
        for company, orders in self.grouped("company_id").items():
            terms = self.env["crm.customisation"]._for_customers(orders.partner_id, company or self.env.company)
            nothing = self.env["crm.customisation"].sudo()
            result.update({order: terms.get(order.partner_id.commercial_partner_id, nothing) for order in orders})
        return result

    @api.depends("partner_id", "company_id")
    def _compute_pricelist_id(self):
        super()._compute_pricelist_id()
        if not self.env["res.groups"]._is_feature_enabled("product.group_product_pricelist"):
            return
        drafts = self.filtered(lambda order: order.state == "draft" and order.partner_id)
        for order, terms in drafts._customisations().items():
            if terms.pricelist_id.active:
                order.pricelist_id = terms.pricelist_id

    def _foreign_programs(self):
        """Ids of the programs that are kept for other customers than this order's."""
        self.ensure_one()
        terms = self.env["crm.customisation"].sudo()
        company = self.company_id or self.env.company
        kept = terms.search(terms._in_force_domain(company) & Domain("program_ids", "!=", False)).program_ids
        return (kept - self._customisations()[self].program_ids).ids

    def _get_program_domain(self):
        return Domain.AND([super()._get_program_domain(), [("id", "not in", self._foreign_programs())]])

    def _get_trigger_domain(self):
        return Domain.AND([super()._get_trigger_domain(), [("program_id", "not in", self._foreign_programs())]])
