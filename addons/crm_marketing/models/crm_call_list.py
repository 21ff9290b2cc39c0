from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import dealing

FILL_LIMIT = 20000
# Beyond this many new calls the suggestion is looked up when the call begins, not before.
PREPARED = 200
# Mail that never left because of the address or the recipient's will.
UNREACHED = ("mail_bl", "mail_optout", "mail_email_missing", "mail_email_invalid", "mail_bounce")


class CrmCallList(models.Model):
    """Customers to be called for a campaign, dealt to agents; what they say goes back to the campaign."""

    _name = "crm.call.list"
    _description = "Call List"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    campaign_id = fields.Many2one(
        "utm.campaign", required=True, index=True, ondelete="restrict", tracking=True, check_company=True
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one("res.users", "Owner", default=lambda self: self.env.user, tracking=True)
    agent_ids = fields.Many2many(
        "res.users", string="Agents", domain="[('share', '=', False)]", help="Who makes the calls."
    )
    capacity = fields.Integer("Open Calls per Agent", help="Most open calls of this list an agent holds; 0 = no limit.")
    max_attempts = fields.Integer(
        "Attempts", default=3, required=True, help="After so many calls without an answer the customer is left alone."
    )
    date_start = fields.Date("Start", default=fields.Date.context_today)
    date_end = fields.Date("End")
    script = fields.Html(help="What the agent says: shown beside each call.")
    audience = fields.Selection(
        [
            ("filter", "Customers of a filter"),
            ("segment", "The campaign's audience"),
            ("unreached", "Customers whom the campaign's mails did not reach"),
        ],
        default="filter",
        required=True,
    )
    domain = fields.Char("Filter", default="[]", required=True)
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("done", "Done")], default="draft", required=True, tracking=True
    )
    line_ids = fields.One2many("crm.call.line", "list_id", string="Calls")
    left_out = fields.Char(readonly=True, copy=False)

    line_count = fields.Integer("Customers", compute="_compute_counts")
    open_count = fields.Integer("Open", compute="_compute_counts")
    reached_count = fields.Integer("Reached", compute="_compute_counts", help="Spoken to, whatever they said.")
    interested_count = fields.Integer("Interested", compute="_compute_counts")
    ordered_count = fields.Integer("Ordered", compute="_compute_counts")
    refused_count = fields.Integer("Refused", compute="_compute_counts")
    suggested_count = fields.Integer("Suggestions Shown", compute="_compute_counts")
    offered_count = fields.Integer("Suggestions Offered", compute="_compute_counts")
    accepted_count = fields.Integer("Suggestions Accepted", compute="_compute_counts")

    _check_dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A call list cannot end before it starts.",
    )
    _check_numbers = models.Constraint(
        "CHECK (capacity >= 0 AND max_attempts > 0)", "Attempts are at least one, open calls not below zero."
    )

    @api.depends("line_ids.state", "line_ids.result", "line_ids.suggestion_result")
    def _compute_counts(self):
        lines = self.env["crm.call.line"].sudo()
        mine = [("list_id", "in", self.ids)]
        results, states, used = {}, {}, {}
        for source, field in ((results, "result"), (states, "state"), (used, "suggestion_result")):
            for group, value, count in lines._read_group(mine, ["list_id", field], ["__count"]):
                source.setdefault(group.id, {})[value] = count
        shown = dict(lines._read_group([*mine, ("suggestion_product_id", "!=", False)], ["list_id"], ["__count"]))
        for record in self:
            result, state, use = (source.get(record.id, {}) for source in (results, states, used))
            record.line_count = sum(state.values())
            record.open_count = state.get("todo", 0) + state.get("again", 0)
            record.interested_count = result.get("interested", 0)
            record.ordered_count = result.get("ordered", 0)
            record.refused_count = result.get("refused", 0)
            record.reached_count = sum(
                result.get(name, 0) for name in ("reached", "call_back", "interested", "ordered", "refused")
            )
            record.suggested_count = shown.get(record, 0)
            record.offered_count = sum(use.get(name, 0) for name in ("offered", "accepted", "declined"))
            record.accepted_count = use.get("accepted", 0)

    @api.constrains("domain")
    def _check_domain(self):
        for record in self:
            record._audience_domain()

    def _audience_domain(self):
        try:
            domain = Domain(literal_eval((self.domain or "").strip() or "[]"))
            self.env["res.partner"]._search(domain)
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(self.env._("The filter cannot be read: %(reason)s", reason=error)) from error
        return domain

    # === FILLING === #

    def _audience_partners(self):
        """Whom the list is for, by the user's own rights."""
        partners = self.env["res.partner"]
        if self.audience == "filter":
            return partners.search(self._audience_domain(), limit=FILL_LIMIT)
        if self.audience == "segment":
            version = self.campaign_id.segment_version_id or self.campaign_id._freeze_audience("call")
            lines = self.env["crm.segment.version.line"]._search(
                [("version_id", "=", version.id), ("excluded_reason", "=", False)]
            )
            return partners.search([("id", "in", lines.subselect("partner_id"))], limit=FILL_LIMIT)
        traces = self.env["mailing.trace"]._read_group(
            [
                ("campaign_id", "=", self.campaign_id.id),
                ("model", "=", "res.partner"),
                ("is_test_trace", "=", False),
                ("failure_type", "in", UNREACHED),
            ],
            ["res_id"],
        )
        return partners.search([("id", "in", [row[0] for row in traces])], limit=FILL_LIMIT)

    def _refused(self, partners):
        """Those of the partners who may not be called: {reason in words: partners}. Extended where consents are."""
        none = self.env["res.partner"].sudo().with_company(self.company_id)
        kept_out = none.search(none._crm_no_campaign_domain() & Domain("id", "in", partners.ids))
        phones = [phone for phone in partners.mapped("phone_sanitized") if phone]
        numbers = self.env["phone.blacklist"].sudo().search([("number", "in", phones)])
        black = set(numbers.mapped("number"))
        return {
            self.env._("left out of campaigns"): kept_out,
            self.env._("want no calls"): partners.filtered(lambda partner: partner.phone_sanitized in black),
            self.env._("without a number"): partners.filtered(lambda partner: not partner.phone),
        }

    def action_fill(self):
        """Add the customers of the audience who may be called and are not on the list yet; one call a customer."""
        self.ensure_one()
        self._require_open()
        partners = self._audience_partners()
        texts = []
        for reason, refused in self._refused(partners).items():
            count = len(partners & refused)
            partners -= refused
            if count:
                texts.append(f"{count} {reason}")
        lines = self.env["crm.call.line"]
        present = {partner.id for (partner,) in lines.sudo()._read_group([("list_id", "=", self.id)], ["partner_id"])}
        values = []
        for partner in partners.sudo():
            customer = partner.commercial_partner_id
            if customer.id not in present:
                present.add(customer.id)
                person = partner.id if partner != customer else False
                values.append({"list_id": self.id, "partner_id": customer.id, "contact_id": person})
        lines.create(values)
        self.left_out = ", ".join(texts)
        return True

    def _require_open(self):
        if self.state == "done":
            raise UserError(self.env._("%(list)s is closed.", list=self.name))

    # === DEALING === #

    def action_deal(self):
        """Give every open call without an agent to one, and start the list."""
        for record in self:
            record._require_open()
            record.campaign_id._check_may_send()
            if not record.agent_ids:
                raise UserError(self.env._("Choose the agents of %(list)s first.", list=record.name))
            if not record.line_ids:
                record.action_fill()
            if not record.line_ids:
                raise UserError(self.env._("Nobody is on %(list)s: change the filter.", list=record.name))
            record._deal()
        self.write({"state": "running"})
        return True

    def _deal(self):
        lines = self.line_ids.filtered(lambda line: not line.user_id and line.state != "done")
        owners = self.env["crm.territory"]._owners()
        calls = []
        for line in lines.sudo():
            owner, territory = line.partner_id.user_id.id or None, line.partner_id.territory_id.id
            calls.append(dealing.Call(line.id, owner, owners.get(territory, (None, None))[0] or None))
        loads = dict.fromkeys(self.agent_ids.ids, 0)
        held = (
            self.env["crm.call.line"]
            .sudo()
            ._read_group(
                [("list_id", "=", self.id), ("state", "!=", "done"), ("user_id", "in", self.agent_ids.ids)],
                ["user_id"],
                ["__count"],
            )
        )
        loads |= {user.id: count for user, count in held}
        groups = {}
        for line_id, (agent, reason) in dealing.deal(calls, loads, self.capacity).items():
            if agent:
                groups.setdefault((agent, reason), []).append(line_id)
        for (agent, reason), line_ids in groups.items():
            lines.browse(line_ids).write({"user_id": agent, "deal_reason": reason})
        if len(lines) <= PREPARED:
            lines._prepare_suggestions()

    def action_redeal(self):
        """Take back the calls that nobody has tried and deal them anew, for example without somebody who is ill."""
        for record in self:
            record._require_open()
            fresh = record.line_ids.filtered(lambda line: line.state == "todo" and not line.attempts)
            fresh.write({"user_id": False, "deal_reason": False})
        return self.action_deal()

    def action_close(self):
        self.write({"state": "done"})
        return True

    def action_reopen(self):
        self.write({"state": "running"})
        return True

    # === DRILL-DOWN === #

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_call_line_action")
        action |= {"name": self.name, "domain": [("list_id", "=", self.id)], "context": {}}
        result = self.env.context.get("crm_call_result")
        if result == "open":
            action["domain"] += [("state", "!=", "done")]
        elif result == "reached":
            action["domain"] += [("result", "not in", (False, "no_answer", "wrong_number"))]
        elif result in ("offered", "accepted"):
            used = ("offered", "accepted", "declined") if result == "offered" else ("accepted",)
            action["domain"] += [("suggestion_result", "in", used)]
        elif result:
            action["domain"] += [("result", "=", result)]
        return action
