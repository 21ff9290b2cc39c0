from odoo import api, fields, models


class CrmReassignmentLine(models.Model):
    """One record that changed hands."""

    _name = "crm.reassignment.line"
    _description = "Reassigned Record"
    _log_access = False
    _order = "id"

    reassignment_id = fields.Many2one("crm.reassignment", required=True, ondelete="cascade", index=True)
    model = fields.Char(required=True)
    kind = fields.Char(compute="_compute_kind")
    res_id = fields.Many2oneReference(string="Record", model_field="model", required=True)
    name = fields.Char()
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="set null", index="btree_not_null")
    to_user_id = fields.Many2one("res.users", string="To", required=True, ondelete="restrict")

    @api.depends("model")
    def _compute_kind(self):
        for line in self:
            line.kind = self.env[line.model]._description if line.model in self.env else line.model

    def action_open(self):
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": self.model, "res_id": self.res_id, "view_mode": "form"}
