from odoo import fields, models


class CrmStage(models.Model):
    """Gates of a stage; a new order of the stages moves the furthest stage of the deals with it."""

    _inherit = "crm.stage"

    gate_ids = fields.One2many("crm.stage.gate", "stage_id", string="Gates")

    def write(self, vals):
        result = super().write(vals)
        if {"sequence", "is_won"} & vals.keys():
            self.flush_model(["sequence", "is_won"])
            self.env["crm.stage.history"].sudo()._raise_max_stage()
        return result
