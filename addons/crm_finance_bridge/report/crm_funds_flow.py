from odoo import api, fields, models
from odoo.addons.crm_custom.report.crm_collection import ORDER_BITS
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..models.account_payment_method_line_funds import FUNDS_METHODS
from .crm_funds_flow_query import REST_BIT
from .crm_funds_flow_transfer import PLACE_BITS


class CrmFundsFlow(models.Model):
    """Every posted movement of money: bank, cash, credit card, receipts and payments on their way.

    One row per part of a customer invoice that the money settled (as in crm.collection), one row for the rest of each
    entry, and one per journal of an entry that moves money between own accounts. Units: company currency, + = in,
    - = out. `amount_in` and `amount_out` are the two sides: the rows of a receipt are all money in and sum to it, also
    where one takes off (an order billed down, a rest that corrects).
    Journal: whose own account the money moved on, also of a miscellaneous entry.
    Date: the accounting date of the entry. Sum over any accounts, journals and dates = the ledger's movement of the
    liquid accounts (`_liquid_accounts`). Entries that only clear an outstanding account against the bank are no
    movement. A bank line that is recorded beside a payment and not yet matched counts as 'not identified' until then.
    """

    _name = "crm.funds.flow"
    _inherit = ["crm.funds.flow.query"]
    _description = "Money In and Out"
    _auto = False
    _rec_name = "move_id"
    _order = "date DESC, id DESC"

    date = fields.Date(readonly=True, help="The day the money moved.")
    company_id = fields.Many2one("res.company", readonly=True)
    journal_id = fields.Many2one("account.journal", "Bank or Cash", readonly=True)
    move_id = fields.Many2one("account.move", "Entry", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True)
    payment_method_line_id = fields.Many2one("account.payment.method.line", "Payment Method", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer or Vendor", readonly=True, help="The commercial entity.")
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, help="Of the invoice settled, otherwise of the customer."
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    invoice_id = fields.Many2one("account.move", "Customer Invoice", readonly=True)
    order_id = fields.Many2one("sale.order", "Sales Order", readonly=True)
    account_id = fields.Many2one("account.account", "Counterpart", readonly=True)
    category = fields.Selection(
        [
            ("customer", "Customers"),
            ("supplier", "Suppliers"),
            ("employee", "Employees"),
            ("expense", "Expenses"),
            ("income", "Other income"),
            ("owner", "Owners"),
            ("transfer", "Between own accounts"),
            ("unidentified", "Not identified yet"),
            ("other", "Other"),
        ],
        "Purpose",
        readonly=True,
    )
    method = fields.Selection(FUNDS_METHODS, readonly=True)
    direction = fields.Selection([("in", "In"), ("out", "Out")], readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        "Net", currency_field="company_currency_id", readonly=True, help="+ = money in, - = money out."
    )
    amount_in = fields.Monetary("In", currency_field="company_currency_id", readonly=True)
    amount_out = fields.Monetary("Out", currency_field="company_currency_id", readonly=True)

    _depends = {
        "account.move.line": ["account_id", "balance", "company_id", "date", "journal_id", "move_id", "parent_state",
                              "partner_id", "statement_line_id"],
        "account.move": ["origin_payment_id", "partner_id", "statement_line_id"],
        "account.bank.statement.line": ["amount"],
        "account.account": ["account_type"],
        "account.journal": ["default_account_id", "suspense_account_id", "type"],
        "account.payment": ["outstanding_account_id", "payment_method_line_id", "payment_type"],
        "account.payment.method": ["code"],
        "account.payment.method.line": ["crm_funds_method", "payment_account_id", "payment_method_id"],
        "crm.collection": ["amount", "date", "order_id", "partner_id", "partial_id", "team_id", "user_id"],
        "hr.employee": ["work_contact_id"],
        "res.partner": ["commercial_partner_id", "user_id"],
        "res.company": ["currency_id", "parent_path", "transfer_account_id"],
    }  # fmt: skip

    # === QUERY === #

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT
                flow.*,
                %(method)s AS method,
                CASE WHEN flow.sign > 0 THEN 'in' ELSE 'out' END AS direction,
                CASE WHEN flow.sign > 0 THEN flow.amount ELSE 0 END AS amount_in,
                CASE WHEN flow.sign > 0 THEN 0 ELSE -flow.amount END AS amount_out,
                owner.currency_id AS company_currency_id
            FROM (%(settled)s UNION ALL %(unsettled)s UNION ALL %(transfers)s) flow
            JOIN account_journal bank ON bank.id = flow.journal_id
            JOIN res_company owner ON owner.id = flow.company_id
            LEFT JOIN account_payment_method_line way ON way.id = flow.payment_method_line_id
            LEFT JOIN account_payment_method method ON method.id = way.payment_method_id
            """,
            method=self._method(),
            settled=self._settled(),
            unsettled=self._unsettled(),
            transfers=self._transfers(),
        )

    @api.model
    def _method(self) -> SQL:
        """What the payment method says of itself; else by the kind of journal and the method's code."""
        return SQL(
            """
            CASE
                WHEN way.crm_funds_method IS NOT NULL THEN way.crm_funds_method
                WHEN bank.type = 'cash' THEN 'cash'
                WHEN bank.type = 'credit' THEN 'card'
                WHEN method.code LIKE '%%check%%' THEN 'cheque'
                WHEN method.code IN (SELECT DISTINCT code FROM payment_provider) THEN 'online'
                ELSE 'transfer'
            END
            """
        )

    def _fetch_query(self, query, fields):
        """Read rows by their reconciliation or entry, which have indexes; the id is computed."""
        if self:
            rest = 1 << REST_BIT
            parts = [identifier >> ORDER_BITS for identifier in self._ids if identifier < rest]
            moves = [identifier % (1 << PLACE_BITS) for identifier in self._ids if identifier >= rest]
            table = self._table
            query.add_where(
                SQL(
                    "(%s = ANY (%s) OR %s = 0 AND %s = ANY (%s))",
                    SQL.identifier(table, "part"),
                    parts,
                    SQL.identifier(table, "part"),
                    SQL.identifier(table, "move_id"),
                    moves,
                )
            )
        return super()._fetch_query(query, fields)

    # === ACTIONS === #

    def action_open_document(self):
        """Open the payment or the entry; who may not see it is told so."""
        self.ensure_one()
        row = self.sudo()
        for record in (row.payment_id, row.move_id, row.invoice_id):
            if record and record.with_env(self.env).has_access("read"):
                return self._open_form(record.with_env(self.env))
        if row.order_id.with_env(self.env).has_access("read") and row.order_id:
            return self._open_form(row.order_id.with_env(self.env))
        raise AccessError(self.env._("The money is yours to see, the entry itself needs accounting rights."))
