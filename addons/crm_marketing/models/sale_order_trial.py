from odoo import api, fields, models


class SaleOrder(models.Model):
    """The reward that the customer has earned, and what it costs on this quotation."""

    _inherit = "sale.order"

    crm_reward_text = fields.Char("Reward", compute="_compute_crm_reward")
    crm_reward_cost = fields.Monetary("Cost of Reward", compute="_compute_crm_reward")

    @api.depends("order_line.crm_reward_id", "order_line.crm_reward_cost")
    def _compute_crm_reward(self):
        for order in self:
            rules = order.order_line.sudo().crm_reward_id
            order.crm_reward_cost = sum(order.order_line.mapped("crm_reward_cost"))
            order.crm_reward_text = False
            if rules:
                customer = order.partner_id.commercial_partner_id
                facts = rules.sudo()._facts(customer, order.company_id, order._crm_reward_day())
                order.crm_reward_text = "; ".join(rule._sentence(customer, facts) for rule in rules)

    def _crm_reward_day(self):
        """The day that the order counts for."""
        self.ensure_one()
        moment = self.date_order or fields.Datetime.now()
        return fields.Datetime.context_timestamp(self, moment).date()
