from datetime import timedelta

from odoo import api, fields, models


class CrmCreditRelease(models.TransientModel):
    """Asks the releaser for a reason and the last day of the release."""

    _name = "crm.credit.release"
    _description = "Release an Order from Credit Hold"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    message = fields.Text("Credit Message", compute="_compute_message")
    currency_id = fields.Many2one(related="order_id.company_id.currency_id")
    amount = fields.Monetary(
        "Up To",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="Order total, tax included, in company currency. More than its total releases a change to come.",
    )
    reason = fields.Text(required=True)
    date_expiry = fields.Date(
        "Valid Until", required=True, compute="_compute_date_expiry", store=True, readonly=False, precompute=True
    )

    def _readable_order(self):
        """The order, if the user may read it: a form may name any."""
        order = self.order_id._origin.sudo(False)
        return order if order.has_access("read") else order.browse()

    @api.depends("order_id")
    def _compute_message(self):
        for wizard in self:
            wizard.message = wizard._readable_order().credit_message

    @api.depends("order_id")
    def _compute_amount(self):
        for wizard in self:
            order = wizard._readable_order()
            wizard.amount = float(order._credit_amount()) if order else 0.0

    @api.depends("order_id")
    def _compute_date_expiry(self):
        for wizard in self:
            company = wizard.order_id.company_id or self.env.company
            wizard.date_expiry = company._crm_credit_today() + timedelta(days=company.crm_credit_release_days)

    def action_release(self):
        for wizard in self:
            wizard.order_id._credit_grant(wizard.reason, wizard.date_expiry, wizard.amount)
        return {"type": "ir.actions.act_window_close"}
