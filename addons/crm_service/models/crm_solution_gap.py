from datetime import timedelta

from odoo import api, fields, models

from ..tools import classify, gaps, outcomes, words

DAYS = 180  # closed tickets of so many days are looked at
MAX_TICKETS = 5000
GOOD_RATE = 0.5  # a solution that helped less often is not good


class CrmSolutionGap(models.Model):
    """A problem that comes up again and again without a good solution: what to write next."""

    _name = "crm.solution.gap"
    _description = "Missing Solution"
    _order = "ticket_count desc, id"

    name = fields.Char("Words", readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    ticket_ids = fields.Many2many("crm.ticket", string="Tickets", readonly=True)
    ticket_count = fields.Integer("Tickets Closed", readonly=True)
    category_id = fields.Many2one("crm.ticket.category", "Mostly", readonly=True)
    solution_id = fields.Many2one("crm.solution", "Nearest Solution", readonly=True)
    reason = fields.Selection(
        [("none", "No solution sounds like it"), ("poor", "The nearest solution rarely helps")],
        "Why",
        readonly=True,
    )
    date = fields.Date("Found", readonly=True)

    @api.model
    def _cron_gaps(self):
        companies = self.env["crm.service.team"].search([]).company_id
        for company in self.env["crm.cron.turn"]._each("crm.solution.gap", companies):
            self._process_gaps(company, fields.Datetime.now())

    @api.model
    def _process_gaps(self, company, now):
        """Write the list of one company anew from its tickets closed before `now`; returns it.

        Tickets on which a solution helped are no gap. Those left are grouped by the words of their subjects.
        """
        tickets = self._unsolved(company, now)
        documents = [(ticket.id, classify.features(ticket.name)) for ticket in tickets]
        values = [
            {**vals, "company_id": company.id, "date": now.date()}
            for group in gaps.groups(documents)
            if (vals := self._group_values(group, company))
        ]
        self.search([("company_id", "=", company.id)]).unlink()
        return self.create(values)

    @api.model
    def _unsolved(self, company, now):
        return (
            self.env["crm.ticket"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("stage_kind", "in", ("solved", "closed")),
                    ("date_solved", ">", now - timedelta(days=DAYS)),
                    ("date_solved", "<=", now),
                    ("auto_answered", "=", False),
                    ("solution_use_ids", "not any", [("outcome", "!=", outcomes.NOT_HELPED)]),
                ],
                ["name", "category_id"],
                order="id desc",
                limit=MAX_TICKETS,
            )
        )

    @api.model
    def _group_values(self, group, company):
        """Return the values of a gap, {} when a good solution is there already."""
        tickets = self.env["crm.ticket"].sudo().browse(group.keys)
        name = " ".join(group.words)
        Solution = self.env["crm.solution"].sudo().with_context(allowed_company_ids=company.ids)
        nearest = Solution._search_ranked(name, 1)
        known = set(words.words(f"{nearest.name or ''} {nearest.symptom or ''}"))
        if nearest and not known & set(group.words):
            nearest = nearest.browse()
        rate = outcomes.rate(nearest.helped_count, nearest.judged_count) if nearest else None
        if nearest and (rate is None or rate >= GOOD_RATE):
            return {}
        counted = tickets.grouped("category_id")
        category = max(counted, key=lambda item: (len(counted[item]), -item.id))
        return {
            "name": name,
            "ticket_ids": tickets.ids,
            "ticket_count": len(tickets),
            "category_id": category.id,
            "solution_id": nearest.id,
            "reason": "poor" if nearest else "none",
        }

    def action_open_tickets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = [("id", "in", self.ticket_ids.ids)]
        action["context"] = {}
        return action

    def action_write_solution(self):
        """Open a new solution, filled with what the tickets of this gap have in common."""
        self.ensure_one()
        newest = self.ticket_ids[:5]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Solution"),
            "res_model": "crm.solution",
            "view_mode": "form",
            "context": {
                "default_name": newest[:1].name,
                "default_symptom": "\n".join(dict.fromkeys(newest.mapped("name"))),
                "default_category_ids": self.category_id.ids,
                "default_product_ids": newest.product_id.ids,
                "default_company_id": self.company_id.id,
            },
        }
