from ast import literal_eval
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .crm_touch import KINDS

UNITS = {"hours": "hours", "days": "days"}


class CrmFlowStep(models.Model):
    """One step of a flow: wait, go on only if, or do something. Each handles all customers that stand at it at once."""

    _name = "crm.flow.step"
    _description = "Flow Step"
    _order = "sequence, id"
    _rec_name = "text"

    flow_id = fields.Many2one("crm.flow", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="flow_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("wait", "Wait"),
            ("condition", "Go on only if"),
            ("mailing", "Send a mailing"),
            ("activity", "Plan an activity"),
            ("call", "Put on a call list"),
            ("lead", "Make a lead"),
        ],
        required=True,
        default="wait",
    )
    number = fields.Integer("How Long", default=1)
    unit = fields.Selection([("hours", "Hours"), ("days", "Days")], default="days")
    condition = fields.Selection(
        [("touch", "the customer has"), ("no_touch", "the customer has not"), ("filter", "the customer is")],
        default="touch",
    )
    touch_kind = fields.Selection(KINDS, "Done Since the Start", default="click")
    domain = fields.Char("Filter", default="[]")
    mailing_id = fields.Many2one(
        "mailing.mailing",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('mailing_model_id.model', '=', 'res.partner'), ('state', '=', 'draft')]",
        help="A draft mailing to customers: a copy of it is sent to whoever comes to this step, once a day.",
    )
    list_id = fields.Many2one("crm.call.list", index="btree_not_null", ondelete="restrict", check_company=True)
    summary = fields.Char(help="What is to be done; the customer's salesperson does it, else the owner of the flow.")
    text = fields.Char("Step", compute="_compute_text")

    _check_number = models.Constraint("CHECK (kind <> 'wait' OR number > 0)", "A wait lasts at least one hour or day.")

    @api.depends("kind", "number", "unit", "condition", "touch_kind", "mailing_id", "list_id", "summary")
    @api.depends_context("lang")
    def _compute_text(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        units = dict(self._fields["unit"]._description_selection(self.env))
        touches = dict(self._fields["touch_kind"]._description_selection(self.env))
        conditions = dict(self._fields["condition"]._description_selection(self.env))
        for step in self:
            detail = {
                "wait": f"{step.number} {units.get(step.unit, '')}",
                "condition": f"{conditions.get(step.condition, '')}: {touches.get(step.touch_kind, '')}",
                "mailing": step.mailing_id.sudo().subject,
                "activity": step.summary,
                "call": step.list_id.sudo().name,
            }
            if step.kind == "condition" and step.condition == "filter":
                detail["condition"] = step.domain
            text = kinds.get(step.kind, "")
            step.text = f"{text}: {detail[step.kind]}" if detail.get(step.kind) else text

    @api.constrains("kind", "mailing_id", "list_id", "summary", "domain")
    def _check_complete(self):
        for step in self:
            missing = {"mailing": not step.mailing_id, "call": not step.list_id, "activity": not step.summary}
            if missing.get(step.kind):
                raise ValidationError(self.env._("Say what the step “%(step)s” does.", step=step.text))
            if step.kind == "condition" and step.condition == "filter":
                step._filter()
            if step.kind == "mailing" and step.mailing_id.mailing_model_real != "res.partner":
                raise ValidationError(self.env._("Choose a mailing to contacts."))

    def _filter(self):
        try:
            domain = Domain(literal_eval((self.domain or "").strip() or "[]"))
            self.env["res.partner"]._search(domain)
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(self.env._("The filter cannot be read: %(reason)s", reason=error)) from error
        return domain

    # === PASSING === #

    def _pass(self, runs, now):
        """Let the runs that stand at this step go on; returns {run: (due, goes on, text)}."""
        if self.kind == "wait":
            span = timedelta(**{UNITS[self.unit]: self.number})
            return {run: (run.due + span, True, self.text) for run in runs}
        if self.kind == "condition":
            held = self._holds(runs)
            yes, no = self.env._("%(step)s: yes", step=self.text), self.env._("%(step)s: no, ends", step=self.text)
            return {run: (run.due, run in held, yes if run in held else no) for run in runs}
        tests = runs.filtered("is_test")
        real = runs - tests
        notes = getattr(self, f"_act_{self.kind}")(real, now) if real else {}
        would = self.env._("would now: %(step)s", step=self.text)
        done = self.env._("done: %(step)s", step=self.text)
        return {run: (run.due, True, would if run.is_test else notes.get(run, done)) for run in runs}

    def _holds(self, runs):
        if self.condition == "filter":
            found = self.env["res.partner"].search(self._filter() & Domain("id", "in", runs.partner_id.ids))
            return runs.filtered(lambda run: run.partner_id in found)
        # Touches of the flow's own campaign after the trigger itself.
        latest = dict(
            self.env["crm.touch"]._read_group(
                [
                    ("partner_id", "in", runs.partner_id.ids),
                    ("campaign_id", "=", self.flow_id.campaign_id.id),
                    ("kind", "=", self.touch_kind),
                    ("valid", "=", True),
                    ("id", "not in", runs.touch_id.ids),
                ],
                ["partner_id"],
                ["date:max"],
            )
        )
        has = runs.filtered(lambda run: latest.get(run.partner_id) and latest[run.partner_id] >= run.started)
        return has if self.condition == "touch" else runs - has

    # === ACTIONS === #

    def _act_mailing(self, runs, now):
        """Send by a copy of the mailing, one a day: consents, blacklists and clicks are handled as ever."""
        day = fields.Date.to_string(now)
        name = f"{self.mailing_id.subject} ({self.flow_id.name}, {day})"
        mailing = self.env["mailing.mailing"].search(
            [("crm_flow_step_id", "=", self.id), ("crm_flow_day", "=", day)], limit=1
        )
        partners = runs.partner_id
        if mailing:
            partners |= partners.browse(literal_eval(mailing.mailing_domain)[0][2])
        else:
            mailing = self.mailing_id.copy(
                {"name": name, "campaign_id": self.flow_id.campaign_id.id, "user_id": self.flow_id.user_id.id}
            )
            mailing.write({"crm_flow_step_id": self.id, "crm_flow_day": day})
        mailing.mailing_domain = repr([("id", "in", sorted(partners.ids))])
        mailing.action_put_in_queue()
        return {}

    def _act_activity(self, runs, now):
        for run in runs:
            run.partner_id.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.summary,
                date_deadline=fields.Date.context_today(self, now),
                user_id=(run.partner_id.user_id or self.flow_id.user_id).id,
            )
        return {}

    def _act_call(self, runs, _now):
        """Put the customers on the call list, as far as they may be called; a running list deals them at once."""
        calls, partners = self.list_id, runs.partner_id
        notes = {}
        for reason, refused in calls._refused(partners).items():
            left_out, partners = partners & refused, partners - refused
            text = self.env._("not called: %(why)s", why=reason)
            notes |= {run: text for run in runs if run.partner_id in left_out}
        partners -= calls.line_ids.partner_id
        calls.env["crm.call.line"].create([{"list_id": calls.id, "partner_id": partner.id} for partner in partners])
        if calls.state == "running":
            calls._deal()
        return notes

    def _act_lead(self, runs, _now):
        campaign = self.flow_id.campaign_id
        leads = self.env["crm.lead"].with_context(mail_create_nosubscribe=True, default_user_id=False)
        known = leads.search(
            [("campaign_id", "=", campaign.id), ("partner_id.commercial_partner_id", "in", runs.partner_id.ids)]
        ).partner_id.commercial_partner_id
        new = runs.filtered(lambda run: run.partner_id not in known)
        leads.create(
            [
                {
                    "name": f"{campaign.title}: {run.partner_id.name}",
                    "type": "lead",
                    "partner_id": run.partner_id.id,
                    "company_id": self.flow_id.company_id.id,
                    "campaign_id": campaign.id,
                    "medium_id": run.touch_id.medium_id.id,
                    "source_id": run.touch_id.source_id.id,
                    "user_id": False,
                }
                for run in new
            ]
        )
        return {run: self.env._("has a lead of this campaign already") for run in runs - new}
