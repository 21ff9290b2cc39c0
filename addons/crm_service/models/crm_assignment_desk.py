from odoo import api, models

from ..tools import assignment, sla


class CrmAssignmentDesk(models.AbstractModel):
    """Gives tickets of one company to agents, in order, keeping count of load and capacity on the way."""

    _name = "crm.assignment.desk"
    _description = "Assignment Desk"

    @api.model
    def _give_out(self, tickets, company, now):
        users = tickets.team_id.member_ids.filtered(lambda user: user.active and company in user.company_ids)
        given = self.env["crm.ticket"]
        if not users:
            return given
        state = self._state(users, tickets, company, now)
        hopeless = set()
        for ticket in tickets.sorted(lambda item: (-int(item.priority), item.date_open, item.id)):
            key = (ticket.team_id.id, ticket.question_group_id.id)
            if key in hopeless:
                continue
            choice, needed = self._choose(ticket, state)
            if not choice.agent:
                hopeless.add(key)
                continue
            self._give(ticket, choice, needed, state, now)
            given |= ticket
        return given

    @api.model
    def _state(self, users, tickets, company, now):
        """Load, skills, presence and capacity of the agents; locks them. A fixed number of queries."""
        profiles = self.env["crm.agent.profile"]._locked(users, company)
        opened, load = dict.fromkeys(users.ids, 0), dict.fromkeys(users.ids, 0.0)
        rows = (
            self.env["crm.ticket"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", users.ids),
                    ("company_id", "=", company.id),
                    ("stage_kind", "not in", list(sla.DONE_STAGES)),
                ],
                ["user_id", "priority", "stage_kind"],
                ["__count"],
            )
        )
        for user, priority, kind, count in rows:
            opened[user.id] += count
            load[user.id] += count * assignment.ticket_weight(priority, kind == "waiting")
        skills = {}
        for skill in self.env["crm.agent.skill"].sudo().search([("group_id", "in", tickets.question_group_id.ids)]):
            skills.setdefault(skill.group_id.id, {})[skill.user_id.id] = int(skill.level)
        absences = self.env["crm.agent.profile"]._absences(users, company, now)
        return {"profiles": profiles, "open": opened, "load": load, "skills": skills, "absences": absences}

    @api.model
    def _choose(self, ticket, state):
        """Return (Choice, whether the skill was asked for). Nobody in the team has the skill: everybody may."""
        members = [user for user in ticket.team_id.member_ids if user.id in state["profiles"]]
        skills = state["skills"].get(ticket.question_group_id.id, {})
        needed = any(user.id in skills for user in members)
        agents = [
            assignment.Agent(
                id=user.id,
                level=skills.get(user.id, 0),
                open=state["open"][user.id],
                load=state["load"][user.id],
                capacity=state["profiles"][user.id].max_open or ticket.team_id.max_open,
                present=user.id not in state["absences"],
                last=state["profiles"][user.id].last_assigned or None,
            )
            for user in members
        ]
        return assignment.choose_agent(agents, needed), needed

    @api.model
    def _give(self, ticket, choice, needed, state, now):
        agent = choice.agent
        sentence = self._sentence(ticket, choice, needed)
        ticket.with_context(crm_assignment=("auto", sentence)).user_id = agent.id
        profile = state["profiles"][agent.id]
        profile.write({"last_assigned": now, "assigned_count": profile.assigned_count + 1})
        state["open"][agent.id] += 1
        state["load"][agent.id] += assignment.ticket_weight(ticket.priority, ticket.stage_kind == "waiting")

    @api.model
    def _sentence(self, ticket, choice, needed):
        """Say why this agent: skill, load and who could not."""
        user = self.env["res.users"].sudo().browse(choice.agent.id)
        facts = {
            "agent": user.name,
            "load": f"{choice.agent.load:g}",
            "count": choice.candidates,
            "absent": choice.refused[assignment.ABSENT],
            "full": choice.refused[assignment.FULL],
            "unskilled": choice.refused[assignment.UNSKILLED],
        }
        if needed:
            levels = dict(self.env["crm.agent.skill"]._fields["level"]._description_selection(self.env))
            return self.env._(
                "%(agent)s is skilled in '%(group)s' (%(level)s) and has the lowest load (%(load)s) of %(count)s free "
                "agents; %(absent)s absent, %(full)s full, %(unskilled)s without the skill.",
                group=ticket.question_group_id.name,
                level=levels[str(choice.agent.level)],
                **facts,
            )
        return self.env._(
            "%(agent)s has the lowest load (%(load)s) of %(count)s free agents; %(absent)s absent, %(full)s full. No "
            "skill is asked for.",
            **facts,
        )
