from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..tools import sla
from .crm_ticket_work import EFFECTS

# What a request must show before it is done, and which fields carry it.
REQUIRED_FIELDS = frozenset({"service_effect", "root_cause_id"})
CONTENT_LENGTH = 500  # characters of an answer kept as service content


class CrmTicket(models.Model):
    """What was done for the customer, with what effect and why he had to ask; no closing by an agent without it."""

    _inherit = "crm.ticket"

    work_ids = fields.One2many("crm.ticket.work", "ticket_id", "Service Content")
    work_minutes = fields.Float("Time Spent (min)", compute="_compute_work", digits=(16, 1))
    work_cost = fields.Monetary("Service Cost", compute="_compute_work", groups="crm_service.group_service_manager")
    service_effect = fields.Selection(EFFECTS, "Effect", tracking=True, copy=False)
    root_cause_id = fields.Many2one(
        "crm.root.cause", check_company=True, index="btree_not_null", tracking=True, copy=False
    )

    @api.depends("work_ids.minutes", "work_ids.cost")
    def _compute_work(self):
        for ticket in self:
            lines = ticket.sudo().work_ids
            ticket.work_minutes = sum(lines.mapped("minutes"))
            ticket.work_cost = sum(lines.mapped("cost"))

    # === THE GATE BEFORE CLOSING === #

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        done = tickets.filtered(lambda ticket: ticket.stage_kind in sla.DONE_STAGES)
        if done:
            done._check_close()
        return tickets

    def write(self, vals):
        if "stage_id" not in vals and not REQUIRED_FIELDS & vals.keys():
            return super().write(vals)
        was_done = self.filtered(lambda ticket: ticket.stage_kind in sla.DONE_STAGES)
        result = super().write(vals)
        still = self.filtered(lambda ticket: ticket.stage_kind in sla.DONE_STAGES)
        checked = still - was_done
        if any(name in vals and not vals[name] for name in REQUIRED_FIELDS):
            checked = still
        if checked:
            checked._check_close()
        return result

    def _check_close(self):
        """Refuse to close the tickets of which something is missing, all in one message.

        Nobody else than an agent is held up: the customer closes his own request, the system closes with the context
        `crm_ticket_automatic`.
        """
        if self.env.context.get("crm_ticket_automatic") or self.env.user.share:
            return
        answers = self._public_answers()
        tickets = self.with_context(crm_ticket_answers=frozenset(answers))
        texts = [
            self.env._(
                "%(ticket)s cannot be closed yet. Missing: %(items)s.",
                ticket=ticket.display_name,
                items=", ".join(missing),
            )
            for ticket in tickets
            if (missing := ticket._close_requirements())
        ]
        if texts:
            raise UserError("\n".join(texts))
        self._keep_answers_as_content(answers)

    def _close_requirements(self):
        """Return what is missing before this ticket may be solved or closed, as a list of short texts.

        Extended by super() wherever a topic asks for more.
        """
        self.ensure_one()
        missing = super()._close_requirements()
        team = self.sudo().team_id
        if team and not team.require_content:
            return missing
        answered = self.env.context.get("crm_ticket_answers")
        if answered is None:
            answered = self._public_answers()
        if not self.sudo().work_ids and self.id not in answered:
            missing.append(self.env._("service content (an answer to the customer or a line of work)"))
        if not self.service_effect:
            missing.append(self.env._("effect"))
        if not self.root_cause_id:
            missing.append(self.env._("root cause"))
        return missing

    def _public_answers(self):
        """Return {ticket id: last public message of an employee} of those that were answered; one query."""
        domain = [
            ("model", "=", self._name),
            ("res_id", "in", self.ids),
            ("message_type", "in", ("email", "comment")),
            ("subtype_id", "=", self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")),
            ("is_internal", "=", False),
            ("author_id", "!=", self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root")),
            ("author_id.partner_share", "=", False),
        ]
        messages = self.env["mail.message"].sudo().search(domain, order="id")
        return {message.res_id: message for message in messages}

    def _keep_answers_as_content(self, answers):
        """Tickets solved by writing alone: the last answer is their service content, without recorded time."""
        values = []
        for ticket in self.sudo().filtered(lambda item: not item.work_ids and item.id in answers):
            message = answers[ticket.id]
            text = " ".join(html2plaintext(message.body or "").split())[:CONTENT_LENGTH]
            values.append(
                {
                    "ticket_id": ticket.id,
                    "date": message.date,
                    "user_id": message.author_id.user_ids[:1].id or self.env.uid,
                    "kind": "answer",
                    "content": text or self.env._("Answer with attachment"),
                    "effect": ticket.service_effect,
                }
            )
        if values:
            self.env["crm.ticket.work"].sudo().create(values)
