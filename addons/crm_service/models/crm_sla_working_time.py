from odoo import api, models
from odoo.tools import ormcache

from ..tools.intervals import WorkingTime


class CrmSlaPolicy(models.Model):
    _inherit = "crm.sla.policy"

    @api.model
    def _working_times(self, keys):
        """Return {(calendar, tz, company): WorkingTime}; the calendar may be empty: day and night."""
        return {key: self._working_time(key[0].id, key[1], key[2].id) for key in keys}

    @api.model
    @ormcache("calendar_id", "tz", "company_id")
    def _working_time(self, calendar_id, tz, company_id):
        """Return the working time of a calendar, kept until calendars change (see `resource.calendar`).

        Holidays are those of the calendar itself and those of the company that name no calendar.
        """
        calendar = self.env["resource.calendar"].sudo().browse(calendar_id)
        holidays = []
        if calendar:
            leaves = (
                self.env["resource.calendar.leaves"]
                .sudo()
                .search_fetch(
                    [
                        ("resource_id", "=", False),
                        ("time_type", "=", "leave"),
                        "|",
                        ("calendar_id", "=", calendar.id),
                        "&",
                        ("calendar_id", "=", False),
                        ("company_id", "in", [company_id, False]),
                    ],
                    ["date_from", "date_to"],
                )
            )
            holidays = [(leave.date_from, leave.date_to) for leave in leaves]
        return WorkingTime(calendar._crm_attendances(), holidays, tz)
