from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import plaintext2html

from ..tools import route


class CrmVisit(models.Model):
    """From plan to result: confirm, check in, close, cancel."""

    _inherit = "crm.visit"

    def _require_state(self, states):
        wrong = self.filtered(lambda visit: visit.state not in states)
        if wrong:
            names = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(visit)s is %(state)s: this step is not possible.",
                    visit=wrong[0].display_name,
                    state=names[wrong[0].state].lower(),
                )
            )

    def action_confirm(self):
        """Make the appointments; refused without objective and purpose, as is every other way to this state."""
        self._require_state(("draft",))
        self.write({"state": "confirmed"})
        return True

    def action_check_in(self, latitude=None, longitude=None, accuracy=None, reason=None):
        """Arrive at the customer. Position in degrees, accuracy in metres; without position, the reason for it."""
        self.ensure_one()
        self._require_state(("confirmed",))
        values = {"state": "in_progress", "check_in": fields.Datetime.now(), "check_in_reason": False}
        if latitude is None or longitude is None:
            values["check_in_reason"] = reason or self.env._("the device sent no position")
        else:
            if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
                raise ValidationError(self.env._("This is no position on earth."))
            if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
                raise ValidationError(self.env._("This is no position on earth."))
            values.update(check_in_latitude=latitude, check_in_longitude=longitude, check_in_accuracy=accuracy or 0.0)
        self.write(values)
        return {"text": self.check_in_text}

    def action_done(self):
        """Close with result: the contact is recorded and every unresolved problem gets a follow-up."""
        self._require_state(("confirmed", "in_progress"))
        for visit in self:
            if not (visit.result or "").strip():
                raise UserError(
                    self.env._(
                        "Please enter the result of the visit to %(customer)s before closing it.",
                        customer=visit.partner_id.display_name,
                    )
                )
            if visit.start > fields.Datetime.now() and not visit.check_in:
                raise UserError(
                    self.env._(
                        "The visit to %(customer)s has not begun. Check in first, or move it to its true time.",
                        customer=visit.partner_id.display_name,
                    )
                )
            visit.problem_ids._make_follow_ups()
            visit.log_id = visit._log_contact()
        self.write({"state": "done", "done_date": fields.Datetime.now()})
        return True

    def _log_contact(self):
        """The record of the contact; in sudo, because it is the salesperson's own also when a manager closes it."""
        self.ensure_one()
        return (
            self.env["crm.contact.log"]
            .sudo()
            ._log(
                self.contact_id or self.partner_id,
                "visit",
                date=self.check_in or self.start,
                user_id=self.user_id.id,
                company_id=self.company_id.id,
                subject=self.objective,
                content=plaintext2html(self._log_text()),
                next_step=self.next_step,
                next_date=self.next_date,
                lead_id=self.lead_id.id,
                event_id=self.event_id.id,
            )
        )

    def _log_text(self):
        """Result, then each problem with its solution or what follows."""
        lines = [self.result.strip()]
        kinds = dict(self.env["crm.visit.problem"]._fields["kind"]._description_selection(self.env))
        for problem in self.problem_ids:
            lines.append(f"{kinds[problem.kind]}: {problem.name}")
            if problem.solution:
                lines.append(self.env._("Solution: %(text)s", text=problem.solution))
            elif problem.follow_up_name:
                lines.append(self.env._("Follow-up: %(text)s", text=problem.follow_up_name))
        return "\n".join(lines)

    def action_cancel(self):
        self._require_state(("draft", "confirmed", "in_progress"))
        self.write({"state": "cancelled"})
        return True

    def action_draft(self):
        """Plan again; what was recorded on the spot goes, the result not."""
        self._require_state(("cancelled", "confirmed"))
        self.write({"state": "draft"})
        return True

    # === OPENING === #

    def action_open_event(self):
        self.ensure_one()
        return self.event_id.get_formview_action()

    def action_open_map(self):
        """The address on a map: by coordinates, else by its text."""
        self.ensure_one()
        point = self._position()
        place = f"{point[0]},{point[1]}" if point else self._address_line()
        if not place:
            raise UserError(self.env._("%(customer)s has no address.", customer=self.partner_id.display_name))
        return {"type": "ir.actions.act_url", "url": route.map_url([place]), "target": "new"}

    def action_route(self):
        """The route of the selected visits in the order of the list; without selection, of today's own."""
        users = self.user_id
        if len(users) > 1:
            raise UserError(self.env._("Please select the visits of one salesperson."))
        values = {"visit_ids": [Command.set(self.ids)]}
        if self:
            values["user_id"] = users.id
            values["date"] = fields.Datetime.context_timestamp(self, self[0].start).date()
        return self.env["crm.visit.route"].create(values)._reopen()
