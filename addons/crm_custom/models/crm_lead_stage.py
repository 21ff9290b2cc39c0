from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import stages as rules

WATCHED = frozenset(("stage_id", "team_id", "user_id", "company_id", "type", "active", "probability"))
SHOWN = 10
"""Deals named in one refusal; the others are counted."""


class CrmLead(models.Model):
    """The one place past which every change of stage goes: gates first, then the history.

    Drag in the kanban, status bar, won button, team change, import, API, merge, conversion and orders all end in
    create or write of this model. The check follows the change, in the same transaction: a refusal undoes both.
    Restoring a lost deal asks nothing, for it returns to the stage it had earned.
    """

    _inherit = "crm.lead"

    max_stage_id = fields.Many2one(
        "crm.stage", string="Furthest stage", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    stage_history_ids = fields.One2many("crm.stage.history", "lead_id", string="Stages", readonly=True)
    stage_approval_ids = fields.One2many("crm.stage.approval", "lead_id", string="Approvals", readonly=True)
    gate_missing = fields.Char(compute="_compute_gate", string="Needed for the next stage")
    gate_next_stage_id = fields.Many2one("crm.stage", compute="_compute_gate", string="Next stage")
    gate_needs_approval = fields.Boolean(compute="_compute_gate")

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._stage_moved({lead.id: (None, None) for lead in leads})
        return leads

    def write(self, vals):
        if not WATCHED & vals.keys():
            return super().write(vals)
        before = {lead.id: (lead._stage_place(), lead._stage_status()) for lead in self}
        result = super().write(vals)
        self._stage_moved(before)
        return result

    def _stage_place(self):
        """Where the deal stands, for the rules in tools/stages.py."""
        return rules.Place(self.type, self.stage_id.id, self.team_id.id, self.company_id.id)

    def _stage_status(self):
        """One of crm.stage.history's states; False for leads that are not opportunities."""
        if self.type != "opportunity":
            return False
        if self.won_status in ("won", "lost"):
            return self.won_status
        return "open" if self.active else "parked"

    def _stage_moved(self, before):
        """Check the gates that lie between before and now, then write the history.

        `before`: {lead id: (place, status)}, with None for a new lead.
        """
        moves, rows = {}, []
        for lead in self:
            place, status = before[lead.id]
            now, new_status = lead._stage_place(), lead._stage_status()
            if place != now:
                moves[lead.id] = (place, now)
            old = (place.stage_id, status) if status else (False, False)
            if old != ((now.stage_id, new_status) if new_status else (False, False)):
                stage = lead.stage_id if new_status else None
                rows.append((lead.id, stage, new_status, lead.user_id.id, now.team_id, now.company_id))
        if moves:
            self._stage_refuse(self.env["crm.stage.gate"]._to_pass(moves))
        if rows:
            fresh = not any(place for place, _status in before.values())
            self.env["crm.stage.history"].sudo()._record(rows, fields.Datetime.now(), fresh)
            self._stage_advance(self.browse([row[0] for row in rows if row[2]]))

    @api.model
    def _stage_advance(self, leads):
        """Keep the furthest stage; it reaches the database with what the save itself writes, at no query of its own."""
        field = self._fields["max_stage_id"]
        for lead in leads.sudo():
            furthest = lead._stage_furthest()
            if furthest:
                field.write(lead, furthest)

    def _stage_furthest(self):
        """Id of the present stage where the deal has never been further; won stages are the furthest."""
        stage, furthest = self.stage_id.sudo(), self.sudo().max_stage_id
        if stage and (not furthest or self._stage_rank(stage) > self._stage_rank(furthest)):
            return stage.id
        return None

    @api.model
    def _stage_rank(self, stage):
        return (stage.is_won, stage.sequence, stage.id)

    # === GATES === #

    def _stage_refuse(self, gates_by_lead):
        """Raise one message with everything that is missing."""
        if not gates_by_lead:
            return
        missing = self.env["crm.stage.gate"]._missing(gates_by_lead)
        if not missing:
            return
        parts = []
        for lead in self.browse(list(missing)[:SHOWN]).sudo():
            head = self.env._(
                "“%(deal)s” cannot enter “%(stage)s” yet. Still missing:", deal=lead.name, stage=lead.stage_id.name
            )
            parts.append("\n".join([head, *self._stage_missing_lines(missing[lead.id])]))
        if len(missing) > SHOWN:
            parts.append(self.env._("... and %(count)s more deals.", count=len(missing) - SHOWN))
        raise ValidationError("\n\n".join(parts))

    @api.model
    def _stage_missing_lines(self, needs):
        return [f"• {gate.stage_id.name}: {label}" for gate, _code, label in needs]

    def _stage_missing_for(self, stage):
        """Return [(gate, code, label)] that would be missing to enter the stage; nothing is changed."""
        self.ensure_one()
        place = self._stage_place()
        after = place._replace(kind="opportunity", stage_id=stage.id)
        gates = self.env["crm.stage.gate"]._to_pass({self.id: (place, after)})
        return self.env["crm.stage.gate"]._missing(gates).get(self.id, []) if gates else []

    @api.depends_context("lang", "uid")
    @api.depends("stage_id", "team_id", "type", "won_status", "stage_approval_ids.state")
    def _compute_gate(self):
        """What the next stage asks for, told before anybody tries; a fixed number of queries for all records."""
        stages = self.env["crm.stage"].search([], order="sequence, id")
        places, next_stages = {}, {}
        for lead in self:
            following = stages.filtered(
                lambda stage, lead=lead: (
                    (stage.sequence, stage.id) > (lead.stage_id.sequence, lead.stage_id.id)
                    and (not stage.team_ids or lead.team_id in stage.team_ids)
                )
            )[:1]
            if lead._origin and lead.type == "opportunity" and lead.won_status == "pending" and following:
                place = lead._stage_place()
                next_stages[lead.id] = following
                places[lead._origin.id] = (place, place._replace(stage_id=following.id))
        gates = self.env["crm.stage.gate"]._to_pass(places) if places else {}
        missing = self.env["crm.stage.gate"]._missing(gates) if gates else {}
        for lead in self:
            needs = missing.get(lead._origin.id, [])
            lead.gate_next_stage_id = next_stages.get(lead.id, False)
            lead.gate_missing = ", ".join(label for _gate, _code, label in needs)
            lead.gate_needs_approval = any(code == "approval" for _gate, code, _label in needs)

    def action_request_stage_approval(self):
        self.ensure_one()
        needs = self._stage_missing_for(self.gate_next_stage_id) if self.gate_next_stage_id else []
        gates = [gate for gate, code, _label in needs if code == "approval"]
        if not gates:
            raise UserError(self.env._("The next stage needs no approval."))
        for gate in gates:
            self.env["crm.stage.approval"]._request(self, gate)
        return True

    def action_stage_history(self):
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_stage_history_action") | {
            "name": self.env._("Stages: %(deal)s", deal=self.name),
            "domain": [("lead_id", "=", self.id)],
            "context": {"create": False},
        }

    # === CONVERSION AND MERGE === #

    def _convert_opportunity_data(self, customer, team_id=False):
        """A converted lead begins in the furthest stage that it has earned: assignment never stops at a gate."""
        values = super()._convert_opportunity_data(customer, team_id)
        if self.type == "lead" and self.stage_id and "stage_id" not in values:
            team = self.env["crm.team"].browse(team_id) or self.team_id
            place = self._stage_place()._replace(kind="opportunity", team_id=team.id)
            gates = self.env["crm.stage.gate"]._to_pass({self.id: (None, place)})
            if gates and self.env["crm.stage.gate"]._missing(gates):
                start = self._stage_find(team_id=team.id, domain=[("fold", "=", False)])
                values["stage_id"] = start.id
        return values
