from odoo import Command, api, fields, models

OFFERED = 12  # free times shown at once


class CrmServiceVisitSlot(models.TransientModel):
    """Free times of technicians for one job, to choose one."""

    _name = "crm.service.visit.slot"
    _description = "Free Times of Technicians"

    visit_id = fields.Many2one("crm.service.visit", required=True, ondelete="cascade")
    line_ids = fields.One2many("crm.service.visit.slot.line", "wizard_id", "Free Times")

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        for wizard in wizards:
            visit = wizard.visit_id
            wizard.line_ids = [
                Command.create({"start": start, "user_id": user.id, "travel_minutes": visit.travel_minutes})
                for start, user in visit._free_slots(fields.Datetime.now())[:OFFERED]
            ]
        return wizards
