from odoo import Command, api, fields, models
from odoo.tools import SQL

EXPENSES = ("expense", "expense_depreciation", "expense_other")
SALES = ("out_invoice", "out_refund", "out_receipt")
BILLS = ("in_invoice", "in_refund", "in_receipt")


class CrmFigureCheck(models.TransientModel):
    """For the auditor: each money figure of the CRM beside the posted journal items it must equal, to the cent.

    The figure is read from the fact that the screens show, the ledger by the ORM from `account.move.line` alone: two
    ways that share no query. Company currency, days from `date_from` to `date_to`; receivables as of `date_to`.
    """

    _name = "crm.figure.check"
    _description = "Figures against the Ledger"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.start_of(fields.Date.context_today(self), "year")
    )
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)
    line_ids = fields.One2many("crm.figure.check.line", "check_id")
    wrong_count = fields.Integer("Differences", compute="_compute_wrong_count")

    @api.depends("line_ids.state")
    def _compute_wrong_count(self):
        for check in self:
            check.wrong_count = len(check.line_ids.filtered(lambda line: line.state == "different"))

    @api.depends("company_id", "date_to")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._("Figures against the ledger")

    def action_check(self):
        """Compare again; the auditor needs no right but to read the ledger."""
        self.ensure_one()
        self.env["account.move.line"].check_access("read")
        self.env["res.company"].browse(self.company_id.id).check_access("read")
        self.env.flush_all()
        rows = [
            {"code": code, "figure": figure, "ledger": ledger, "domain": domain}
            for code, figure, ledger, domain in self._compared()
        ]
        self.line_ids = [Command.clear(), *(Command.create(row) for row in rows)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Figures against the Ledger"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === FIGURES === #

    def _compared(self):
        """(code, figure of the CRM, posted amount, domain of the journal items), one a figure."""
        posted = [("company_id", "=", self.company_id.id), ("parent_state", "=", "posted")]
        days = [("date", ">=", self.date_from), ("date", "<=", self.date_to)]
        sold = [
            *posted,
            ("display_type", "=", "product"),
            ("move_id.move_type", "in", SALES),
            ("move_id.invoice_date", ">=", self.date_from),
            ("move_id.invoice_date", "<=", self.date_to),
        ]
        receivable = [*posted, ("date", "<=", self.date_to), ("account_id.account_type", "=", "asset_receivable")]
        money = [*posted, *days, ("account_id", "in", self._money_accounts())]
        spent = [
            *posted,
            *days,
            ("display_type", "not in", ("cogs", "line_section", "line_subsection", "line_note")),
            "|",
            ("account_id.account_type", "in", EXPENSES),
            "&",
            ("account_id.account_type", "=", "expense_direct_cost"),
            *("|", ("product_id.crm_expense_type_id", "!=", False), ("move_id", "in", self._payouts().ids)),
            *self._no_goods(),
        ]
        campaign = [
            *posted,
            *days,
            ("campaign_id", "!=", False),
            ("account_id.account_type", "in", (*EXPENSES, "expense_direct_cost")),
        ]
        paid = self._paid_statements()
        payout = [
            *posted,
            ("move_id", "in", paid.move_id.ids),
            ("account_id.account_type", "not in", ("liability_payable", "asset_receivable")),
        ]
        return [
            ("receivable", self._fact("crm.open.item", "residual", None), self._ledger(receivable), receivable),
            ("sales", self._metric_sales(), -self._ledger(sold), sold),
            ("profit", self._profit_sales(), -self._ledger(sold), sold),
            ("funds", self._net_flow(days),
             self._ledger(money), money),
            ("expense", self._fact("crm.expense.entry", "amount", days), self._ledger(spent), spent),
            ("campaign", self._fact("crm.campaign.cost", "amount", days), self._ledger(campaign), campaign),
            ("commission", sum(paid.mapped("amount_total")), self._ledger(payout), payout),
        ]  # fmt: skip

    def _no_goods(self):
        """Domain of expenses without purchases of goods, landed costs, and what the closing of the stock books."""
        accounts = self.env["account.account"].sudo().search([])
        company = self.company_id.sudo()
        closing = company.expense_account_id + accounts.account_stock_expense_id
        goods = [
            ("type", "=", "consu"),
            ("crm_expense_type_id", "=", False),
            *("|", ("is_storable", "=", True), ("sale_ok", "=", True)),
        ]
        return [
            *("|", "|", ("move_id.move_type", "not in", BILLS), ("expense_id", "!=", False)),
            ("product_id", "not any", goods),
            ("account_id", "not in", accounts.account_stock_variation_id.ids),
            *("|", "|", ("journal_id", "!=", company.account_stock_journal_id.id), ("product_id", "!=", False)),
            ("account_id", "not in", closing.ids),
            *self._no_landed_costs(),
        ]

    def _no_landed_costs(self):
        """Domain of what no landed cost (addon stock_landed_costs, where installed) put into goods without an entry."""
        if "stock.landed.cost" not in self.env:
            return []
        done = (
            self.env["stock.landed.cost"]
            .sudo()
            .search([("state", "=", "done"), ("vendor_bill_id", "!=", False), ("account_move_id", "=", False)])
        )
        return [
            *("|", "|", ("move_id", "not in", done.vendor_bill_id.ids), ("is_landed_costs_line", "=", False)),
            ("product_id.crm_expense_type_id", "!=", False),
        ]

    def _payouts(self):
        """Entries that paid commission out, withdrawn ones and what reverses any of them, at any time."""
        statements = self.env["crm.commission.statement"].sudo().search([("company_id", "=", self.company_id.id)])
        found = moves = statements.move_id + statements.withdrawn_move_ids
        while moves:
            moves = moves.reversal_move_ids - found
            found += moves
        return found

    def _ledger(self, domain):
        [(balance,)] = self.env["account.move.line"].sudo()._read_group(domain, aggregates=["balance:sum"])
        return balance or 0.0

    def _fact(self, model, field, days):
        domain = [("company_id", "=", self.company_id.id), *(days or [])]
        fact = self.env[model].sudo().with_context(as_of=self.date_to)
        [(amount,)] = fact._read_group(domain, aggregates=[f"{field}:sum"])
        return amount or 0.0

    def _net_flow(self, days):
        return self._fact("crm.funds.flow", "amount_in", days) - self._fact("crm.funds.flow", "amount_out", days)

    def _metric_sales(self):
        """The scorecard's sales."""
        stop = fields.Date.add(self.date_to, days=1)
        query = self.env["crm.metric"].sudo()._metric_company_revenue(self.company_id, self.date_from, stop)
        [(amount,)] = self.env.execute_query(SQL("SELECT value FROM (%s) metric", query))
        return float(amount)

    def _profit_sales(self):
        """Sales in the profit of customers; discounts taken at payment are no product lines."""
        entries = self.env["crm.profit.entry"].sudo().with_context(allowed_company_ids=self.company_id.ids)
        domain = [
            ("company_id", "=", self.company_id.id),
            ("date", ">=", self.date_from),
            ("date", "<=", self.date_to),
            ("part", "in", ("revenue", "discount", "returned")),
        ]
        [(amount,)] = entries._read_group(domain, aggregates=["amount:sum"])
        early = self.env["crm.profit.query"].with_context(allowed_company_ids=self.company_id.ids)
        [(taken,)] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(amount), 0) FROM (%s) piece (source_id, company_id, partner_id, date, amount)
                    WHERE date >= %s AND date <= %s""",
                early._part_settled(SQL("account.id = company.account_journal_early_pay_discount_loss_account_id")),
                self.date_from,
                self.date_to,
            )
        )
        return (amount or 0.0) - float(taken)

    def _money_accounts(self):
        return [row[0] for row in self.env.execute_query(self.env["crm.funds.flow"]._liquid_rows())]

    def _paid_statements(self):
        """Commission paid in the period, by the date of its entry."""
        return (
            self.env["crm.commission.statement"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("move_id.state", "=", "posted"),
                    ("move_id.date", ">=", self.date_from),
                    ("move_id.date", "<=", self.date_to),
                ]
            )
        )
