from odoo import fields, models


class CrmMergeLogLine(models.Model):
    """Records of one kind that a merge moved from one customer to the other."""

    _name = "crm.merge.log.line"
    _description = "Records Moved by a Merge"
    _log_access = False
    _order = "count desc, id"

    log_id = fields.Many2one("crm.merge.log", required=True, ondelete="cascade", index=True)
    model = fields.Char(readonly=True)
    name = fields.Char(string="Records", readonly=True)
    count = fields.Integer(readonly=True)
    res_ids = fields.Json(readonly=True)

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.model,
            "view_mode": "list,form",
            "domain": [("id", "in", self.res_ids or [])],
            "context": {"create": False},
        }
