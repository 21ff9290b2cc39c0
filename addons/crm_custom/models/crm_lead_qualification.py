from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_repr

from ..tools import qualification as rules
from .crm_qualification import STATES


class CrmLead(models.Model):
    """Qualification: score of the answers, and the proposal to give up with its reason."""

    _inherit = "crm.lead"

    qualification_answer_ids = fields.One2many(
        "crm.qualification.answer", "lead_id", string="Qualification", copy=False
    )
    qualification_score = fields.Float(
        compute="_compute_qualification",
        store=True,
        precompute=True,
        digits=(5, 1),
        aggregator="avg",
        help="0 to 100.",
    )
    qualification_done = fields.Boolean(
        "All questions answered", compute="_compute_qualification", store=True, precompute=True
    )
    qualification_state = fields.Selection(
        STATES,
        string="Qualification result",
        compute="_compute_qualification_state",
        search="_search_qualification_state",
    )
    qualification_reason = fields.Char("Why", compute="_compute_qualification_state")

    @api.depends("qualification_answer_ids.level_id", "qualification_answer_ids.level_id.points")
    def _compute_qualification(self):
        for lead in self:
            answers = [
                (answer.criterion_id.weight, answer.level_id.points if answer.level_id else None)
                for answer in lead.qualification_answer_ids
            ]
            value, complete = rules.score(answers)
            lead.qualification_score = value or 0.0
            lead.qualification_done = complete

    @api.depends_context("lang")
    @api.depends("qualification_score", "qualification_done", "qualification_answer_ids.level_id", "company_id")
    def _compute_qualification_state(self):
        for lead in self:
            answers = lead.qualification_answer_ids
            known = answers.filtered("level_id")
            least = (lead.company_id or self.env.company).crm_qualification_min
            value = lead.qualification_score if known else None
            lead.qualification_state = rules.state(value, lead.qualification_done, least)
            lead.qualification_reason = lead._qualification_sentence(known, least) if known else False

    def _qualification_sentence(self, known, least):
        """'Score 25 of 100, under 40: Budget: none; Decision maker: unknown'."""
        weak = rules.weakest(
            [(f"{answer.criterion_id.name}: {answer.level_id.name}", answer.weight, answer.points) for answer in known]
        )
        score = float_repr(self.qualification_score, 0)
        if self.qualification_state == "abandon":
            return self.env._(
                "Score %(score)s of 100, under %(least)s. %(weak)s",
                score=score,
                least=float_repr(least, 0),
                weak="; ".join(weak),
            )
        return self.env._("Score %(score)s of 100. %(weak)s", score=score, weak="; ".join(weak))

    def _search_qualification_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        answered = Domain("qualification_answer_ids.level_id", "!=", False)
        parts = {
            "none": ~answered,
            "partial": answered & Domain("qualification_done", "=", False),
            "go": Domain.OR(self._qualification_domains(">=")),
            "abandon": Domain.OR(self._qualification_domains("<")),
        }
        return Domain.OR([parts[state] for state in value if state in parts])

    @api.model
    def _qualification_domains(self, operator):
        """One domain a company, for each has its own least score; deals without company go by the present one."""
        done = Domain("qualification_done", "=", True)
        for company in self.env["res.company"].sudo().search([]):
            ids = [company.id, False] if company == self.env.company else [company.id]
            score = Domain("qualification_score", operator, company.crm_qualification_min)
            yield done & Domain("company_id", "in", ids) & score

    def action_qualify(self):
        """Put the questions on the deal that it does not have yet."""
        for lead in self:
            criteria = self.env["crm.qualification.criterion"].search(
                [("company_id", "in", [False, (lead.company_id or self.env.company).id])]
            )
            if not criteria:
                raise UserError(self.env._("No question is set up. A manager enters them under Configuration."))
            missing = criteria - lead.qualification_answer_ids.criterion_id
            self.env["crm.qualification.answer"].create(
                [{"lead_id": lead.id, "criterion_id": criterion.id} for criterion in missing]
            )
        return True

    def action_abandon(self):
        """Odoo's own dialog for lost deals, with the reason of the qualification filled in."""
        self.ensure_one()
        reason = self.env.ref("crm_custom.lost_reason_unqualified", raise_if_not_found=False)
        return self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_lost_action") | {
            "context": {
                "dialog_size": "medium",
                "active_ids": self.ids,
                "active_id": self.id,
                "active_model": "crm.lead",
                "default_lead_ids": self.ids,
                "default_lost_reason_id": reason.id if reason else False,
                "default_lost_feedback": self.qualification_reason,
            }
        }
