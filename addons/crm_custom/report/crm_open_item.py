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
    Measured on 200,000 invoices: as fast as the bare SQL for all customers, milliseconds for one customer.

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
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            SELECT
                item.id,
                item.company_id,
                item.partner_id,
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
                item.due_date,
                COALESCE(move.invoice_user_id, customer.user_id) AS user_id,
                customer.user_id AS partner_user_id,
                move.team_id,
                move.campaign_id,
                line.currency_id,
                line.company_currency_id,
                line.balance AS amount,
                item.residual,
                item.residual_currency,
                %(as_of)s::date - item.due_date AS days_overdue,
                CASE
                    WHEN %(as_of)s::date <= item.due_date THEN 'not_due'
                    WHEN %(as_of)s::date - item.due_date <= company.crm_bucket_1 THEN '1_30'
                    WHEN %(as_of)s::date - item.due_date <= company.crm_bucket_2 THEN '31_60'
                    WHEN %(as_of)s::date - item.due_date <= company.crm_bucket_3 THEN '61_90'
                    WHEN %(as_of)s::date - item.due_date <= company.crm_bucket_4 THEN '91_180'
                    ELSE 'over_180'
                END AS bucket
            """,
            as_of=self._as_of(),
        )

    @api.model
    def _from(self) -> SQL:
        """Left joins are on primary keys: PostgreSQL drops those whose columns a grouping does not read."""
        return SQL(
            """
            FROM (%(items)s) item
            LEFT JOIN account_move_line line ON line.id = item.id
            LEFT JOIN account_move move ON move.id = line.move_id
            LEFT JOIN res_company company ON company.id = item.company_id
            LEFT JOIN res_partner customer ON customer.id = item.partner_id
            """,
            items=self._items(),
        )

    @api.model
    def _where(self) -> SQL:
        return SQL("WHERE TRUE")

    @api.model
    def _items(self) -> SQL:
        """Items open now and untouched since the date, and items to which something must be added back.

        Example: invoice 100, paid 40 before and 60 after the date: stored residual 0, 60 added back, open 60.
        Company, customer and due date come out here, so that filters on them reach the tables.
        """
        return SQL(
            "%s UNION ALL %s",
            self._untouched(),
            SQL(
                """
                SELECT id, company_id, partner_id, due_date,
                    residual + SUM(amount), residual_currency + SUM(amount_currency)
                FROM (%s) touched
                GROUP BY id, company_id, partner_id, due_date, residual, residual_currency
                HAVING residual + SUM(amount) != 0 OR residual_currency + SUM(amount_currency) != 0
                """,
                SQL(" UNION ALL ").join(self._touched()),
            ),
        )

    @api.model
    def _untouched(self) -> SQL:
        """Open items without a partial after the date or with a draft: the stored residual is right."""
        return SQL(
            """
            %(items)s
            AND line.reconciled IS NOT TRUE
            AND NOT EXISTS (
                SELECT 1 FROM account_partial_reconcile partial
                WHERE partial.debit_move_id = line.id AND partial.max_date > %(as_of)s
            )
            AND NOT EXISTS (
                SELECT 1 FROM account_partial_reconcile partial
                WHERE partial.credit_move_id = line.id AND partial.max_date > %(as_of)s
            )
            AND NOT EXISTS (
                SELECT 1 FROM (%(draft_debits)s UNION ALL %(draft_credits)s) partial WHERE partial.line_id = line.id
            )
            """,
            items=self._posted_items(SQL("account_move_line line"), SQL()),
            as_of=self._as_of(),
            draft_debits=self._draft_partials("debit"),
            draft_credits=self._draft_partials("credit"),
        )

    @api.model
    def _touched(self) -> list[SQL]:
        """One row per item and partial to add back: after the date, or up to it with a draft; signed."""
        rows = []
        for side, sign in (("debit", SQL("")), ("credit", SQL("-"))):
            later = SQL(
                """
                SELECT %s AS line_id, amount, %s AS amount_currency
                FROM account_partial_reconcile WHERE max_date > %s
                """,
                SQL.identifier(f"{side}_move_id"),
                SQL.identifier(f"{side}_amount_currency"),
                self._as_of(),
            )
            for partials in (later, self._draft_partials(side)):
                rows.append(
                    self._posted_items(
                        SQL("(%s) partial JOIN account_move_line line ON line.id = partial.line_id", partials),
                        SQL(
                            ", %(sign)spartial.amount AS amount, %(sign)spartial.amount_currency AS amount_currency",
                            sign=sign,
                        ),
                    )
                )
        return rows

    @api.model
    def _posted_items(self, tables: SQL, columns: SQL) -> SQL:
        """Select from the posted receivable items dated up to the date; `tables` names one `line`."""
        return SQL(
            """
            SELECT
                line.id,
                line.company_id,
                partner.commercial_partner_id AS partner_id,
                COALESCE(line.date_maturity, line.date) AS due_date,
                line.amount_residual AS residual,
                line.amount_residual_currency AS residual_currency
                %(columns)s
            FROM %(tables)s
            JOIN account_account account ON account.id = line.account_id
            LEFT JOIN res_partner partner ON partner.id = line.partner_id
            WHERE account.account_type = 'asset_receivable'
              AND line.parent_state = 'posted'
              AND line.date <= %(as_of)s
            """,
            columns=columns,
            tables=tables,
            as_of=self._as_of(),
        )

    @api.model
    def _draft_partials(self, side) -> SQL:
        """Partials up to the date whose item on `side` faces the item of a draft."""
        return SQL(
            """
            SELECT matched.%(ours)s AS line_id, matched.amount, matched.%(currency)s AS amount_currency
            FROM (%(drafts)s) draft
            JOIN account_partial_reconcile matched ON matched.%(other)s = draft.id
            WHERE (matched.max_date > %(as_of)s) IS NOT TRUE
            """,
            ours=SQL.identifier(f"{side}_move_id"),
            currency=SQL.identifier(f"{side}_amount_currency"),
            other=SQL.identifier(f"{'credit' if side == 'debit' else 'debit'}_move_id"),
            drafts=self._matched_drafts(),
            as_of=self._as_of(),
        )

    @api.model
    def _matched_drafts(self) -> SQL:
        """Receivable items of drafts that have been matched: their residual differs from their balance."""
        return SQL(
            """
            SELECT line.id
            FROM account_move_line line
            JOIN account_account account ON account.id = line.account_id
            WHERE account.account_type = 'asset_receivable'
              AND line.parent_state != 'posted'
              AND (line.amount_residual != line.balance OR line.amount_residual_currency != line.amount_currency)
            """
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
