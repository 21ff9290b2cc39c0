from datetime import timedelta

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_dunning_mode = fields.Selection(
        [
            ("off", "By hand only"),
            ("preview", "Prepare each day"),
            ("send", "Prepare and send each day"),
        ],
        string="Reminder Runs",
        default="off",
        required=True,
        help="What the daily job does about overdue customers.",
        prefetch="crm",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["crm.dunning.strategy"]._create_defaults(companies.filtered(lambda company: not company.parent_id))
        return companies

    def _crm_dunning_is_working(self):
        """A function of a day: whether the company works, by its calendar and its public holidays."""
        self.ensure_one()
        calendar = self.sudo().resource_calendar_id
        weekdays = {int(line.dayofweek) for line in calendar.attendance_ids} or set(range(5))
        off = set()
        for leave in calendar.global_leave_ids:
            start = fields.Datetime.context_timestamp(calendar.with_context(tz=calendar.tz), leave.date_from)
            stop = fields.Datetime.context_timestamp(calendar.with_context(tz=calendar.tz), leave.date_to)
            off |= {start.date() + timedelta(days=step) for step in range((stop.date() - start.date()).days + 1)}
        return lambda day: day.weekday() in weekdays and day not in off
