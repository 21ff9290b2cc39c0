from odoo import api, fields, models


class CrmDuplicateMergeLine(models.TransientModel):
    """One field in which the two records differ."""

    _name = "crm.duplicate.merge.line"
    _description = "Field of Two Customers"
    _order = "id"

    wizard_id = fields.Many2one("crm.duplicate.merge", required=True, ondelete="cascade", index=True)
    field_name = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Field", compute="_compute_label")
    value_a = fields.Char(string="First", readonly=True)
    value_b = fields.Char(string="Second", readonly=True)
    choice = fields.Selection([("a", "First"), ("b", "Second")], string="Keep", required=True, default="a")

    @api.depends("field_name")
    def _compute_label(self):
        labels = self.env["res.partner"].fields_get(self.mapped("field_name"), ["string"])
        for line in self:
            line.label = labels.get(line.field_name, {}).get("string", line.field_name)
