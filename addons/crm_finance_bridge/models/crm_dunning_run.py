from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class CrmDunningRun(models.Model):
    """The letters of one legal entity made on one day: prepared, looked at, sent; at most one open run a company.

    Preparing and sending are in crm_dunning_run_prepare.py and crm_dunning_letter_send.py.
    """

    _name = "crm.dunning.run"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Reminder Run"
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True, default=lambda self: self.env.company.root_id._crm_credit_today())
    user_id = fields.Many2one("res.users", "Made By", default=lambda self: self.env.user, readonly=True)
    by_cron = fields.Boolean("Automatic", readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("draft", "Preview"),
            ("sending", "Sending"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="new",
        required=True,
        readonly=True,
        tracking=True,
    )
    letter_ids = fields.One2many("crm.dunning.letter", "run_id", "Letters Made")
    letter_count = fields.Integer("Letters", compute="_compute_counts")
    sent_count = fields.Integer("Sent", compute="_compute_counts")
    todo_count = fields.Integer("To do", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    held_count = fields.Integer("Held Out", compute="_compute_counts")
    amount = fields.Monetary("Overdue", compute="_compute_counts", help="Sum of the letters, company currency.")

    _open_uniq = models.UniqueIndex(
        "(company_id) WHERE state IN ('draft', 'sending')",
        "This company has an open run already: send or cancel it first.",
    )

    @api.depends("date", "company_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for run in self:
            run.name = self.env._("Reminders of %(date)s", date=format_date(self.env, run.date))

    @api.depends("letter_ids.state")
    def _compute_counts(self):
        groups = self.env["crm.dunning.letter"]._read_group(
            [("run_id", "in", self.ids), ("state", "!=", "cancelled")], ["run_id", "state"], ["__count", "amount:sum"]
        )
        found = {run.id: {} for run in self}
        for run, state, count, amount in groups:
            found[run.id][state] = (count, amount)
        for run in self:
            states = found.get(run.id, {})
            run.letter_count = sum(count for count, _amount in states.values())
            run.amount = sum(amount for _count, amount in states.values())
            for name in ("sent", "todo", "failed", "held"):
                run[f"{name}_count"] = states.get(name, (0, 0))[0]

    @api.constrains("company_id")
    def _check_root_company(self):
        for run in self:
            if run.company_id.parent_id:
                raise ValidationError(
                    self.env._("Reminders are made for %s, not for its branch.", run.company_id.root_id.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.filtered(lambda run: run.state not in ("new", "cancelled")):
            raise UserError(self.env._("Only cancelled runs can be deleted."))

    # === ACTIONS === #

    def action_prepare(self):
        """Make the letters of today, to be looked at before anything is sent."""
        for run in self:
            run._prepare(run.company_id._crm_credit_today())

    def action_send(self):
        """Send at once what fits in a request; the job that runs in the background goes on with the rest."""
        for run in self:
            if run.state != "draft":
                raise UserError(self.env._("Only a preview can be sent."))
            run.state = "sending"
            run._send(fields.Datetime.now())
            run._close()
        if self.filtered(lambda run: run.state == "sending"):
            self.env.ref("crm_finance_bridge.ir_cron_dunning").sudo()._trigger()

    def action_cancel(self):
        """Throw a preview away, or stop a run: what is sent stays sent."""
        for run in self:
            if run.state in ("done", "cancelled"):
                raise UserError(self.env._("This run is over."))
            gone = ("draft", "held") if run.state == "draft" else ("draft",)
            run.letter_ids.filtered(lambda letter, gone=gone: letter.state in gone)._cancel(self.env._("Run cancelled"))
            run.state = "cancelled"

    def action_view_letters(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_dunning_letter_action")
        return {**action, "domain": [("run_id", "=", self.id)], "context": {"search_default_not_cancelled": 1}}

    def action_view_status(self):
        """Every overdue line and why it is reminded or not."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_dunning_status_action")
        return {
            **action,
            "domain": [("company_id", "=", self.company_id.id)],
            "context": {"search_default_by_state": 1},
        }

    def action_charge(self):
        """Draft invoices of the fees and interest of all sent letters of the run."""
        return self.letter_ids.filtered(lambda letter: letter.state in ("todo", "sent"))._charge()

    # === STATE === #

    def _close(self):
        """A run is over when no letter waits."""
        waiting = self.env["crm.dunning.letter"].search([("run_id", "in", self.ids), ("state", "=", "draft")]).run_id
        (self.filtered(lambda run: run.state == "sending") - waiting).state = "done"
