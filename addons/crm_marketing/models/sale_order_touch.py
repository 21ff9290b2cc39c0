from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# An order from the portal follows from a web form sent so many days before, at most.
FORM_DAYS = 90


class SaleOrder(models.Model):
    """The call, and the web form, that an order came from."""

    _inherit = "sale.order"

    crm_call_line_id = fields.Many2one(
        "crm.call.line", "Call", index="btree_not_null", ondelete="set null", readonly=True, copy=False
    )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered("crm_portal_cart")._link_web_form()
        return orders

    def action_confirm(self):
        """Customers who sign, pay or order online themselves: link the lead of their form, if it is not yet."""
        self.filtered(lambda order: order.crm_channel == "online" or order.signed_on)._link_web_form()
        return super().action_confirm()

    def _link_web_form(self):
        """Give portal orders without an opportunity the newest lead of a web form of the same customer.

        Campaign, medium and source follow where the order has none; the lead learns who its customer is.
        """
        for order in self.filtered(lambda order: not order.opportunity_id).sudo():
            lead = order._web_form_lead(fields.Datetime.now())
            if not lead:
                continue
            values = {name: lead[name].id for name in ("campaign_id", "medium_id", "source_id") if not order[name]}
            order.write({"opportunity_id": lead.id, **values})
            if not lead.partner_id:
                lead.partner_id = order.partner_id

    def _web_form_lead(self, now):
        customer = self.partner_id.commercial_partner_id
        addresses = {customer.email_normalized, self.partner_id.email_normalized} - {False}
        same = Domain("partner_id", "child_of", customer.ids) | Domain("email", "in", list(addresses))
        entries = self.env["crm.web.form.entry"].search(
            same
            & Domain("company_id", "=", self.company_id.id)
            & Domain("date", ">=", now - timedelta(days=FORM_DAYS))
            & Domain("lead_id.active", "=", True)
            & Domain("lead_id.won_status", "=", "pending"),
            order="date desc, id desc",
            limit=1,
        )
        return entries.lead_id
