from odoo import api, fields, models
from odoo.tools import format_date

from ..tools import agreement


class CrmTicket(models.Model):
    """Whether the request is covered, in one sentence: until when, in what time, what is left, or why not."""

    _inherit = "crm.ticket"

    coverage_state = fields.Selection(
        [
            (agreement.COVERED, "Covered"),
            (agreement.USED_UP, "Used up"),
            (agreement.WARRANTY, "In warranty"),
            (agreement.EXPIRED, "Expired"),
            (agreement.NONE, "Not covered"),
        ],
        "Cover",
        compute="_compute_coverage",
        compute_sudo=True,
    )
    coverage_text = fields.Char("Coverage", compute="_compute_coverage", compute_sudo=True)

    # === SENTENCE === #

    @api.depends("agreement_id", "asset_id", "partner_id", "product_id")
    @api.depends_context("lang")
    def _compute_coverage(self):
        today = fields.Date.context_today(self)
        open_ones = self.filtered(lambda ticket: ticket.partner_id and not ticket.agreement_id)
        ended = self.env["crm.service.agreement"]._covering({t: t._cover_subject() for t in open_ones})
        beyond = self._beyond_tickets()
        for ticket in self:
            record = ticket.agreement_id.sudo()
            asset = ticket.asset_id
            if record:
                used = [line for line in record.line_ids if line.quantity and line.left <= 0]
                used = [line for line in used if line.kind != "tickets" or ticket in beyond or not ticket.id]
                ticket.coverage_state = agreement.USED_UP if used else agreement.COVERED
                ticket.coverage_text = ticket._sentence_used_up(used) if used else ticket._sentence_covered()
            elif asset.warranty_end and asset.warranty_end >= today:
                ticket.coverage_state = agreement.WARRANTY
                ticket.coverage_text = asset._warranty_sentence(today)
            else:
                last = ended[ticket][1].sudo() if ticket in ended else record
                ticket.coverage_state = agreement.EXPIRED if last else agreement.NONE
                ticket.coverage_text = ticket._sentence_uncovered(last) if ticket.partner_id else False

    def _sentence_covered(self):
        """Say until when, in what time, and what is left."""
        record = self.agreement_id.sudo()
        parts = [
            self.env._(
                "Covered by %(agreement)s until %(day)s.",
                agreement=record.display_name,
                day=format_date(self.env, record.date_end),
            )
        ]
        if policy := record.policy_id:
            parts.append(
                self.env._(
                    "Promised: answer within %(response)g, solution within %(resolution)g working hours.",
                    response=policy.response_hours,
                    resolution=policy.resolution_hours,
                )
            )
        parts += [line._sentence() + "." for line in record.line_ids if line.quantity]
        if self.asset_id.warranty_end:
            parts.append(self.asset_id._warranty_sentence(fields.Date.context_today(self)) + ".")
        return " ".join(parts)

    def _sentence_used_up(self, lines):
        record = self.agreement_id.sudo()
        names = dict(lines[0]._fields["kind"]._description_selection(self.env))
        return self.env._(
            "Entitlement used up: %(kinds)s of %(agreement)s (valid until %(day)s).",
            kinds=", ".join(f"{line.quantity:g} {names[line.kind].lower()}" for line in lines),
            agreement=record.display_name,
            day=format_date(self.env, record.date_end),
        )

    def _sentence_uncovered(self, last):
        parts = []
        if last:
            values = {"agreement": last.display_name, "day": format_date(self.env, last.date_end)}
            parts.append(self.env._("Not covered: %(agreement)s ended on %(day)s.", **values))
        else:
            parts.append(self.env._("Not covered: no agreement."))
        if self.asset_id:
            parts.append(self.asset_id._warranty_sentence(fields.Date.context_today(self)) + ".")
        return " ".join(parts)
