from odoo import models

from ..tools.intervals import Attendance


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def _crm_attendances(self):
        """Return the working week as `Attendance` tuples, breaks left out; None (day and night) without a calendar.

        A calendar of flexible hours names no hours of the day, so that a promise on it runs day and night, too.
        """
        if not self or self.flexible_hours:
            return None
        return [
            Attendance(
                int(line.dayofweek),
                line.hour_from,
                line.hour_to,
                int(line.week_type) if self.two_weeks_calendar and line.week_type else None,
            )
            for line in self.attendance_ids
            if line.day_period != "lunch" and not line.display_type and (self.two_weeks_calendar or not line.week_type)
        ]
