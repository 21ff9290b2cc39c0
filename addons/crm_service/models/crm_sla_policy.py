from collections import defaultdict

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get

from ..tools.intervals import WorkingTime

PRIORITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")]


class CrmSlaPolicy(models.Model):
    """What a team promises. A ticket keeps the terms of the policy that was chosen for it (see `crm.sla.event`)."""

    _name = "crm.sla.policy"
    _description = "Service Level Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10, help="The first policy that fits a ticket is taken.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    team_ids = fields.Many2many("crm.service.team", string="Teams", check_company=True, help="Empty: every team.")
    category_ids = fields.Many2many("crm.ticket.category", string="Categories", help="Empty: every category.")
    priority_from = fields.Selection(PRIORITIES, "From Priority", required=True, default="0")
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        default=lambda self: self.env.company.resource_calendar_id,
        help="Only this time counts, less its holidays. Empty: the clock runs day and night.",
    )
    tz = fields.Selection(
        _tz_get, "Time Zone", compute="_compute_tz", store=True, readonly=False, required=True, precompute=True
    )
    response_hours = fields.Float(
        "First Response Within", default=4, tracking=True, help="Working hours until an agent answers; 0: no promise."
    )
    resolution_hours = fields.Float(
        "Solution Within", default=24, tracking=True, help="Working hours until the ticket is solved; 0: no promise."
    )

    _check_hours = models.Constraint(
        "CHECK (response_hours >= 0 AND resolution_hours >= 0)", "The promised hours must not be negative."
    )

    @api.depends("calendar_id")
    def _compute_tz(self):
        for policy in self:
            policy.tz = policy.calendar_id.tz or policy.tz or self.env.user.tz or "UTC"

    # === CHOICE === #

    @api.model
    def _choose(self, tickets):
        """Return {ticket: (policy, sentence)}; the policy is empty when none fits.

        The policy of the customer's class comes first, where it fits. Else the order of the policies decides;
        within a company the first that fits team, category and priority wins. A policy that belongs to a class
        is for that class only.
        """
        policies = self.sudo().search([("company_id", "in", tickets.company_id.ids)])
        by_company = policies.grouped("company_id")
        classes = self._class_policies(tickets)
        reserved = self.sudo().union(*(policy.sla_policy_id for policy in classes[None]))
        result = {}
        for ticket in tickets:
            promised = classes[ticket].sla_policy_id
            if promised.active and promised._fits(ticket):
                result[ticket] = (promised, self._class_sentence(promised, classes[ticket]))
                continue
            candidates = by_company.get(ticket.company_id, self.browse()) - reserved
            policy = next((item for item in candidates if item._fits(ticket)), self.browse())
            result[ticket] = (policy, self._sentence(policy, ticket, len(candidates)))
        return result

    @api.model
    def _class_policies(self, tickets):
        """{ticket: class policy}, and under None every class policy that names a service level policy."""
        model = self.env["crm.customer.class.policy"].sudo()
        result = dict.fromkeys(tickets, model) | {None: model.search([("sla_policy_id", "!=", False)])}
        for company, group in tickets.grouped("company_id").items() if result[None] else ():
            found = model._for_partners(group.sudo().partner_id, company)
            result.update({ticket: found.get(ticket.partner_id.id, model) for ticket in group})
        return result

    def _class_sentence(self, policy, class_policy):
        return self.env._(
            "'%(policy)s' is promised to customers of %(class_name)s.",
            policy=policy.name,
            class_name=class_policy.display_name,
        )

    def _fits(self, ticket):
        return (
            (not self.team_ids or ticket.team_id in self.team_ids)
            and (not self.category_ids or ticket.category_id in self.category_ids)
            and (ticket.priority or "0") >= self.priority_from
        )

    def _sentence(self, policy, ticket, count):
        facts = {
            "team": ticket.team_id.name or self.env._("no team"),
            "category": ticket.category_id.name or self.env._("no category"),
            "priority": dict(ticket._fields["priority"]._description_selection(self.env)).get(ticket.priority, ""),
            "count": count,
        }
        if not policy:
            return self.env._(
                "None of %(count)s policies fits team %(team)s, category %(category)s, priority %(priority)s.", **facts
            )
        return self.env._(
            "'%(policy)s' is the first of %(count)s policies that fits team %(team)s, category %(category)s, "
            "priority %(priority)s.",
            policy=policy.name,
            **facts,
        )

    def _terms(self):
        """Return the promised terms as they are now, ready for a `crm.sla.event`."""
        self.ensure_one()
        return {
            "policy_id": self.id,
            "calendar_id": self.calendar_id.id,
            "tz": self.tz,
            "response_minutes": round(self.response_hours * 60),
            "resolution_minutes": round(self.resolution_hours * 60),
        }

    # === WORKING TIME === #

    @api.model
    def _working_times(self, keys):
        """Return {(calendar, tz, company): WorkingTime}; the calendar may be empty: day and night.

        Two queries whatever the number of calendars. Holidays are those of the calendar itself and those of the
        company that name no calendar.
        """
        calendars = self.env["resource.calendar"].sudo().union(*(key[0] for key in keys))
        leaves = defaultdict(list)
        if calendars:
            for leave in (
                self.env["resource.calendar.leaves"]
                .sudo()
                .search_fetch(
                    [
                        ("resource_id", "=", False),
                        ("time_type", "=", "leave"),
                        ("calendar_id", "in", [*calendars.ids, False]),
                    ],
                    ["calendar_id", "company_id", "date_from", "date_to"],
                )
            ):
                leaves[leave.calendar_id.id].append(leave)
        result = {}
        for calendar, tz, company in keys:
            common = [leave for leave in leaves[False] if leave.company_id.id in (False, company.id)]
            holidays = [(leave.date_from, leave.date_to) for leave in leaves[calendar.id] + common] if calendar else []
            result[calendar, tz, company] = WorkingTime(calendar.sudo()._crm_attendances(), holidays, tz)
        return result
