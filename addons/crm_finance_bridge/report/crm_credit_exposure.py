"""What each customer owes and will owe, against what it is granted: one row a customer and legal entity.

Amounts are in the company's currency, positive = the customer owes. A legal entity is a root company with
its branches, because receivables are reconciled across them. Customers are commercial partners; an order
counts for the one that it is invoiced to.
"""

from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import credit

AMOUNTS = ("receivable", "unapplied", "uninvoiced", "draft", "overdue")


def _exact(amount):
    """A rounded amount as Decimal: the driver gives numeric columns as float, whose repr is exact to 15 digits."""
    return Decimal(str(amount))


class CrmCreditExposure(models.Model):
    _name = "crm.credit.exposure"
    _inherit = ["crm.credit.components"]
    _description = "Credit Exposure"
    _auto = False
    _rec_name = "partner_id"
    _order = "exposure desc, id"
    _depends = {
        "account.move": [
            "amount_total_signed",
            "company_id",
            "invoice_currency_rate",
            "move_type",
            "partner_id",
            "state",
        ],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "company_id",
            "date",
            "date_maturity",
            "move_id",
            "parent_state",
            "partner_id",
            "price_total",
            "product_uom_id",
            "quantity",
            "reconciled",
        ],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id"],
        "crm.credit.limit": ["company_id", "hold_rule", "max_days_overdue", "overdue_limit", "partner_id", "stop"],
        "product.template": ["invoice_policy"],
        "res.partner": ["commercial_partner_id", "credit_limit", "user_id"],
        "stock.move": [
            "location_dest_id",
            "location_final_id",
            "move_dest_ids",
            "origin_returned_move_id",
            "product_id",
            "product_uom",
            "product_uom_qty",
            "quantity",
            "sale_line_id",
            "state",
            "to_refund",
        ],
        "sale.order": [
            "amount_total",
            "company_id",
            "currency_rate",
            "invoice_status",
            "partner_invoice_id",
            "state",
        ],
        "crm.dispute": ["date_closed", "date_open", "state", "to_confirm"],
        "crm.dispute.line": ["amount", "dispute_id", "move_line_id"],
        "sale.order.line": [
            "discount",
            "display_type",
            "invoice_lines",
            "is_downpayment",
            "order_id",
            "price_total",
            "price_unit",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "qty_delivered",
            "qty_invoiced",
        ],
    }

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    receivable = fields.Monetary(
        "Open Receivables", readonly=True, help="Open posted items, before unapplied receipts."
    )
    unapplied = fields.Monetary("Unapplied Receipts", readonly=True, help="Receipts and credit notes not yet matched.")
    uninvoiced = fields.Monetary(
        "Orders to Invoice", readonly=True, help="Confirmed orders at ordered quantity, tax included, not yet invoiced."
    )
    shipped = fields.Monetary("Shipped, to Invoice", readonly=True, help="Part of the orders to invoice.")
    draft = fields.Monetary("Draft Invoices", readonly=True)
    exposure = fields.Monetary(
        readonly=True,
        help="Open receivables + unapplied receipts + orders + draft invoices. Parts not chosen in the settings are 0.",
    )
    overdue = fields.Monetary(readonly=True, help="Past due today, less unapplied receipts and confirmed disputes.")
    days_overdue = fields.Integer("Oldest Overdue (Days)", readonly=True, aggregator="max")
    amount_limit = fields.Monetary("Credit Limit", readonly=True, help="0 = no limit")
    overdue_limit = fields.Monetary(readonly=True, help="0 = no limit")
    max_days_overdue = fields.Integer(
        "Days Allowed", readonly=True, aggregator=None, help="Days past due. 0 = no limit"
    )
    hold_rule = fields.Selection(
        [
            ("none", "None"),
            ("warn", "Warn"),
            ("hold", "Hold"),
            ("prepaid", "Prepayment"),
            ("one_invoice", "One invoice at a time"),
        ],
        readonly=True,
    )
    stop = fields.Selection(
        [("orders", "New orders"), ("deliveries", "Deliveries"), ("all", "Orders and deliveries")],
        "Stopped",
        readonly=True,
    )
    headroom = fields.Monetary(readonly=True, aggregator=None, help="Credit limit less exposure.")
    is_over_limit = fields.Boolean("Over Credit Limit", readonly=True)
    is_over_overdue = fields.Boolean("Too Much Overdue", readonly=True)
    is_too_old = fields.Boolean("Overdue Too Long", readonly=True)
    state = fields.Selection(
        credit.STATES,
        readonly=True,
    )

    @property
    def _table_query(self):
        partners = self.env["res.partner"].browse(self.env.context.get("credit_partners"))
        return self._query(self.env.companies.root_id, partners, listed=True)

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Customers that a domain asks for, by themselves or by ids, are the only ones whose debts are read."""
        domain = Domain(domain).optimize_full(self)
        asked = self.env["crm.fact"]._asked_ids
        partners = {number & (1 << 32) - 1 for number in asked(domain, "id")} or asked(domain, "partner_id")
        scoped = self.with_context(credit_partners=tuple(partners))
        return super(CrmCreditExposure, scoped)._search(domain, *args, **kwargs)

    # === QUERY === #

    @api.model
    def _query(self, roots, partners=None, today=None, whole=False, listed=False):
        """The rows of legal entities `roots`, for all customers or for the commercial partners `partners`.

        With `whole` every part of the exposure counts, whatever the settings leave out. Of `partners` each has a row,
        with `listed` those who would have one among all customers.
        """
        return SQL(
            """
            WITH terms AS (%(terms)s), entity AS (%(entity)s),
            item AS (%(items)s), debt AS (%(debt)s),
            position AS (
                SELECT root_id, partner_id, SUM(receivable) AS receivable, SUM(unapplied) AS unapplied,
                       SUM(uninvoiced) AS uninvoiced, SUM(draft) AS draft, SUM(shipped) AS shipped,
                       SUM(overdue) AS overdue, MIN(oldest_due) AS oldest_due
                  FROM (%(parts)s) part
                 GROUP BY root_id, partner_id
            )
            %(select)s
            """,
            terms=self._sql_terms(roots, today, whole),
            entity=self._sql_entity(roots),
            items=self._sql_items(partners),
            debt=self._sql_debt(roots, today or fields.Date.context_today(self)),
            parts=SQL(" UNION ALL ").join(self._sql_parts(partners)),
            select=self._sql_select(partners, listed),
        )

    def _sql_terms(self, roots, today, whole=False):
        """One row a legal entity: today, currency, the parts that count, and the company's default terms."""
        field = self.env["res.partner"]._fields["credit_limit"]
        rows = []
        for root in roots.sudo():
            fallback = field.get_company_dependent_fallback(self.env["res.partner"].with_company(root))
            rows.append(
                SQL(
                    "SELECT %s AS root_id, %s::date AS today, %s AS currency_id, %s AS digits,"
                    " %s::numeric AS amount_limit, %s::varchar AS hold_rule, %s::numeric AS overdue_limit,"
                    " %s AS max_days_overdue, %s AS with_receipts, %s AS with_orders, %s AS with_drafts",
                    root.id,
                    today or root._crm_credit_today(),
                    root.currency_id.id,
                    root.currency_id.decimal_places,
                    fallback or 0.0,
                    root.crm_credit_hold_rule,
                    root.crm_credit_overdue_limit,
                    root.crm_credit_max_days,
                    whole or root.crm_credit_with_receipts,
                    whole or root.crm_credit_with_orders,
                    whole or root.crm_credit_with_drafts,
                )
            )
        return SQL(" UNION ALL ").join(rows)

    def _sql_select(self, partners, listed=False):
        """Customers with a position or with terms of their own; the state as `tools/credit.py` judges it."""
        limits = {
            "is_over_limit": SQL("(amount_limit > 0 AND exposure > amount_limit)"),
            "is_over_overdue": SQL("(overdue_limit > 0 AND overdue > overdue_limit)"),
            "is_too_old": SQL("(max_days_overdue > 0 AND days_overdue > max_days_overdue)"),
        }
        near = SQL(
            """(amount_limit > 0 AND exposure >= amount_limit * %(watch)s
                OR overdue_limit > 0 AND overdue >= overdue_limit * %(watch)s
                OR max_days_overdue > 0 AND days_overdue >= max_days_overdue * %(watch)s)""",
            watch=credit.WATCH_RATE,
        )
        return SQL(
            """
            SELECT judged.*, CASE WHEN amount_limit > 0 THEN amount_limit - exposure END AS headroom, %(flags)s,
                   CASE WHEN stop IS NOT NULL THEN 'stop'
                        WHEN hold_rule = 'none' OR hold_rule IN ('warn', 'hold')
                             AND amount_limit <= 0 AND overdue_limit <= 0 AND max_days_overdue <= 0 THEN 'none'
                        WHEN hold_rule = 'prepaid' THEN 'prepaid'
                        WHEN hold_rule IN ('hold', 'one_invoice') AND %(over)s
                          OR hold_rule = 'one_invoice' AND exposure > 0 THEN 'hold'
                        WHEN %(near)s THEN 'watch'
                        WHEN hold_rule = 'one_invoice' THEN 'one_invoice' ELSE 'ok' END AS state
              FROM (
                SELECT *, receivable + unapplied + uninvoiced + draft AS exposure FROM (
                SELECT (terms.root_id::bigint << 32) + customer.id AS id, customer.id AS partner_id,
                       terms.root_id AS company_id, terms.currency_id, customer.user_id,
                       COALESCE(receivable, 0) AS receivable, COALESCE(shipped, 0) AS shipped,
                       CASE WHEN with_receipts THEN COALESCE(unapplied, 0) ELSE 0 END AS unapplied,
                       CASE WHEN with_orders THEN COALESCE(uninvoiced, 0) ELSE COALESCE(shipped, 0) END AS uninvoiced,
                       COALESCE(draft, 0) AS draft,
                       COALESCE(overdue, 0) AS overdue,
                       COALESCE(terms.today - oldest_due, 0) AS days_overdue,
                       COALESCE((customer.credit_limit->>terms.root_id::text)::numeric, terms.amount_limit)
                           AS amount_limit,
                       CASE WHEN own.id IS NULL THEN terms.hold_rule ELSE own.hold_rule END AS hold_rule,
                       CASE WHEN own.id IS NULL THEN terms.overdue_limit ELSE COALESCE(own.overdue_limit, 0) END
                           AS overdue_limit,
                       CASE WHEN own.id IS NULL THEN terms.max_days_overdue ELSE COALESCE(own.max_days_overdue, 0) END
                           AS max_days_overdue,
                       stopped.stop, with_orders
                  FROM terms
                  JOIN res_partner customer ON customer.commercial_partner_id = customer.id %(only)s
             LEFT JOIN position ON position.root_id = terms.root_id AND position.partner_id = customer.id
             LEFT JOIN crm_credit_limit own ON own.company_id = terms.root_id AND own.partner_id = customer.id
                       AND own.hold_rule <> 'company'
             LEFT JOIN crm_credit_limit stopped ON stopped.company_id = terms.root_id
                       AND stopped.partner_id = customer.id AND stopped.stop IS NOT NULL
                 WHERE %(wanted)s) AS part
              ) AS judged
            """,
            over=SQL("(%s)", SQL(" OR ").join(limits.values())),
            flags=SQL(", ").join(SQL("%s AS %s", limit, SQL.identifier(name)) for name, limit in limits.items()),
            near=near,
            only=self._sql_partner_filter(partners),
            wanted=SQL("TRUE")
            if partners and not listed
            else SQL(
                "position.partner_id IS NOT NULL OR own.id IS NOT NULL OR stopped.id IS NOT NULL"
                " OR customer.credit_limit ? terms.root_id::text"
            ),
        )

    # === READ === #

    @api.model
    def _rows(self, company, partners, today=None, whole=False):
        """The rows of some customers at a legal entity as {partner id: row}, in one query, whoever asks."""
        if not partners:
            return {}
        for model, names in self._depends.items():
            self.env[model].flush_model(names)
        rows = self.env.execute_query_dict(self._query(company.root_id, partners, today, whole))
        return {row["partner_id"]: row for row in rows}

    @api.model
    def _position(self, row, order_amount=0):
        """The position of a row for the rule; `order_amount` (company currency) is an order about to be confirmed.

        Where the company leaves confirmed orders out of the exposure, this order is left out as well.
        """
        found = {name: _exact(row[name]) for name in AMOUNTS}
        order = _exact(order_amount) if row["with_orders"] else credit.ZERO
        return credit.Position(**found, days_overdue=row["days_overdue"], order=order)

    @api.model
    def _terms(self, row):
        return credit.Terms(
            row["hold_rule"],
            _exact(row["amount_limit"]),
            _exact(row["overdue_limit"]),
            row["max_days_overdue"],
            row["stop"] or "",
        )

    # === ACTIONS === #

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id._get_records_action()
