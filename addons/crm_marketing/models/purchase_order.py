from odoo import api, fields, models


class PurchaseOrder(models.Model):
    """An order may be for a campaign: approved, it is a commitment of the campaign's budget until it is billed."""

    _inherit = "purchase.order"

    campaign_id = fields.Many2one(
        "utm.campaign",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('company_id', 'in', [False, company_id])]",
        help="The campaign that this order is spent on; each line may have another.",
    )
    campaign_warning = fields.Text(compute="_compute_campaign_warning", compute_sudo=True)

    @api.depends("order_line.campaign_id", "order_line.price_subtotal", "state", "company_id")
    def _compute_campaign_warning(self):
        """What approving this order does to the budgets of its campaigns."""
        for order in self:
            verdicts = (
                self.env["utm.campaign"]._judge_commitments(order.company_id, order._campaign_amounts())
                if order.state in ("draft", "sent", "to approve") and order.order_line.campaign_id
                else []
            )
            order.campaign_warning = "\n".join(sentence for _campaign, _decision, sentence in verdicts)

    @api.onchange("campaign_id")
    def _onchange_campaign_id_lines(self):
        """The campaign of the order goes to the lines that had none, or had the order's former one."""
        former = self._origin.campaign_id
        for line in self.order_line:
            if not line.display_type and (not line.campaign_id or line.campaign_id._origin == former):
                line.campaign_id = self.campaign_id

    def _campaign_amounts(self):
        """Return {campaign: untaxed money of these orders' lines} in company currency."""
        amounts = {}
        for line in self.order_line.filtered("campaign_id"):
            campaign = line.campaign_id._origin
            amounts[campaign] = amounts.get(campaign, 0.0) + line.price_subtotal / (line.order_id.currency_rate or 1.0)
        return amounts

    def button_approve(self, force=False):
        """An order that would overspend a campaign is stopped, or its owner is told: the company says which."""
        for order in self.filtered(lambda order: order._approval_allowed()):
            self.env["utm.campaign"]._commit_budget(order.company_id, order._campaign_amounts(), order.display_name)
        return super().button_approve(force=force)
