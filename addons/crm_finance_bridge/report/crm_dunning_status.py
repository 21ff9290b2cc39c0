from odoo import api, fields, models
from odoo.tools import SQL, format_date


class CrmDunningStatus(models.Model):
    """Every overdue receivable line today: which reminder it gets next, or why it gets none.

    One row a line (its id is the journal item's), for each legal entity chosen by its own date. Company currency.
    """

    _name = "crm.dunning.status"
    _inherit = ["crm.fact", "crm.dunning.query"]
    _description = "Reminder Status"
    _auto = False
    _rec_name = "move_id"
    _order = "due_date, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    move_id = fields.Many2one("account.move", "Document", readonly=True)
    due_date = fields.Date(readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    amount = fields.Monetary("Open Amount", readonly=True)
    claim = fields.Monetary("Not Covered", readonly=True, help="Open amount less the unmatched receipts that cover it.")
    strategy_id = fields.Many2one("crm.dunning.strategy", readonly=True)
    level_id = fields.Many2one("crm.dunning.level", "Next Level", readonly=True)
    last_rank = fields.Integer("Levels Passed", readonly=True, aggregator=None)
    last_date = fields.Date("Last Letter", readonly=True)
    state = fields.Selection(
        [
            ("due", "Letter due"),
            ("draft", "In an unsent letter"),
            ("waiting", "Not yet at its level"),
            ("pause", "Letter sent lately"),
            ("held", "Held out"),
            ("small", "Below the smallest amount"),
            ("promised", "Promised"),
            ("disputed", "Disputed"),
            ("covered", "Covered by a receipt"),
            ("blocked", "Payment blocked"),
            ("excluded", "No follow-up"),
            ("final", "Last level passed"),
            ("none", "No strategy"),
        ],
        readonly=True,
    )
    why = fields.Char(compute="_compute_why")

    _depends = {
        "account.move.line": [
            "account_id", "amount_currency", "amount_residual", "amount_residual_currency", "balance", "company_id",
            "currency_id", "date", "date_maturity", "move_id", "no_followup", "parent_state", "partner_id",
            "reconciled",
        ],
        "account.move": ["payment_state"],
        "account.account": ["account_type"],
        "account.journal": ["suspense_account_id"],
        "account.payment": [
            "amount_company_currency_signed", "company_id", "move_id", "partner_id", "partner_type", "payment_type",
            "state",
        ],
        "account.partial.reconcile": [
            "amount", "credit_amount_currency", "credit_move_id", "debit_amount_currency", "debit_move_id",
        ],
        "account.bank.statement.line": ["amount", "is_reconciled", "journal_id", "move_id", "partner_id"],
        "crm.receipt.match": ["confidence", "partner_id", "state", "statement_line_id"],
        "crm.receipt.match.line": ["amount", "match_id", "move_line_id"],
        "res.partner": ["commercial_partner_id"],
        "crm.scorecard": ["customer_class", "company_id", "is_latest", "partner_id"],
        "crm.dunning.strategy": [
            "active", "applies_to", "company_id", "gap_days", "holdout_days", "holdout_share", "minimum_amount",
            "partner_ids",
        ],
        "crm.dunning.level": ["days", "strategy_id", "working_days"],
        "crm.dunning.letter": ["company_id", "date", "held_until", "partner_id", "run_id", "state"],
        "crm.dunning.letter.line": ["advances", "letter_id", "move_line_id", "rank"],
    }  # fmt: skip

    @property
    def _table_query(self):
        roots = self.env.companies.root_id
        return SQL(" UNION ALL ").join(
            SQL("(%s)", self._dunning_query(root, root._crm_credit_today())) for root in roots
        )

    @api.depends("state", "last_date", "last_rank", "level_id", "strategy_id", "claim", "amount")
    @api.depends_context("lang")
    def _compute_why(self):
        for row in self:
            row.why = row._why()

    def _why(self):
        """One sentence on the state, with its inputs."""
        env, state = self.env, self.state
        if state == "due":
            return env._("%(days)s days overdue: %(level)s", days=self.days_overdue, level=self.level_id.name)
        if state == "pause":
            return env._("The last letter went out on %(date)s", date=format_date(env, self.last_date))
        if state == "covered":
            return env._("Money or a credit note that is not matched yet covers it")
        if state == "excluded":
            if self.move_id.sudo().move_type == "entry":
                return env._("A journal entry: Odoo leaves it out until you include it")
            return env._("The document is left out of follow-up")
        if state == "waiting":
            return env._("%(passed)s levels passed, the next is not reached", passed=self.last_rank)
        if state == "final":
            return env._("All %(passed)s levels passed", passed=self.last_rank)
        return dict(self._fields["state"]._description_selection(env)).get(state, "")

    # === ACTIONS === #

    def action_include(self):
        """Let reminders name these entries, as opening balances that Odoo leaves out by default."""
        self._lines().no_followup = False

    def action_exclude(self):
        """Leave these documents out of reminders: Odoo's own flag."""
        self._lines().no_followup = True

    def _lines(self):
        """The journal items behind the rows; the user needs the right to change them."""
        self.check_access("read")
        return self.env["account.move.line"].browse(self.ids)

    def action_open_document(self):
        self.ensure_one()
        return self._open_form(self.move_id)
