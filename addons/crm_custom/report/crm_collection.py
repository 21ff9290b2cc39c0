from odoo import api, fields, models
from odoo.tools import SQL

ORDER_BITS = 24
"""Low bits of an id that hold the order's id (up to 16 million orders); the partial's id is above them."""


class CrmCollection(models.Model):
    """Money received on customer invoices and refunded on credit notes, part by part.

    One row per partial reconciliation between the receivable item of a posted customer invoice, credit note or
    receipt and a posted payment or bank statement line; per order where the invoice bills several orders.
    Signs: + = money received, - = money refunded. Currency: `amount` in the company's currency as the money
    was booked, `amount_currency` in the invoice's.
    Date: the day the money moved (the payment's or statement line's accounting date), also where the invoice
    came later.

    Not money, hence not here: credit notes, exchange differences, miscellaneous entries. Write-offs and early
    payment discounts sit in the payment's own entry, where Odoo's partial covers them too: each part counts
    only the liquid share of that entry, rounded so that the parts of a payment sum to its money.
    """

    _name = "crm.collection"
    _inherit = ["crm.collection.query"]
    _description = "Collected Money"
    _auto = False
    _rec_name = "move_id"
    _order = "date DESC, id DESC"

    date = fields.Date(readonly=True, help="The day the money moved.")
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    move_type = fields.Selection(
        selection=lambda self: self.env["account.move"]._fields["move_type"]._description_selection(self.env),
        string="Document Type",
        readonly=True,
    )
    payment_id = fields.Many2one("account.payment", readonly=True)
    partial_id = fields.Many2one("account.partial.reconcile", "Reconciliation", readonly=True)
    journal_id = fields.Many2one("account.journal", "Bank or Cash", readonly=True)
    payment_method_line_id = fields.Many2one("account.payment.method.line", "Payment Method", readonly=True)
    amount = fields.Monetary(
        "Collected", currency_field="company_currency_id", readonly=True, help="+ = received, - = refunded."
    )
    amount_currency = fields.Monetary(
        "Collected in Invoice Currency", currency_field="currency_id", readonly=True, aggregator=None
    )
    currency_id = fields.Many2one("res.currency", "Invoice Currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    order_id = fields.Many2one("sale.order", "Sales Order", readonly=True)
    opportunity_id = fields.Many2one("crm.lead", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    partner_user_id = fields.Many2one("res.users", "Customer's Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True, help="Due date of the instalment paid.")
    days_late = fields.Integer(readonly=True, aggregator="avg", help="Days from due date to money; negative is early.")

    _depends = {
        "account.move.line": [
            "account_id", "amount_currency", "balance", "company_currency_id", "company_id", "currency_id", "date",
            "date_maturity", "display_type", "journal_id", "move_id", "parent_state", "payment_id", "price_total",
            "statement_line_id",
        ],
        "account.move": [
            "campaign_id", "commercial_partner_id", "invoice_date", "invoice_user_id", "move_type", "team_id",
        ],
        "account.account": ["account_type"],
        "account.payment": ["amount_company_currency_signed", "payment_method_line_id"],
        "account.journal": ["default_account_id"],
        "account.partial.reconcile": [
            "credit_amount_currency", "credit_move_id", "debit_amount_currency", "debit_move_id",
        ],
        "res.partner": ["user_id"],
        "sale.order": ["campaign_id", "opportunity_id", "team_id", "user_id"],
        "sale.order.line": ["invoice_lines", "order_id"],
    }  # fmt: skip

    # === QUERY === #

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        """An invoice of one order speaks for itself; where it bills several, each order has its own people."""
        return SQL(
            """
            SELECT
                (part.partial_id::bigint << %(bits)s) + COALESCE(share.order_id, 0) AS id,
                part.money_line_id,
                part.money_move_id,
                part.money_company_id,
                part.money_balance,
                part.money_statement_line_id,
                part.date,
                part.company_id,
                part.partner_id,
                part.move_id,
                part.move_type,
                part.payment_id,
                part.partial_id,
                part.journal_id,
                part.payment_method_line_id,
                part.sign * COALESCE(share.amount, part.amount) AS amount,
                part.sign * COALESCE(share.amount_currency, part.amount_currency) AS amount_currency,
                part.currency_id,
                part.company_currency_id,
                share.order_id,
                sale.opportunity_id,
                CASE WHEN share.orders > 1 THEN COALESCE(sale.campaign_id, part.campaign_id)
                    ELSE COALESCE(part.campaign_id, sale.campaign_id) END AS campaign_id,
                CASE WHEN share.orders > 1 THEN COALESCE(sale.user_id, part.invoice_user_id, customer.user_id)
                    ELSE COALESCE(part.invoice_user_id, sale.user_id, customer.user_id) END AS user_id,
                customer.user_id AS partner_user_id,
                CASE WHEN share.orders > 1 THEN COALESCE(sale.team_id, part.team_id)
                    ELSE COALESCE(part.team_id, sale.team_id) END AS team_id,
                part.invoice_date,
                part.due_date,
                part.date - part.due_date AS days_late
            """,
            bits=ORDER_BITS,
        )

    @api.model
    def _from(self) -> SQL:
        return SQL(
            """
            FROM (%(parts)s) part
            LEFT JOIN LATERAL (%(shares)s) share ON TRUE
            LEFT JOIN sale_order sale ON sale.id = share.order_id
            LEFT JOIN res_partner customer ON customer.id = part.partner_id
            """,
            parts=self._parts(),
            shares=self._shares(),
        )

    @api.model
    def _where(self) -> SQL:
        return SQL("WHERE COALESCE(share.amount, part.amount) != 0")

    def _fetch_query(self, query, fields):
        """Read rows by their partial, which has an index; the id is computed and would read all money there is."""
        if self:
            partials = tuple({identifier >> ORDER_BITS for identifier in self._ids})
            query.add_where(SQL("%s IN %s", SQL.identifier(self._table, "partial_id"), partials))
        return super()._fetch_query(query, fields)

    # === ACTIONS === #

    def action_open_document(self):
        """Open the invoice or credit note that the money settled."""
        self.ensure_one()
        return self._open_form(self.move_id)

    def action_open_order(self):
        self.ensure_one()
        return self._open_form(self.order_id)
