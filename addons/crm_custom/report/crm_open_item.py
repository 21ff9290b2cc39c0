from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.aging import BUCKETS, bucket_spans


class CrmOpenItem(models.Model):
    """Receivable journal items open at a date, to the cent what the posted ledger says.

    One row per posted journal item on a receivable account, dated on or before `as_of` (context key, a date
    or "YYYY-MM-DD"; today without it), that is not fully settled at that date; its id is the journal item's.
    Signs: + = the customer owes, - = owed to the customer (credit note, payment on account).
    Currency: `residual`, `amount` in the company's currency, `residual_currency` in the document's.

    Definition: balance less the partial reconciliations with `max_date` <= as_of and both sides posted.
    Why not that very query: summing the past partials of each item takes 8 to 10 s on 200,000 invoices.
    The stored residual already is balance less all partials, so the query starts from it and adds back what
    must not count: partials after as_of, and partials whose other side is a draft (Odoo 19 keeps them).
    Items without residual and without such a partial are never read: two branches, each through an index.

    No partial links two items of different root companies, so the sum per root company equals the ledger;
    per company it does too, unless a payment in one branch settles an invoice of another.
    """

    _name = "crm.open.item"
    _description = "Open Receivable Item"
    _auto = False
    _rec_name = "move_id"
    _order = "due_date, id"

    company_id = fields.Many2one("res.company", "Company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    move_id = fields.Many2one("account.move", "Document", readonly=True)
    move_type = fields.Selection(
        selection=lambda self: self.env["account.move"]._fields["move_type"].selection,
        string="Document Type",
        readonly=True,
    )
    kind = fields.Selection(
        [("invoice", "Invoice"), ("refund", "Credit Note"), ("payment", "Payment"), ("entry", "Journal Entry")],
        readonly=True,
    )
    journal_id = fields.Many2one("account.journal", "Journal", readonly=True)
    account_id = fields.Many2one("account.account", "Account", readonly=True)
    date = fields.Date("Accounting Date", readonly=True)
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True, help="Due date of this instalment.")
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, help="Of the invoice; of the customer where it has none."
    )
    partner_user_id = fields.Many2one("res.users", "Customer's Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", "Campaign", readonly=True)
    currency_id = fields.Many2one("res.currency", "Document Currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", "Company Currency", readonly=True)
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
    bucket = fields.Selection(
        selection="_selection_bucket", string="Age", readonly=True, depends_context=("as_of",)
    )

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
        "res.company": ["crm_bucket_1", "crm_bucket_2", "crm_bucket_3", "crm_bucket_4"],
    }  # fmt: skip

    @api.model
    def _selection_bucket(self):
        """Label the buckets with the limits of the current company."""
        labels = [self.env._("Not due")]
        for first, last in bucket_spans(self.env.company.sudo()._crm_bucket_limits()):
            if last:
                labels.append(self.env._("%(first)s-%(last)s days", first=first, last=last))
            else:
                labels.append(self.env._("Over %(days)s days", days=first - 1))
        return list(zip(BUCKETS, labels, strict=True))

    @api.model
    def _as_of(self):
        """Return the date judged: the context key `as_of`, else today in the user's time zone."""
        return fields.Date.to_date(self.env.context.get("as_of")) or fields.Date.context_today(self)

    # === QUERY === #

    @property
    def _table_query(self) -> SQL:
        """Items with a stored residual, and settled items that were open at the date."""
        open_now = SQL("line.reconciled IS NOT TRUE")
        settled_later = SQL("line.reconciled IS TRUE AND later.line_id IS NOT NULL")
        return SQL(
            "%(select)s %(from_)s %(where)s AND %(open_now)s UNION ALL %(select)s %(from_)s %(where)s AND %(settled)s",
            select=self._select(),
            from_=self._from(),
            where=self._where(),
            open_now=open_now,
            settled=settled_later,
        )

    @api.model
    def _residual(self) -> SQL:
        return SQL("(line.amount_residual + COALESCE(later.amount, 0))")

    @api.model
    def _residual_currency(self) -> SQL:
        return SQL("(line.amount_residual_currency + COALESCE(later.amount_currency, 0))")

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            SELECT
                line.id,
                line.company_id,
                partner.commercial_partner_id AS partner_id,
                line.move_id,
                move.move_type,
                CASE
                    WHEN line.payment_id IS NOT NULL OR line.statement_line_id IS NOT NULL THEN 'payment'
                    WHEN move.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
                    WHEN move.move_type = 'out_refund' THEN 'refund'
                    ELSE 'entry'
                END AS kind,
                line.journal_id,
                line.account_id,
                line.date,
                line.invoice_date,
                COALESCE(line.date_maturity, line.date) AS due_date,
                COALESCE(move.invoice_user_id, customer.user_id) AS user_id,
                customer.user_id AS partner_user_id,
                move.team_id,
                move.campaign_id,
                line.currency_id,
                line.company_currency_id,
                line.balance AS amount,
                %(residual)s AS residual,
                %(residual_currency)s AS residual_currency,
                %(as_of)s::date - COALESCE(line.date_maturity, line.date) AS days_overdue,
                CASE
                    WHEN %(as_of)s::date <= COALESCE(line.date_maturity, line.date) THEN 'not_due'
                    WHEN %(as_of)s::date - COALESCE(line.date_maturity, line.date) <= company.crm_bucket_1 THEN '1_30'
                    WHEN %(as_of)s::date - COALESCE(line.date_maturity, line.date) <= company.crm_bucket_2 THEN '31_60'
                    WHEN %(as_of)s::date - COALESCE(line.date_maturity, line.date) <= company.crm_bucket_3 THEN '61_90'
                    WHEN %(as_of)s::date - COALESCE(line.date_maturity, line.date) <= company.crm_bucket_4 THEN '91_180'
                    ELSE 'over_180'
                END AS bucket
            """,
            residual=self._residual(),
            residual_currency=self._residual_currency(),
            as_of=self._as_of(),
        )

    @api.model
    def _from(self) -> SQL:
        """Left joins are on primary keys: PostgreSQL drops those whose columns a grouping does not read."""
        return SQL(
            """
            FROM account_move_line line
            JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
            LEFT JOIN (%(later)s) later ON later.line_id = line.id
            LEFT JOIN account_move move ON move.id = line.move_id
            LEFT JOIN res_company company ON company.id = line.company_id
            LEFT JOIN res_partner partner ON partner.id = line.partner_id
            LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
            """,
            later=self._later(),
        )

    @api.model
    def _later(self) -> SQL:
        """Per journal item, what the stored residual has deducted and the date must not: signed to be added.

        Example: invoice 100, paid 40 before and 60 after the date: stored residual 0, later 60, open 60.
        """
        return SQL(
            """
            SELECT line_id, SUM(amount) AS amount, SUM(amount_currency) AS amount_currency
            FROM (
                SELECT debit_move_id AS line_id, amount, debit_amount_currency AS amount_currency
                FROM account_partial_reconcile WHERE max_date > %(as_of)s
                UNION ALL
                SELECT credit_move_id, -amount, -credit_amount_currency
                FROM account_partial_reconcile WHERE max_date > %(as_of)s
                UNION ALL
                SELECT partial.debit_move_id, partial.amount, partial.debit_amount_currency
                FROM (%(unposted)s) other
                JOIN account_partial_reconcile partial ON partial.credit_move_id = other.id
                WHERE partial.max_date IS NULL OR partial.max_date <= %(as_of)s
                UNION ALL
                SELECT partial.credit_move_id, -partial.amount, -partial.credit_amount_currency
                FROM (%(unposted)s) other
                JOIN account_partial_reconcile partial ON partial.debit_move_id = other.id
                WHERE partial.max_date IS NULL OR partial.max_date <= %(as_of)s
            ) part
            GROUP BY line_id
            """,
            as_of=self._as_of(),
            unposted=self._unposted(),
        )

    @api.model
    def _unposted(self) -> SQL:
        """Receivable items of drafts that have been matched: their residual differs from their balance."""
        return SQL(
            """
            SELECT line.id
            FROM account_account account
            JOIN account_move_line line ON line.account_id = account.id
            WHERE account.account_type = 'asset_receivable'
              AND line.parent_state != 'posted'
              AND (line.amount_residual != line.balance OR line.amount_residual_currency != line.amount_currency)
            """
        )

    @api.model
    def _where(self) -> SQL:
        return SQL(
            """
            WHERE line.parent_state = 'posted'
              AND line.date <= %(as_of)s
              AND (%(residual)s != 0 OR %(residual_currency)s != 0)
            """,
            as_of=self._as_of(),
            residual=self._residual(),
            residual_currency=self._residual_currency(),
        )

    # === ACTIONS === #

    def action_open_document(self):
        """Open the invoice, credit note, payment or entry behind the item."""
        self.ensure_one()
        payment = self.move_id.origin_payment_id if self.kind == "payment" else False
        record = payment or self.move_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
