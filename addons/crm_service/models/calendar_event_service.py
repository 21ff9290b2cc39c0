from odoo import api, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model
    def _get_activity_excluded_models(self):
        """A job is its own plan: no activity beside it."""
        return [*super()._get_activity_excluded_models(), "crm.service.visit"]

    def write(self, vals):
        """An appointment that is moved moves its job, which may be refused."""
        result = super().write(vals)
        if vals.keys() & {"start", "stop"} and not self.env.context.get("crm_visit_to_event"):
            visits = self.env["crm.service.visit"].sudo().search([("event_id", "in", self.ids)])
            for visit in visits.with_context(crm_visit_from_event=True):
                event = visit.event_id
                if event.stop > event.start and (visit.start, visit.stop) != (event.start, event.stop):
                    visit.write({"start": event.start, "stop": event.stop})
        return result
