from odoo import api, fields, models
from odoo.fields import Command


class CalendarEvent(models.Model):
    """Appointments of sales: visit, call or meeting; each with a reminder, and tied to the visit it belongs to."""

    _inherit = "calendar.event"

    crm_kind = fields.Selection(
        [("meeting", "Meeting"), ("visit", "Visit"), ("call", "Call")],
        string="Kind",
        default="meeting",
        required=True,
    )
    crm_visit_ids = fields.One2many("crm.visit", "event_id", string="Visit")

    crm_overlap_text = fields.Char(string="Overlaps", compute="_compute_crm_overlap_text")

    @api.depends("unavailable_partner_ids")
    @api.depends_context("lang")
    def _compute_crm_overlap_text(self):
        """Who of the attendees is busy elsewhere at the same time: Odoo knows it, here it is said aloud."""
        for event in self:
            people = event.unavailable_partner_ids if event.show_as == "busy" and not event.allday else []
            event.crm_overlap_text = (
                self.env._(
                    "Overlaps with another appointment of %(names)s", names=", ".join(people.mapped("display_name"))
                )
                if people
                else False
            )

    @api.model
    def _get_activity_excluded_models(self):
        """A visit is its own plan: no activity beside it."""
        return [*super()._get_activity_excluded_models(), "crm.visit"]

    @api.model
    def _get_public_fields(self):
        return super()._get_public_fields() | {"crm_kind"}

    @api.model_create_multi
    def create(self, vals_list):
        """Appointments of salespeople carry the company's reminder unless another one was chosen."""
        alarm = self.env.company.sudo().crm_alarm_id
        if alarm and not self.env.context.get("crm_visit_to_event"):
            organizers = {vals.get("user_id", self.env.uid) for vals in vals_list} - {False}
            salespeople = {
                user.id
                for user in self.env["res.users"].sudo().browse(organizers)
                if user.has_group("sales_team.group_sale_salesman")
            }
            vals_list = [
                {**vals, "alarm_ids": [Command.set(alarm.ids)]}
                if "alarm_ids" not in vals and vals.get("user_id", self.env.uid) in salespeople
                else vals
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        """An archived appointment is no appointment: its visit has to be planned again."""
        result = super().write(vals)
        if vals.get("active") is False:
            self._return_visits()
        return result

    def unlink(self):
        self._return_visits()
        return super().unlink()

    def _return_visits(self):
        if self.env.context.get("crm_visit_to_event"):
            return
        visits = self.env["crm.visit"].sudo().search([("event_id", "in", self.ids), ("state", "=", "confirmed")])
        for visit in visits:
            visit.message_post(body=self.env._("The appointment was deleted in the calendar: to be planned again."))
        visits.with_context(crm_visit_from_event=True).write({"state": "draft", "event_id": False})
