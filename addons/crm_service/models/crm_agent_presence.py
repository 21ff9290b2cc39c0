from odoo import api, fields, models
from odoo.tools import SQL


class CrmAgentProfile(models.Model):
    """Capacity and presence: who can take a ticket now."""

    _inherit = "crm.agent.profile"

    max_open = fields.Integer("Open Tickets at Most", help="0: as the team says.")
    away = fields.Boolean(help="Takes no new tickets by automatic assignment.")
    away_until = fields.Datetime(help="Empty: until the mark is taken away.")
    last_assigned = fields.Datetime("Last Ticket Given", readonly=True, copy=False)
    assigned_count = fields.Integer("Tickets Given", readonly=True, copy=False)
    absence = fields.Char("Absent", compute="_compute_absence")
    skill_ids = fields.Many2many("crm.agent.skill", compute="_compute_skill_ids", string="Skills")

    _check_max_open = models.Constraint("CHECK (max_open >= 0)", "The number of tickets must not be negative.")

    def _compute_absence(self):
        now = fields.Datetime.now()
        for company, profiles in self.grouped("company_id").items():
            found = self._absences(profiles.user_id, company, now)
            for profile in profiles:
                profile.absence = found.get(profile.user_id.id, False)

    def _compute_skill_ids(self):
        skills = self.env["crm.agent.skill"].search([("user_id", "in", self.user_id.ids)]).grouped("user_id")
        for profile in self:
            profile.skill_ids = skills.get(profile.user_id, False)

    @api.model
    def _absences(self, users, company, now):
        """Return {user id: why he is absent at `now`} (naive UTC): marked away, on leave, or busy in his calendar.

        A fixed number of queries. An invitation that was declined keeps nobody away.
        """
        result = {}
        attendees = self.env["calendar.attendee"].sudo()
        busy = attendees.search(
            [
                ("partner_id", "in", users.sudo().partner_id.ids),
                ("state", "!=", "declined"),
                ("event_id.active", "=", True),
                ("event_id.show_as", "=", "busy"),
                ("event_id.start", "<=", now),
                ("event_id.stop", ">", now),
            ]
        )
        partners = set(busy.partner_id.ids)
        result.update({user.id: self.env._("in a meeting") for user in users if user.sudo().partner_id.id in partners})
        leaves = self.env["resource.calendar.leaves"].sudo()
        off = leaves.search(
            [
                ("resource_id.user_id", "in", users.ids),
                ("time_type", "=", "leave"),
                ("date_from", "<=", now),
                ("date_to", ">", now),
            ]
        )
        result.update(dict.fromkeys(off.resource_id.user_id.ids, self.env._("on leave")))
        profiles = self.sudo().search(
            [("user_id", "in", users.ids), ("company_id", "=", company.id), ("away", "=", True)]
        )
        for profile in profiles:
            if not profile.away_until or profile.away_until > now:
                result[profile.user_id.id] = self.env._("away")
        return result

    @api.model
    def _locked(self, users, company):
        """Return {user id: profile} of these agents, made where missing and locked until the transaction ends.

        Whoever gives tickets locks the agents first and writes on the one whom he gave a ticket. A second worker
        waits; when the first changed an agent after the second's snapshot was taken, PostgreSQL refuses the second
        with a serialization failure and it starts again with what the first has done. So nobody passes a capacity on
        old counts. Why SQL: the ORM's lock
        does not wait, and its create knows no ON CONFLICT.
        """
        profiles = self.sudo()
        key = [("user_id", "in", users.ids), ("company_id", "=", company.id)]
        missing = users - profiles.search(key).user_id
        if missing:
            # Another worker may make them at the same time: then this one starts again, too.
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_agent_profile (user_id, company_id) VALUES %s ON CONFLICT DO NOTHING",
                    SQL(", ").join(SQL("(%s, %s)", user.id, company.id) for user in missing),
                )
            )
        profiles = profiles.search(key, order="id")
        if profiles:
            self.env.cr.execute(
                SQL("SELECT id FROM crm_agent_profile WHERE id IN %s ORDER BY id FOR UPDATE", tuple(profiles.ids))
            )
            profiles.invalidate_recordset(["max_open", "away", "away_until", "last_assigned", "assigned_count"])
        return {profile.user_id.id: profile for profile in profiles}
