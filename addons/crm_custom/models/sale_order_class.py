from odoo import api, fields, models


class SaleOrder(models.Model):
    """A new quotation takes the terms of the customer's class; a choice by hand stays, as in Odoo."""

    _inherit = "sale.order"

    class_policy_id = fields.Many2one(
        "crm.customer.class.policy",
        compute="_compute_class_policy_id",
        compute_sudo=True,
        help="What the class of this customer is given today.",
    )

    def _class_policies(self):
        """{order: policy} by the order's company; one pass a company."""
        result = {}
        for company, orders in self.grouped("company_id").items():
            found = self.env["crm.customer.class.policy"]._for_partners(orders.partner_id, company or self.env.company)
            result.update({order: found.get(order.partner_id.id) for order in orders})
        return result

    @api.depends("partner_id", "company_id")
    def _compute_class_policy_id(self):
        policies = self._class_policies()
        for order in self:
            order.class_policy_id = policies[order]

    @api.depends("partner_id", "company_id")
    def _compute_pricelist_id(self):
        """The class's price list for a customer without one of its own."""
        super()._compute_pricelist_id()
        if not self.env["res.groups"]._is_feature_enabled("product.group_product_pricelist"):
            return
        drafts = self.filtered(lambda order: order.state == "draft" and order.partner_id)
        for order, policy in drafts._class_policies().items():
            customer = order.partner_id.with_company(order.company_id)
            if policy and policy.pricelist_id.active and not customer.specific_property_product_pricelist:
                order.pricelist_id = policy.pricelist_id

    @api.depends("partner_id")
    def _compute_payment_term_id(self):
        """The class's payment term for a customer without one of its own."""
        result = super()._compute_payment_term_id()
        open_orders = self.filtered(lambda order: order.partner_id and not order.payment_term_id)
        for order, policy in open_orders._class_policies().items():
            if policy and policy.payment_term_id.active:
                order.payment_term_id = policy.payment_term_id
        return result
