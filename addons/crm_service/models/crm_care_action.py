from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .crm_care_rule import CARE_KINDS

OUTCOMES = [
    ("satisfied", "Satisfied"),
    ("problem", "Has a problem"),
    ("order", "Wants to order"),
    ("missed", "Not reached"),
    ("skipped", "Left out"),
]


class CrmCareAction(models.Model):
    """One scheduled act of care for a customer, and what came of it. Made by rules (crm_care_plan.py), once each.

    `date` is the day it is due. An outcome becomes a contact of the customer (crm.contact.log); a problem a ticket.
    """

    _name = "crm.care.action"
    _description = "Care Action"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date, id"
    _check_company_auto = True

    name = fields.Char("Subject", required=True)
    rule_id = fields.Many2one("crm.care.rule", index="btree_not_null", ondelete="set null", check_company=True)
    kind = fields.Selection([*CARE_KINDS, ("other", "Other")], required=True, default="other", index=True)
    question = fields.Text(related="rule_id.question")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    phone = fields.Char(compute="_compute_phone")
    user_id = fields.Many2one("res.users", "Agent", domain=[("share", "=", False)], index=True, tracking=True)
    date = fields.Date("Due", required=True, default=fields.Date.context_today, tracking=True)
    state = fields.Selection(
        [("open", "To Do"), ("done", "Done")], default="open", required=True, readonly=True, index=True
    )
    outcome = fields.Selection(OUTCOMES, readonly=True, tracking=True)
    note = fields.Char("What Was Said")
    tries = fields.Integer("Tried", readonly=True)
    date_done = fields.Datetime("Done On", readonly=True)
    order_id = fields.Many2one("sale.order", index="btree_not_null", ondelete="set null", check_company=True)
    picking_id = fields.Many2one(
        "stock.picking", "Delivery", index="btree_not_null", ondelete="set null", check_company=True
    )
    source_key = fields.Char(readonly=True, copy=False, help="What it was made for: once each.")
    ticket_id = fields.Many2one("crm.ticket", readonly=True, copy=False, index="btree_not_null", ondelete="set null")
    log_id = fields.Many2one(
        "crm.contact.log", "Contact", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    _source_unique = models.UniqueIndex(
        "(company_id, rule_id, source_key) WHERE source_key IS NOT NULL", "This is on the list already."
    )
    _todo_idx = models.Index("(user_id, date) WHERE state = 'open'")

    @api.depends("partner_id")
    def _compute_phone(self):
        """The phone of the person who ordered, else of the customer."""
        for action in self:
            action.phone = action.order_id.sudo().partner_id.phone or action.partner_id.phone

    # === OUTCOMES, ONE CLICK EACH === #

    def action_satisfied(self):
        self._record("satisfied")

    def action_order(self):
        self._record("order")

    def action_skip(self):
        self._record("skipped")

    def action_problem(self):
        """The customer has a problem: a ticket for it, opened at once."""
        self.ensure_one()
        self._check_open()
        self.ticket_id = self.env["crm.ticket"].create(
            {
                "name": self.note or self.name,
                "company_id": self.company_id.id,
                "partner_id": self.order_id.sudo().partner_id.id or self.partner_id.id,
                "sale_order_id": self.order_id.id,
                "picking_id": self.picking_id.id,
                "channel": "phone",
                "user_id": self.env.uid,
            }
        )
        self._record("problem")
        return self.ticket_id.get_formview_action()

    def action_not_reached(self):
        """Try again after the days of the rule; after the last attempt the action is closed."""
        self._check_open()
        today = fields.Date.context_today(self)
        for action in self:
            action.sudo().tries += 1
            if action.tries >= (action.rule_id.attempts or 3):
                action._close("missed")
            else:
                action.date = fields.Date.add(today, days=action.rule_id.retry_days or 1)

    def _check_open(self):
        self.check_access("write")
        if any(action.state != "open" for action in self):
            raise UserError(self.env._("This is done already."))

    def _record(self, outcome):
        self._check_open()
        for action in self:
            if outcome != "skipped":
                action.sudo().log_id = action._log_contact(outcome)
            action._close(outcome)

    def _close(self, outcome):
        self.sudo().write(
            {
                "state": "done",
                "outcome": outcome,
                "date_done": fields.Datetime.now(),
                "user_id": self.user_id.id or self.env.uid,
            }
        )

    def _log_contact(self, outcome):
        """The call is a contact like any other; written for the agent, who has no rights on contacts."""
        names = dict(self._fields["outcome"]._description_selection(self.env))
        return (
            self.env["crm.contact.log"]
            .sudo()
            ._log(
                self.order_id.partner_id or self.partner_id,
                "call",
                subject=f"{self.name}: {names[outcome]}",
                content=plaintext2html(self.note or ""),
                user_id=self.env.uid,
                company_id=self.company_id.id,
                order_id=self.order_id.id,
            )
        )

    def action_open_ticket(self):
        return self.ticket_id.get_formview_action()

    def action_open_customer(self):
        return self.partner_id.get_formview_action()
