from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CrmCommissionCompute(models.TransientModel):
    """Computes the commission until a month, at once instead of in the night."""

    _name = "crm.commission.compute"
    _description = "Compute Commission"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    until = fields.Date(
        "Until Month of",
        required=True,
        default=lambda self: self.env.company._crm_credit_today(),
        help="Any day in it.",
    )

    def action_run(self):
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Switch to this company first."))
        if not self.env["crm.commission.plan"]._in_effect(self.company_id):
            raise UserError(self.env._("No plan is in force: make one and put it in force first."))
        if self.until.replace(day=1) > self.company_id._crm_credit_today():
            raise UserError(self.env._("This month has not begun."))
        self.env["crm.commission.run"]._run(self.company_id, self.until)
        return self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_commission_statement_action")
