from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..tools import assignment, sla

GROUPING_FIELDS = frozenset({"name", "description", "product_id", "sale_order_line_id"})


class CrmTicket(models.Model):
    """Question group, automatic assignment and the log of owners."""

    _inherit = "crm.ticket"

    question_group_id = fields.Many2one(
        "crm.question.group", check_company=True, index="btree_not_null", tracking=True, copy=False
    )
    question_group_reason = fields.Char("Why This Group", readonly=True, copy=False)
    assignment_ids = fields.One2many("crm.ticket.assignment", "ticket_id", "Owners", readonly=True)
    assignment_reason = fields.Char("Why This Owner", compute="_compute_assignment")
    handoff_count = fields.Integer("Hand-Offs", compute="_compute_assignment")

    def _compute_assignment(self):
        for ticket in self:
            rows = ticket.sudo().assignment_ids
            ticket.handoff_count = sum(rows.mapped("is_handoff"))
            latest = next((row for row in rows if row.user_id == ticket.user_id), None)
            ticket.assignment_reason = latest and latest.reason

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._group_questions()
        if tickets._waits_for_assignment():
            self.env.ref("crm_service.ir_cron_assign").sudo()._trigger()
        return tickets

    def write(self, vals):
        if "question_group_id" in vals and "question_group_reason" not in vals:
            vals = {**vals, "question_group_reason": False}
        if not {"user_id", "team_id"} & vals.keys():
            result = super().write(vals)
        else:
            before = {ticket: (ticket.user_id, ticket.team_id) for ticket in self}
            result = super().write(vals)
            self._log_assignments(before)
        if GROUPING_FIELDS & vals.keys():
            # A group that somebody chose (no reason is kept) stays.
            self.filtered(
                lambda ticket: not ticket.question_group_id or ticket.question_group_reason
            )._group_questions()
        return result

    # === QUESTION GROUP === #

    def _group_questions(self):
        """Put the tickets into their question group, with the reason; no query where no group is defined."""
        rules = self.env["crm.question.group"]._rules()
        if not rules:
            return
        found = {}
        for ticket in self.sudo():
            if ticket.question_group_id and not ticket.question_group_reason:
                continue
            groups = [rule for company, rule in rules if company in (False, ticket.company_id.id)]
            path = [int(part) for part in (ticket.product_id.categ_id.parent_path or "").split("/") if part]
            text = f"{ticket.name or ''} {html2plaintext(ticket.description or '')}"
            match = assignment.match_group(groups, text, path)
            if match:
                values = (match.group, ticket._group_sentence(match))
                if values != (ticket.question_group_id.id, ticket.question_group_reason):
                    found.setdefault(values, self.browse())
                    found[values] |= ticket.sudo(False)
        for (group, sentence), tickets in found.items():
            tickets.sudo().with_context(tracking_disable=True).write(
                {"question_group_id": group, "question_group_reason": sentence}
            )

    def _group_sentence(self, match):
        product = self.product_id.display_name
        words = ", ".join(match.keywords)
        if match.by_category and words:
            return self.env._("Product %(product)s and keywords: %(words)s", product=product, words=words)
        if match.by_category:
            return self.env._("Product %(product)s", product=product)
        return self.env._("Keywords: %(words)s", words=words)

    # === LOG === #

    def _log_assignments(self, before):
        """Append a row for each ticket whose owner or team changed. Context: crm_assignment = (kind, reason)."""
        changed = self.filtered(lambda ticket: before[ticket] != (ticket.user_id, ticket.team_id))
        if not changed:
            return
        Log = self.env["crm.ticket.assignment"].sudo()
        last = {}
        unowned = changed.filtered(lambda ticket: not before[ticket][0] and ticket.user_id)
        for row in Log.search([("ticket_id", "in", unowned.ids), ("from_user_id", "!=", False)], order="id"):
            last[row.ticket_id.id] = row.user_id or row.from_user_id
        kind, reason = self.env.context.get("crm_assignment") or (None, False)
        values = []
        for ticket in changed:
            user, team = before[ticket]
            previous = user or last.get(ticket.id)
            other_person = previous and ticket.user_id and previous != ticket.user_id
            values.append(
                {
                    "ticket_id": ticket.id,
                    "kind": kind or ("take" if ticket.user_id == self.env.user else "manual"),
                    "from_user_id": user.id,
                    "user_id": ticket.user_id.id,
                    "from_team_id": team.id,
                    "team_id": ticket.team_id.id,
                    "is_handoff": bool(other_person or (team and ticket.team_id and team != ticket.team_id)),
                    "reason": reason,
                }
            )
        Log.create(values)
        changed.invalidate_recordset(["assignment_ids", "assignment_reason", "handoff_count"], flush=False)

    def action_reassign(self):
        """Open the reassignment of these tickets."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign"),
            "res_model": "crm.ticket.reassign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_ids": self.ids},
        }

    # === AUTOMATIC ASSIGNMENT === #

    def _waits_for_assignment(self):
        """Return the open tickets without owner whose team assigns automatically; no query where none does."""
        teams = self.env["crm.service.team"]._auto_team_ids()
        return self.filtered(
            lambda ticket: (
                teams and not ticket.user_id and ticket.team_id.id in teams and ticket.stage_kind not in sla.DONE_STAGES
            )
        )

    def _assign(self, now=None):
        """Give each ticket without owner to the agent whom `assignment.choose_agent` names; return those given.

        Tickets that another worker holds are left to it. The agents stay locked until the transaction ends (see
        `crm.agent.profile._locked`), so that no two workers fill one agent beyond his capacity.
        """
        now = now or fields.Datetime.now()
        given = self.browse()
        free = self.sudo().filtered(lambda item: not item.user_id and item.stage_kind not in sla.DONE_STAGES)
        for company, tickets in free.grouped("company_id").items():
            tickets = tickets.try_lock_for_update()
            tickets.invalidate_recordset(["user_id"])
            tickets = tickets.filtered(lambda item: not item.user_id)
            given |= self.env["crm.assignment.desk"]._give_out(tickets, company, now)
        return given

    @api.model
    def _process_assignments(self, now=None, limit=500):
        """Assign what waits, urgent and old requests first. Returns how many found an owner."""
        teams = self.env["crm.service.team"]._auto_team_ids()
        if not teams:
            return 0
        domain = [("team_id", "in", list(teams)), ("user_id", "=", False), ("stage_kind", "in", ("new", "open"))]
        tickets = self.sudo().search(domain, order="priority desc, date_open, id", limit=limit)
        return len(tickets._assign(now))

    @api.model
    def _cron_assign(self):
        """One batch a run: what no agent is free for waits for the next run, each minute."""
        self.env["ir.cron"]._commit_progress(processed=self._process_assignments())
