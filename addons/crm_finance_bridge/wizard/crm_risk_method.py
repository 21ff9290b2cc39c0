from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.crm_risk_check import METHODS


class CrmRiskMethod(models.TransientModel):
    """Choose the risk method of a legal entity with all of them and their checks in sight."""

    _name = "crm.risk.method"
    _description = "Choose the Risk Method"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company.root_id
    )
    method = fields.Selection(METHODS, required=True, default=lambda self: self._root().crm_risk_method)
    loss_given_default = fields.Float("Really Lost (%)", default=lambda self: self._root().crm_loss_given_default)
    check_ids = fields.Many2many("crm.risk.check", string="How Right They Were", compute="_compute_check_ids")

    @api.model
    def _root(self):
        return self.env.company.root_id.sudo()

    @api.depends("company_id")
    def _compute_check_ids(self):
        for wizard in self:
            wizard.check_ids = self.env["crm.risk.check"].search([("company_id", "=", wizard.company_id.id)])

    def action_apply(self):
        """Take the method at once; another share lost needs the losses anew."""
        self.ensure_one()
        self.env["crm.customer.risk"].check_access("read")
        if self.company_id not in self.env.companies.root_id:
            raise AccessError(self.env._("Switch to this company first."))
        root = self.company_id.sudo()
        changed = root.crm_loss_given_default != self.loss_given_default
        root.write({"crm_risk_method": self.method, "crm_loss_given_default": self.loss_given_default})
        risks = self.env["crm.customer.risk"].sudo()
        if changed:
            today = root._crm_credit_today()
            risks._process(root, today, self.env["crm.payment.history"].sudo()._bills(root, today))
        else:
            self.env.flush_all()
            risks._apply_method(root)
        return self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_customer_risk_action")
