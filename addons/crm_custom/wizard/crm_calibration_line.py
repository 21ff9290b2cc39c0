from odoo import fields, models


class CrmCalibrationLine(models.TransientModel):
    """One bin: what was promised and what came true, in percent."""

    _name = "crm.calibration.line"
    _description = "Bin of the Calibration"
    _order = "low"

    calibration_id = fields.Many2one("crm.calibration", required=True, index=True, ondelete="cascade")
    low = fields.Integer("From %")
    deals = fields.Integer()
    mean = fields.Float("Probability shown (%)", digits=(16, 1))
    actual = fields.Float("Won (%)", digits=(16, 1))
    gap = fields.Float("Difference", compute="_compute_gap", digits=(16, 1), help="+ = more won than shown.")

    def _compute_gap(self):
        for line in self:
            line.gap = line.actual - line.mean
