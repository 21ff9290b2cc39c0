from odoo import fields, models


class CrmCommissionObjection(models.TransientModel):
    """What a salesperson has against the own statement."""

    _name = "crm.commission.objection"
    _description = "Objection to a Commission Statement"
    _rec_name = "statement_id"

    statement_id = fields.Many2one("crm.commission.statement", "Commission Statement", required=True, readonly=True)
    reason = fields.Text("What is wrong?", required=True)

    def action_object(self):
        self.ensure_one()
        self.statement_id._object(self.reason)
        return {"type": "ir.actions.act_window_close"}
