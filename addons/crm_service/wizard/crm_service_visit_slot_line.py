from odoo import fields, models
from odoo.exceptions import UserError


class CrmServiceVisitSlotLine(models.TransientModel):
    _name = "crm.service.visit.slot.line"
    _description = "Free Time of a Technician"
    _order = "start, id"

    wizard_id = fields.Many2one("crm.service.visit.slot", required=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Technician", required=True, ondelete="cascade")
    start = fields.Datetime(required=True)
    travel_minutes = fields.Integer("Travel Before")

    def action_choose(self):
        """Plan the job for this technician and time; somebody may have been quicker."""
        self.ensure_one()
        visit = self.wizard_id.visit_id
        if visit.state != "planned":
            raise UserError(self.env._("%(visit)s is no longer planned.", visit=visit.display_name))
        visit.write({"user_id": self.user_id.id, "start": self.start, "stop": self.start + (visit.stop - visit.start)})
        return {"type": "ir.actions.act_window_close"}
