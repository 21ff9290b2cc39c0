from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from ..tools import dealing

RESULTS = [
    ("no_answer", "No answer"),
    ("wrong_number", "Wrong number"),
    ("call_back", "Call back"),
    ("reached", "Reached"),
    ("interested", "Interested"),
    ("ordered", "Ordered"),
    ("refused", "Refused"),
]
SPOKEN = ("call_back", "reached", "interested", "ordered", "refused")
# What an agent without marketing rights may write on an own call; the rest follows from the result.
PLANNERS = "mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager"
AGENT_FIELDS = frozenset(("contact_id", "note", "next_date", "suggestion_result"))


class CrmCallLine(models.Model):
    """One customer to be called: by whom and why, with what suggestion, and what came of it. Times UTC."""

    _name = "crm.call.line"
    _description = "Call of a List"
    _order = "next_date, id"
    _rec_name = "partner_id"

    list_id = fields.Many2one("crm.call.list", required=True, index=True, ondelete="cascade")
    campaign_id = fields.Many2one(related="list_id.campaign_id", store=True, index=True)
    company_id = fields.Many2one(related="list_id.company_id", store=True)
    script = fields.Html(related="list_id.script")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade", domain="[('parent_id', '=', False)]"
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Person",
        ondelete="set null",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', partner_id), ('is_company', '=', False)]",
    )
    phone = fields.Char(compute="_compute_phone", compute_sudo=True)
    user_id = fields.Many2one("res.users", "Agent", index=True, ondelete="set null")
    deal_reason = fields.Selection(
        [
            (dealing.OWN, "The customer's own salesperson"),
            (dealing.TERRITORY, "Salesperson of the territory"),
            (dealing.LOAD, "Had the fewest calls"),
        ],
        "Why This Agent",
        readonly=True,
    )
    state = fields.Selection(
        [("todo", "To call"), ("again", "Call again"), ("done", "Done")], default="todo", required=True, readonly=True
    )
    result = fields.Selection(RESULTS, readonly=True, index="btree_not_null")
    attempts = fields.Integer(readonly=True)
    next_date = fields.Datetime("Not Before", default=fields.Datetime.now, required=True)
    done_date = fields.Datetime("Last Call", readonly=True)
    note = fields.Text(help="What was said.")
    log_id = fields.Many2one("crm.contact.log", "Contact Record", readonly=True, index="btree_not_null")
    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, index="btree_not_null", ondelete="set null")
    order_ids = fields.One2many("sale.order", "crm_call_line_id", "Orders", readonly=True)

    suggestion_product_id = fields.Many2one("product.product", "Suggestion", readonly=True, ondelete="set null")
    suggestion_reason = fields.Char("Why This Product", readonly=True)
    suggestion_result = fields.Selection(
        [("offered", "Offered, no answer yet"), ("accepted", "Accepted"), ("declined", "Declined")],
        "Suggestion Used",
        help="Empty: not mentioned in the call.",
    )

    _list_partner_unique = models.UniqueIndex("(list_id, partner_id)", "This customer is on the list already.")

    @api.depends("contact_id.phone", "partner_id.phone")
    def _compute_phone(self):
        for line in self:
            line.phone = line.contact_id.phone or line.partner_id.phone

    def write(self, vals):
        planner = self.env.su or self.env.user.has_groups(PLANNERS)
        if not planner and vals.keys() - AGENT_FIELDS:
            raise AccessError(self.env._("An agent writes what was said, not the list: use the buttons."))
        return super().write(vals)

    # === SUGGESTION === #

    def _prepare_suggestions(self):
        """Look up what the analysis suggests to each customer, once; what it found stays on the call."""
        engine = self.env["crm.suggestion"]
        for line in self.sudo().filtered(lambda line: not line.suggestion_product_id and line.state != "done"):
            offers = engine._suggest(line.company_id, line.partner_id, limit=1)
            if offers:
                line.suggestion_product_id = offers[0]["product"]
                line.suggestion_reason = offers[0]["reason"]

    def action_call(self):
        """Open the call with its suggestion."""
        self.ensure_one()
        self.check_access("write")
        self._prepare_suggestions()
        return {
            "type": "ir.actions.act_window",
            "name": self.list_id.sudo().name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("crm_marketing.crm_call_line_view_form").id, "form")],
        }

    def action_next(self):
        """Open the next call of the agent that is due; of this list first."""
        now = fields.Datetime.now()
        mine = [("user_id", "=", self.env.uid), ("state", "!=", "done"), ("next_date", "<=", now)]
        mine += [("list_id.state", "=", "running")]
        line = self.search([*mine, ("list_id", "in", self.list_id.ids)], limit=1) or self.search(mine, limit=1)
        if not line:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {"message": self.env._("No call is due."), "type": "success"},
            }
        return line.action_call()

    # === RESULT === #

    def action_result(self):
        """The button of a result (`crm_call_result` in the context); interested and ordered open what follows."""
        self.ensure_one()
        self._set_result(self.env.context.get("crm_call_result"), fields.Datetime.now())
        if self.result == "ordered" and not self.order_ids:
            return self._action_quotation()
        return self.action_next() if self.env.context.get("crm_call_next") else True

    def _set_result(self, result, now):
        """Note what came of a call: contact record, touch, opportunity, next attempt."""
        if result not in dict(RESULTS):
            raise UserError(self.env._("Choose what came of the call."))
        self.check_access("write")
        for line in self:
            if line.list_id.sudo().state != "running":
                raise UserError(self.env._("%(list)s is not running.", list=line.list_id.sudo().name))
            line_sudo = line.sudo().with_company(line.company_id)
            attempts = line.attempts + 1
            again = result == "call_back" or result == "no_answer" and attempts < line.list_id.sudo().max_attempts
            line_sudo.write(
                {"result": result, "attempts": attempts, "done_date": now, "state": "again" if again else "done"}
            )
            if again and line.next_date <= now:
                line_sudo.next_date = now + timedelta(days=1)
            if result in ("interested", "ordered") and not line.lead_id:
                line_sudo.lead_id = line_sudo._make_lead()
            if result in SPOKEN:
                line_sudo._note_contact(now)

    def _note_contact(self, now):
        """The contact record and its touch, in sudo: the agent need not have sales rights."""
        names = dict(self._fields["result"]._description_selection(self.env))
        self.log_id = self.env["crm.contact.log"]._log(
            self.contact_id or self.partner_id,
            "call",
            date=now,
            user_id=(self.user_id or self.env.user).id,
            company_id=self.company_id.id,
            subject=f"{self.list_id.name}: {names[self.result]}",
            content=plaintext2html(self.note or ""),
            lead_id=self.lead_id.id,
        )
        self.env["crm.touch"]._record(
            [
                {
                    "date": now,
                    "kind": "call",
                    "contact_id": (self.contact_id or self.partner_id).id,
                    "campaign_id": self.campaign_id.id,
                    "medium_id": self._medium().id,
                    "res_model": "crm.contact.log",
                    "res_id": self.log_id.id,
                    "opportunity_id": self.lead_id.id,
                    "company_id": self.company_id.id,
                }
            ]
        )

    def _medium(self):
        return self.env["utm.medium"]._fetch_or_create_utm_medium("phone")

    def _make_lead(self):
        """An opportunity for who shows interest, of the agent if he sells, else of the territory's salesperson."""
        agent = self.user_id if self.user_id.has_group("sales_team.group_sale_salesman") else self.user_id.browse()
        return self.env["crm.lead"].create(
            {
                "name": f"{self.partner_id.name}: {self.campaign_id.title}",
                "type": "opportunity",
                "partner_id": (self.contact_id or self.partner_id).id,
                "company_id": self.company_id.id,
                "campaign_id": self.campaign_id.id,
                "medium_id": self._medium().id,
                "user_id": agent.id,
                "description": plaintext2html(self.note or ""),
            }
        )

    def _action_quotation(self):
        """A new quotation that knows its call, campaign and opportunity."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": (self.contact_id or self.partner_id).id,
                "default_opportunity_id": self.lead_id.id,
                "default_campaign_id": self.campaign_id.id,
                "default_company_id": self.company_id.id,
                "default_crm_call_line_id": self.id,
            },
        }
