from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSegmentPick(models.TransientModel):
    """Put the selected customers into a segment by hand."""

    _name = "crm.segment.pick"
    _description = "Put into a Segment"

    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)
    partner_count = fields.Integer(compute="_compute_partner_count")
    segment_id = fields.Many2one("crm.segment")
    name = fields.Char("New Segment", help="Without a segment chosen above, one is made with this name.")
    reason = fields.Char("Why")

    @api.depends("partner_ids")
    def _compute_partner_count(self):
        for wizard in self:
            wizard.partner_count = len(wizard.partner_ids)

    @api.model
    def default_get(self, fields):
        vals = super().default_get(fields)
        if "partner_ids" in fields and not vals.get("partner_ids"):
            vals["partner_ids"] = self._selected_partners().ids
        return vals

    @api.model
    def _selected_partners(self):
        """Customers of the selected rows: partners themselves, or whatever has a partner."""
        model = self.env.context.get("active_model") or "res.partner"
        records = self.env[model].browse(self.env.context.get("active_ids", []))
        return records if model == "res.partner" else records.partner_id

    def action_pick(self):
        self.ensure_one()
        segment = self.segment_id
        if not segment:
            if not (self.name or "").strip():
                raise UserError(self.env._("Choose a segment, or name a new one."))
            # Nobody by rule: only those who are put in.
            segment = segment.create({"name": self.name.strip(), "domain": "[('id', '=', False)]"})
        segment._pick(self.partner_ids, self.reason)
        return segment.get_formview_action()
