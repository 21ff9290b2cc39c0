from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.statement import previous_month
from .res_company_statement import KINDS


class CrmStatementRun(models.Model):
    """The statements of one legal entity at one closing date: prepared, looked at, sent, logged customer by customer.

    Preparing is in crm_statement_run_prepare.py, sending in crm_statement_run_line_send.py.
    """

    _name = "crm.statement.run"
    _inherit = ["crm.legal.entity.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Statement Run"
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        KINDS,
        required=True,
        default=lambda self: self.env.company.root_id.crm_statement_kind,
        help="For customers who have no wish of their own.",
    )
    date_from = fields.Date("From", required=True, default=lambda self: self._default_month()[0])
    date = fields.Date("Closing Date", required=True, default=lambda self: self._default_month()[1])
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
        copy=False,
    )
    line_ids = fields.One2many("crm.statement.run.line", "run_id", "Statements", copy=False)
    line_count = fields.Integer("Customers", compute="_compute_counts")
    draft_count = fields.Integer("To send", compute="_compute_counts")
    sent_count = fields.Integer("Sent", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    optout_count = fields.Integer("Opted out", compute="_compute_counts")
    no_email_count = fields.Integer("Without e-mail", compute="_compute_counts")
    amount = fields.Monetary("Balance", compute="_compute_counts", help="Of all customers, company currency.")

    _period = models.Constraint("CHECK (date_from <= date)", "The period ends before it begins.")
    _month_uniq = models.UniqueIndex(
        "(company_id, date) WHERE state IN ('draft', 'sending', 'done')",
        "The statements of this closing date are made already: a customer gets each only once.",
    )

    @api.model
    def _default_month(self):
        return previous_month(self.env.company.root_id._crm_credit_today())

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_name(self):
        for run in self:
            run.name = self.env._("Statements as of %(date)s", date=format_date(self.env, run.date) or "-")

    @api.depends("line_ids.state")
    def _compute_counts(self):
        groups = self.env["crm.statement.run.line"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count", "amount:sum"]
        )
        found = {run.id: {} for run in self}
        for run, state, count, amount in groups:
            found[run.id][state] = (count, amount)
        for run in self:
            states = found.get(run.id, {})
            run.line_count = sum(count for count, _amount in states.values())
            run.amount = sum(amount for _count, amount in states.values())
            for name in ("draft", "sent", "failed", "optout", "no_email"):
                run[f"{name}_count"] = states.get(name, (0, 0))[0]

    def _text_branch(self, name):
        return self.env._("Statements are made for %(company)s, not for its branch.", company=name)

    def write(self, vals):
        # The statements were prepared for these values: a preview changed afterwards would send the old ones.
        if {"company_id", "kind", "date", "date_from"} & vals.keys() and self.filtered(lambda run: run.state != "new"):
            raise UserError(self.env._("A run that is prepared keeps its dates and its kind. Make another run."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.filtered(lambda run: run.state not in ("new", "cancelled") or run.sent_count):
            raise UserError(self.env._("Only runs that sent nothing can be deleted."))

    # === ACTIONS === #

    def action_prepare(self):
        """Find the customers and what they owe, to be looked at before anything is sent."""
        for run in self:
            run._prepare()

    def action_send(self):
        """Send at once what fits in a request; the job that runs in the background goes on with the rest."""
        for run in self:
            if run.state != "draft":
                raise UserError(self.env._("Only a preview can be sent."))
            run.state = "sending"
            run._send(fields.Datetime.now(), limit=10)
            run._close()
        if self.filtered(lambda run: run.state == "sending"):
            self.env.ref("crm_finance_bridge.ir_cron_statement").sudo()._trigger()

    def action_cancel(self):
        """Throw a preview away, or stop a run: what is sent stays sent."""
        for run in self:
            if run.state in ("done", "cancelled"):
                raise UserError(self.env._("This run is over."))
            run.line_ids.filtered(lambda line: line.state == "draft").write({"state": "cancelled"})
            run.state = "cancelled"

    def action_view_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_statement_run_line_action")
        return {**action, "domain": [("run_id", "=", self.id)], "context": {}}

    # === STATE === #

    def _close(self):
        """A run is over when no statement waits."""
        waiting = self.env["crm.statement.run.line"].search([("run_id", "in", self.ids), ("state", "=", "draft")])
        (self.filtered(lambda run: run.state == "sending") - waiting.run_id).state = "done"
