from markupsafe import Markup
from odoo import fields, models


class CrmEscalationRule(models.Model):
    """What a step does: owner, priority, activity, message; each told in one sentence."""

    _inherit = "crm.escalation.rule"

    def _act(self, ticket, clock):
        """Do what the step says and return it in words."""
        self.ensure_one()
        done = [
            sentence
            for sentence in (self._change_priority(ticket), self._change_owner(ticket), self._add_activity(ticket))
            if sentence
        ]
        people = self._recipients(ticket)
        if people:
            self._notify(ticket, clock, people, done)
            done.append(self.env._("told %(people)s", people=", ".join(people.mapped("name"))))
        return ", ".join(done) or self.env._("level noted")

    def _leaders(self, ticket):
        """The leader of the ticket's team; without one the service managers of the company."""
        leader = ticket.team_id.user_id
        if leader.active:
            return leader
        managers = self.env.ref("crm_service.group_service_manager").sudo().all_user_ids
        robot = self.env.ref("base.user_root")
        return managers.filtered(
            lambda user: user.active and user != robot and ticket.company_id in user.company_ids and not user.share
        )

    def _recipients(self, ticket):
        leaders = self._leaders(ticket) if self.notify_leader else self.env["res.users"]
        return leaders | self.notify_user_ids.filtered("active")

    def _change_priority(self, ticket):
        if not self.priority_change:
            return ""
        wanted = "3" if self.priority_change == "3" else str(min(int(ticket.priority) + 1, 3))
        if wanted <= ticket.priority:
            return ""
        ticket.priority = wanted
        names = dict(ticket._fields["priority"]._description_selection(self.env))
        return self.env._("priority %(priority)s", priority=names[wanted])

    def _change_owner(self, ticket):
        if not self.assign:
            return ""
        before = ticket.user_id
        sentence = self.env._("Escalation '%(step)s'", step=self.name)
        ticket = ticket.with_context(crm_assignment=("escalation", sentence))
        if self.assign == "rule":
            if before:
                ticket.user_id = False
            ticket.with_context(crm_assignment=None)._assign()
            if not ticket.user_id and before:
                ticket.user_id = before
        else:
            owner = self.assign_user_id if self.assign == "user" else self._leaders(ticket)[:1]
            if owner and owner != before:
                ticket.user_id = owner
        if not ticket.user_id or ticket.user_id == before:
            return ""
        return self.env._("owner %(owner)s", owner=ticket.user_id.name)

    def _add_activity(self, ticket):
        if not self.activity:
            return ""
        people = ticket.user_id if self.activity == "owner" else self._leaders(ticket)[:1]
        people = people or self._leaders(ticket)[:1]
        if not people:
            return ""
        ticket.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.context_today(ticket),
            summary=self.name,
            user_id=people.id,
        )
        return self.env._("activity for %(person)s", person=people.name)

    def _notify(self, ticket, clock, people, done):
        """One message to each, in his inbox or by mail as he prefers; the customer never sees it."""
        reason = dict(self._fields["trigger"]._description_selection(self.env))[self.trigger]
        body = Markup("<p>%s</p><p>%s</p>") % (
            self.env._(
                "Level %(level)s, %(step)s: %(reason)s.",
                level=self.level,
                step=self.name,
                reason=f"{reason} ({clock.display_name})" if clock else reason,
            ),
            ", ".join(done),
        )
        ticket.message_notify(
            partner_ids=people.partner_id.ids,
            subject=self.env._("Escalation: %(ticket)s", ticket=ticket.display_name),
            body=body,
            author_id=self.env.ref("base.partner_root").id,
            model=ticket._name,
            res_id=ticket.id,
        )
