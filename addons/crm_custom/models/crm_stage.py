from odoo import api, fields, models


class CrmStage(models.Model):
    """Gates of a stage; a new order of the stages moves the furthest stage of the deals with it."""

    _inherit = "crm.stage"

    gate_ids = fields.One2many("crm.stage.gate", "stage_id", string="Gates")

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    @api.ondelete(at_uninstall=True)
    def _forget_line(self):
        self.env.registry.clear_cache()

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        if {"sequence", "is_won"} & vals.keys():
            self.flush_model(["sequence", "is_won"])
            self.env["crm.stage.history"].sudo()._raise_max_stage()
        return result
