from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools.aging import BUCKETS, bucket_spans


class CrmOpenItem(models.Model):
    """Receivable journal items open at a date, to the cent what the posted ledger says.

    One row per posted journal item on a receivable account, dated on or before `as_of` (context key, a date
    or "YYYY-MM-DD"; today without it), that is not fully settled at that date; its id is the journal item's.
    Signs: + = the customer owes, - = owed to the customer (credit note, payment on account).
    Currency: `residual`, `amount` in the company's currency, `residual_currency` in the document's.

    No partial links two items of different root companies, so the sum per root company equals the ledger;
    per company it does too, unless a payment in one branch settles an invoice of another.
    """

    _name = "crm.open.item"
    _inherit = ["crm.open.item.query"]
    _description = "Open Receivable Item"
    _auto = False
    _rec_name = "move_id"
    _order = "due_date, id"

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    move_id = fields.Many2one("account.move", "Document", readonly=True)
    move_type = fields.Selection(
        selection=lambda self: self.env["account.move"]._fields["move_type"]._description_selection(self.env),
        string="Document Type",
        readonly=True,
    )
    kind = fields.Selection(
        [("invoice", "Invoice"), ("refund", "Credit Note"), ("payment", "Payment"), ("entry", "Journal Entry")],
        readonly=True,
    )
    journal_id = fields.Many2one("account.journal", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    date = fields.Date("Accounting Date", readonly=True)
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True, help="Due date of this instalment.")
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, help="Of the invoice; of the customer where it has none."
    )
    partner_user_id = fields.Many2one("res.users", "Customer's Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    currency_id = fields.Many2one("res.currency", "Document Currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        "Original Amount", currency_field="company_currency_id", readonly=True, help="+ = the customer owes."
    )
    residual = fields.Monetary(
        "Open Amount",
        currency_field="company_currency_id",
        readonly=True,
        depends_context=("as_of",),
        help="Open at the date, in company currency; + = the customer owes.",
    )
    residual_currency = fields.Monetary(
        "Open in Document Currency",
        currency_field="currency_id",
        readonly=True,
        aggregator=None,
        depends_context=("as_of",),
    )
    days_overdue = fields.Integer(
        readonly=True,
        aggregator="max",
        depends_context=("as_of",),
        help="Days between due date and the date judged; 0 or less is not overdue.",
    )
    bucket = fields.Selection(selection="_selection_bucket", string="Age", readonly=True, depends_context=("as_of",))

    _depends = {
        "account.move.line": [
            "account_id", "amount_currency", "amount_residual", "amount_residual_currency", "balance", "company_id",
            "currency_id", "date", "date_maturity", "invoice_date", "journal_id", "move_id", "parent_state",
            "partner_id", "payment_id", "reconciled", "statement_line_id",
        ],
        "account.move": ["campaign_id", "invoice_user_id", "move_type", "team_id"],
        "account.account": ["account_type"],
        "account.partial.reconcile": [
            "amount", "credit_amount_currency", "credit_move_id", "debit_amount_currency", "debit_move_id", "max_date",
        ],
        "res.partner": ["commercial_partner_id", "user_id"],
        "res.company": ["crm_bucket_1", "crm_bucket_2", "crm_bucket_3", "crm_bucket_4", "parent_path"],
    }  # fmt: skip

    @api.model
    def _selection_bucket(self):
        """Label the buckets with the limits of the current company's legal entity."""
        labels = [self.env._("Not due")]
        for first, last in bucket_spans(self.env.company.sudo().root_id._crm_bucket_limits()):
            if last:
                labels.append(self.env._("%(first)s-%(last)s days", first=first, last=last))
            else:
                labels.append(self.env._("Over %(days)s days", days=first - 1))
        return list(zip(BUCKETS, labels, strict=True))

    # === QUERY === #

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            SELECT
                item.id,
                item.company_id,
                item.partner_id,
                item.move_id,
                move.move_type,
                CASE
                    WHEN item.payment_id IS NOT NULL OR item.statement_line_id IS NOT NULL THEN 'payment'
                    WHEN move.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
                    WHEN move.move_type = 'out_refund' THEN 'refund'
                    ELSE 'entry'
                END AS kind,
                item.journal_id,
                item.account_id,
                item.date,
                item.invoice_date,
                item.due_date,
                COALESCE(move.invoice_user_id, customer.user_id) AS user_id,
                customer.user_id AS partner_user_id,
                move.team_id,
                move.campaign_id,
                item.currency_id,
                item.company_currency_id,
                item.balance AS amount,
                item.amount_currency,
                move.name AS number,
                move.payment_reference,
                move.ref,
                item.residual,
                item.residual_currency,
                %(as_of)s::date - item.due_date AS days_overdue,
                CASE
                    WHEN %(as_of)s::date <= item.due_date THEN 'not_due'
                    WHEN %(as_of)s::date - item.due_date <= entity.crm_bucket_1 THEN '1_30'
                    WHEN %(as_of)s::date - item.due_date <= entity.crm_bucket_2 THEN '31_60'
                    WHEN %(as_of)s::date - item.due_date <= entity.crm_bucket_3 THEN '61_90'
                    WHEN %(as_of)s::date - item.due_date <= entity.crm_bucket_4 THEN '91_180'
                    ELSE 'over_180'
                END AS bucket
            """,
            as_of=self._as_of(),
        )

    @api.model
    def _from(self) -> SQL:
        """Left joins are on primary keys: PostgreSQL drops those whose columns a grouping does not read. `entity` is
        the root company: branches share its books, and so the limits of its buckets.
        """
        return SQL(
            """
            FROM (%(items)s) item
            LEFT JOIN account_move move ON move.id = item.move_id
            LEFT JOIN res_company company ON company.id = item.company_id
            LEFT JOIN res_company entity ON entity.id = SPLIT_PART(company.parent_path, '/', 1)::int
            LEFT JOIN res_partner customer ON customer.id = item.partner_id
            """,
            items=self._items(),
        )

    @api.model
    def _where(self) -> SQL:
        return SQL("WHERE TRUE")

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        """Buckets come in order of age, not of their keys."""
        if "bucket" not in groupby_terms:
            return super()._read_group_orderby(order, groupby_terms, query)
        terms = dict(groupby_terms, bucket=SQL("ARRAY_POSITION(%s, %s)", list(BUCKETS), groupby_terms["bucket"]))
        result = super()._read_group_orderby(order, terms, query)
        groupby_terms.update({key: term for key, term in terms.items() if key != "bucket"})
        return result

    # === ACTIONS === #

    def action_open_document(self):
        """Open the invoice, credit note, payment or entry; the customer where the user may not see the document."""
        self.ensure_one()
        move = self.sudo().move_id
        record = (move.origin_payment_id or move).with_env(self.env)
        if not record.has_access("read"):
            record = self.partner_id
        if not record:
            raise AccessError(self.env._("You may not open this document."))
        return self._open_form(record)
