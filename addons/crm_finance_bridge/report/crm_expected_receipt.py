from odoo import api, fields, models
from odoo.tools import SQL, format_date


class CrmExpectedReceipt(models.Model):
    """When open invoices, promises, orders and opportunities should turn into money; one row a source, as of today.

    Invoices: what is open less the customer's unapplied receipts and credit notes, which cover the oldest first;
    their sum a customer is what it owes, never below zero. Promised and disputed parts are rows of their own.
    Orders: ordered or delivered and not yet invoiced, tax included, less down payments. Opportunities: expected
    revenue (untaxed) times probability, open ones without a confirmed order.
    Amounts in company currency, +. Date: due date (or the one to be: delivery, else closing date, plus payment
    terms) plus the customer's expected delay, the company's where the customer has no history; empty = undecided.
    """

    _name = "crm.expected.receipt"
    _inherit = ["crm.expected.receipt.query"]
    _description = "Expected Receipt"
    _auto = False
    _order = "date, amount DESC, id"
    _rec_name = "partner_id"

    kind = fields.Selection(
        [
            ("invoice", "Open invoice"),
            ("promise", "Promise"),
            ("disputed", "Disputed"),
            ("draft", "Draft invoice"),
            ("order", "Order to invoice"),
            ("pipeline", "Opportunity"),
        ],
        "Source",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    due_date = fields.Date("Due", readonly=True, help="Due date, or the one to be.")
    date = fields.Date("Expected On", readonly=True, help="Empty: undecided.")
    delay = fields.Integer("Usual Delay (Days)", readonly=True, aggregator="avg")
    chance = fields.Float(readonly=True, aggregator="avg", help="Probability of the opportunity; 100 % for the rest.")
    amount = fields.Monetary("Expected", readonly=True, help="Opportunities: revenue times probability.")
    reason = fields.Char("Why Then", compute="_compute_reason")

    _depends = {
        "account.move": ["amount_total_signed", "company_id", "invoice_date_due", "move_type", "partner_id", "state"],
        "crm.lead": [
            "active", "company_id", "date_deadline", "expected_revenue", "partner_id", "probability", "stage_id",
            "team_id", "type", "user_id",
        ],
        "crm.team": ["company_id"],
        "res.users": ["company_id"],
        "account.move.line": [
            "account_id", "amount_residual", "amount_residual_currency", "balance", "company_id", "date",
            "date_maturity", "move_id", "parent_state", "partner_id", "reconciled",
        ],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
        "crm.payment.score": ["company_id", "expected_delay", "partner_id"],
        "res.company": ["crm_usual_delay", "crm_usual_term"],
        "sale.order": [
            "amount_total", "commitment_date", "company_id", "currency_rate", "date_order", "invoice_status",
            "opportunity_id", "partner_invoice_id", "payment_term_id", "state", "user_id",
        ],
        "sale.order.line": [
            "customer_lead", "display_type", "invoice_lines", "is_downpayment", "order_id", "price_total",
            "product_uom_qty", "qty_delivered", "qty_invoiced",
        ],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return self._query(self.env.companies.root_id)

    @api.depends("kind", "due_date", "date", "delay")
    def _compute_reason(self):
        """Why this date, in one sentence."""
        for row in self:
            if row.kind == "promise":
                row.reason = self.env._("Promised for this day.")
            elif row.kind == "disputed":
                row.reason = self.env._("Undecided until the dispute is closed.")
            elif not row.date:
                row.reason = self.env._("Undecided: the opportunity has no closing date.")
            else:
                row.reason = row._reason_by_habit()

    def _reason_by_habit(self):
        """The same for what comes by the customer's habit: so many days before or after the due date."""
        self.ensure_one()
        values = {"due": format_date(self.env, self.due_date), "days": abs(self.delay)}
        early = self.delay < 0
        if self.kind == "invoice" and self.date > fields.Date.add(self.due_date, days=self.delay):
            if early:
                return self.env._("Due %(due)s, usually paid %(days)s days early, and not paid yet.", **values)
            return self.env._("Due %(due)s, later already than usual (%(days)s days).", **values)
        if self.kind == "invoice":
            if early:
                return self.env._("Due %(due)s, usually paid %(days)s days early.", **values)
            return self.env._("Due %(due)s, usually paid %(days)s days after.", **values)
        if early:
            return self.env._("To be due %(due)s, usually paid %(days)s days early.", **values)
        return self.env._("To be due %(due)s, usually paid %(days)s days after.", **values)

    # === ACTIONS === #

    def action_open_source(self):
        """Open the invoice, order or opportunity behind the row."""
        self.ensure_one()
        return self._open_form(self.lead_id or self.order_id or self.move_id)
