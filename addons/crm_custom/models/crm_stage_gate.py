from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..tools import stages as rules

QUOTATION_STATES = {
    "exists": ("draft", "sent", "sale"),
    "sent": ("sent", "sale"),
    "confirmed": ("sale",),
}


class CrmStageGate(models.Model):
    """What a deal needs before it may enter a stage: facts, activities, documents, approval.

    Checked in create and write of crm.lead (see crm_lead_stage.py), so that every door leads past it.
    """

    _name = "crm.stage.gate"
    _inherit = ["crm.cached.mixin"]
    _description = "Stage Gate"
    _order = "stage_id, team_id, id"
    _rec_name = "stage_id"

    active = fields.Boolean(default=True)
    stage_id = fields.Many2one("crm.stage", string="To enter stage", required=True, index=True, ondelete="cascade")
    team_id = fields.Many2one("crm.team", string="Only for team", ondelete="cascade", help="Empty = for every team.")
    company_id = fields.Many2one("res.company", string="Only for company", help="Empty = for every company.")
    fact_ids = fields.One2many("crm.stage.gate.fact", "gate_id", string="Facts to fill in", copy=True)
    activity_type_ids = fields.Many2many(
        "mail.activity.type", string="Activities done", help="At least one activity of each type is done on the deal."
    )
    attachment_count = fields.Integer("Attached files", help="How many files must be attached to the deal.")
    attachment_name = fields.Char(
        "File name contains", help="Counts only files whose name contains this text, such as 'specification'."
    )
    quotation = fields.Selection(
        [("exists", "Drawn up"), ("sent", "Sent to the customer"), ("confirmed", "Confirmed")],
        help="A quotation of the deal must have come this far.",
    )
    approver_group_id = fields.Many2one(
        "res.groups", string="Approval by", help="Somebody of this group approves the deal before it may pass."
    )
    approval_amount = fields.Float(
        "Approval from amount",
        digits=(16, 2),
        help="Deals below this expected revenue (company currency) need no approval. 0 = every deal.",
    )
    allow_own_approval = fields.Boolean("May approve own request")
    summary = fields.Char(compute="_compute_summary", string="Needs")

    _check_attachments = models.Constraint(
        "CHECK (attachment_count >= 0 AND approval_amount >= 0)",
        "The number of files and the amount of a gate cannot be negative.",
    )

    @api.depends("stage_id", "team_id")
    def _compute_display_name(self):
        for gate in self:
            names = [gate.stage_id.display_name, gate.team_id.display_name]
            gate.display_name = " / ".join(name for name in names if name)

    @api.depends_context("lang")
    @api.depends(
        *(
            "fact_ids.field_name",
            "activity_type_ids",
            "attachment_count",
            "attachment_name",
            "quotation",
            "approver_group_id",
        )
    )
    def _compute_summary(self):
        for gate in self:
            gate.summary = ", ".join(label for _code, label in gate._needs())

    def _needs(self):
        """Return [(code, label in the user's words)] of what the gate asks for."""
        self.ensure_one()
        needs = []
        labels = dict(self.env["crm.stage.gate.fact"]._field_names()) if self.fact_ids else {}
        # A field of an addon that is gone is no longer asked for.
        names = [name for name in self.fact_ids.mapped("field_name") if name in labels]
        needs += [(f"field:{name}", labels[name]) for name in names]
        for activity_type in self.sudo().activity_type_ids:
            label = self.env._("activity “%(name)s” done", name=activity_type.name)
            needs.append((f"activity:{activity_type.id}", label))
        if self.attachment_count or self.attachment_name:
            needs.append(("attachment", self._attachment_label()))
        if self.quotation:
            state = dict(self._fields["quotation"]._description_selection(self.env))[self.quotation]
            needs.append(("quotation", self.env._("quotation: %(state)s", state=state)))
        if self.approver_group_id:
            group = self.sudo().approver_group_id.display_name
            needs.append(("approval", self.env._("approval by “%(group)s”", group=group)))
        return needs

    def _attachment_label(self):
        count = self.attachment_count or 1
        if self.attachment_name:
            return self.env._("attached files named “%(name)s”: %(count)s", name=self.attachment_name, count=count)
        return self.env._("attached files: %(count)s", count=count)

    @api.constrains("stage_id", "team_id", "active")
    def _check_not_start(self):
        """A new deal always starts somewhere, also one that a mail or a web form brings in."""
        line = self._line()
        for gate in self.filtered("active"):
            stage = gate.sudo().stage_id
            teams = (gate.team_id or stage.team_ids).ids or [False]
            if not any(stage.id in rules.stages_behind(line, stage.id, team) for team in teams):
                raise ValidationError(
                    self.env._(
                        "Deals start in “%(stage)s”, so it cannot have a gate. Put the gate before the next stage.",
                        stage=gate.stage_id.name,
                    )
                )

    # === WHICH GATES === #

    @api.model
    @ormcache()
    def _line(self):
        """All stages in the order of the pipeline, for the rules in tools/stages.py."""
        stages = self.env["crm.stage"].sudo().search_fetch([], ["is_won", "fold", "team_ids"], order="sequence, id")
        return [rules.Stage(stage.id, stage.is_won, stage.fold, frozenset(stage.team_ids._ids)) for stage in stages]

    @api.model
    @ormcache()
    def _plain(self):
        """All gates in force, for the rules; cached, so that a pipeline without gates costs no query."""
        gates = self.sudo().search_fetch([], ["stage_id", "team_id", "company_id"])
        return [rules.Gate(gate.id, gate.stage_id.id, gate.team_id.id, gate.company_id.id) for gate in gates]

    @api.model
    def _to_pass(self, places):
        """Return {lead id: gates to pass now} of {lead id: (place before or None, place after)}."""
        plain = self._plain()
        if not plain:
            return {}
        line = self._line()
        order = {stage.id: number for number, stage in enumerate(line)}
        in_order = sorted(plain, key=lambda gate: (order.get(gate.stage_id, -1), gate.id))
        result = {}
        for lead_id, (before, after) in places.items():
            behind = rules.gates_behind(plain, line, after) - rules.gates_behind(plain, line, before)
            if behind:
                result[lead_id] = self.browse([gate.id for gate in in_order if gate.id in behind])
        return result

    # === WHAT IS MISSING === #

    @api.model
    def _missing(self, gates_by_lead):
        """Return {lead id: [(gate, code, label)]} of what is missing; a fixed number of queries for all leads.

        Read in sudo: a gate may ask for what the user cannot see, and only its label is told.
        """
        leads = self.env["crm.lead"].sudo().browse(gates_by_lead)
        all_gates = self.sudo().concat(*gates_by_lead.values()) if gates_by_lead else self.sudo()
        all_gates = all_gates.browse(dict.fromkeys(all_gates.ids))
        facts = {
            "activity": self._done_activities(leads, all_gates),
            "attachment": self._attachments(leads, all_gates),
            "quotation": self._quotations(leads, all_gates),
            "approval": self.env["crm.stage.approval"]._approved(leads, all_gates),
        }
        result = {}
        for lead in leads:
            for gate in gates_by_lead[lead.id].sudo():
                for code, label in gate._needs():
                    if not gate._has(lead, code, facts):
                        result.setdefault(lead.id, []).append((gate, code, label))
        return result

    def _has(self, lead, code, facts):
        kind, _sep, detail = code.partition(":")
        if kind == "field":
            return bool(lead[detail])
        if kind == "activity":
            return (lead.id, int(detail)) in facts["activity"]
        if kind == "attachment":
            text = (self.attachment_name or "").casefold()
            names = [name for name in facts["attachment"].get(lead.id, []) if text in (name or "").casefold()]
            return len(names) >= (self.attachment_count or 1)
        if kind == "quotation":
            return bool(facts["quotation"].get(lead.id, set()) & set(QUOTATION_STATES[self.quotation]))
        if (lead.expected_revenue or 0.0) < self.approval_amount:
            return True
        return facts["approval"].get((lead.id, self.id), -1.0) >= (lead.expected_revenue or 0.0)

    @api.model
    def _done_activities(self, leads, gates):
        types = gates.activity_type_ids
        if not types:
            return set()
        groups = (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            ._read_group(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", leads.ids),
                    ("activity_type_id", "in", types.ids),
                    ("active", "=", False),
                ],
                ["res_id", "activity_type_id"],
            )
        )
        return {(lead_id, activity_type.id) for lead_id, activity_type in groups}

    @api.model
    def _attachments(self, leads, gates):
        if not any(gate.attachment_count or gate.attachment_name for gate in gates):
            return {}
        domain = [("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids), ("res_field", "=", False)]
        found = self.env["ir.attachment"].sudo().search_fetch(domain, ["res_id", "name"])
        return {lead_id: files.mapped("name") for lead_id, files in found.grouped("res_id").items()}

    @api.model
    def _quotations(self, leads, gates):
        if not any(gates.mapped("quotation")):
            return {}
        groups = (
            self.env["sale.order"]
            .sudo()
            ._read_group([("opportunity_id", "in", leads.ids)], ["opportunity_id"], ["state:array_agg_distinct"])
        )
        return {lead.id: set(states) for lead, states in groups}
