from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

PURCHASES = ("in_invoice", "in_refund", "in_receipt")


class CrmExpenseEntry(models.Model):
    """What was spent: one row per posted journal item on an expense account.

    Source: account.move.line, so that a sum is the ledger's own to the cent. Units: company currency, + = spent,
    refunds and reversals negative. Goods are left out, unless the line's product has an expense type: cost of goods
    sold (commission paid out is none), purchases of what is stored or sold, landed costs on them, and the change of the
    stock at its closing. They cost when they are sold.
    Date: the accounting date. Type: commission of what pays commission out or takes that back; else of the product,
    else of the account where only one type of the company has it.
    Operator: the employee of an expense, none where that employee has no user; else the buyer on the bill or on its
    order; else who entered the item. The system itself is nobody: what it books has no operator.
    id = account.move.line id.
    """

    _name = "crm.expense.entry"
    _inherit = ["crm.fact"]
    _description = "Expense"
    _auto = False
    _rec_name = "move_id"
    _order = "date desc, id desc"

    date = fields.Date(readonly=True)
    name = fields.Char("Label", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    type_id = fields.Many2one("crm.expense.type", "Expense Type", readonly=True)
    product_id = fields.Many2one("product.product", "Item", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    partner_id = fields.Many2one("res.partner", "Vendor or Employee", readonly=True)
    operator_id = fields.Many2one("res.users", readonly=True, help="Who spent it, bought it or entered it.")
    move_id = fields.Many2one("account.move", "Entry", readonly=True)
    expense_id = fields.Many2one("hr.expense", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True, help="The commercial entity.")
    has_document = fields.Boolean("With Document", readonly=True, help="A file is attached to the expense or entry.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)

    _depends = {
        "account.move.line": ["account_id", "balance", "campaign_id", "company_id", "date", "display_type",
                              "expense_id", "journal_id", "move_id", "name", "parent_state", "partner_id",
                              "product_id", "purchase_line_id"],
        "account.move": ["invoice_user_id", "move_type", "reversed_entry_id"],
        "account.account": ["account_stock_expense_id", "account_stock_variation_id", "account_type"],
        "crm.commission.statement": ["move_id"],
        "crm.expense.type": ["account_id"],
        "hr.employee": ["user_id"],
        "hr.expense": ["crm_customer_id", "employee_id"],
        "ir.attachment": ["res_id", "res_model"],
        "purchase.order": ["user_id"],
        "purchase.order.line": ["order_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["crm_expense_type_id", "is_storable", "sale_ok", "type"],
        "res.company": ["account_stock_journal_id", "currency_id", "expense_account_id"],
        "res.partner": ["commercial_partner_id"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self) -> SQL:
        return SQL(
            """
            SELECT line.id,
                   line.date,
                   line.name,
                   line.company_id,
                   COALESCE(CASE WHEN line.move_id IN (%(payouts)s) THEN (%(commission)s) END,
                            template.crm_expense_type_id, kind.type_id) AS type_id,
                   line.product_id,
                   line.account_id,
                   line.partner_id,
                   CASE WHEN line.expense_id IS NOT NULL THEN employee.user_id
                        ELSE COALESCE(move.invoice_user_id, bought.user_id, NULLIF(line.create_uid, %(system)s))
                   END AS operator_id,
                   line.move_id,
                   line.expense_id,
                   line.campaign_id,
                   customer.commercial_partner_id AS customer_id,
                   EXISTS (
                       SELECT 1 FROM ir_attachment file
                        WHERE file.res_model = 'hr.expense' AND file.res_id = line.expense_id
                   ) OR EXISTS (
                       SELECT 1 FROM ir_attachment file
                        WHERE file.res_model = 'account.move' AND file.res_id = line.move_id AND file.res_field IS NULL
                   ) AS has_document,
                   company.currency_id,
                   line.balance AS amount
            """,
            system=SUPERUSER_ID,
            payouts=self._payouts(),
            commission=SQL(
                "SELECT res_id FROM ir_model_data WHERE module = 'crm_finance_bridge' AND name = %s",
                "crm_expense_type_commission",
            ),
        )

    @api.model
    def _payouts(self) -> SQL:
        """Entries that pay commission out, those withdrawn too, and whatever reverses them."""
        return SQL(
            """
            WITH RECURSIVE payout AS (
                (SELECT move_id FROM crm_commission_statement WHERE move_id IS NOT NULL
                  UNION SELECT move_id FROM crm_commission_withdrawn_rel)
                 UNION
                SELECT reversal.id FROM account_move reversal JOIN payout ON payout.move_id = reversal.reversed_entry_id
            )
            SELECT move_id FROM payout
            """
        )

    def _from(self) -> SQL:
        """Accounts of types are company-dependent: a JSON object of company and account."""
        return SQL(
            """
            FROM account_move_line line
            JOIN account_move move ON move.id = line.move_id
            JOIN account_account account ON account.id = line.account_id
            JOIN res_company company ON company.id = line.company_id
            LEFT JOIN purchase_order_line ordered ON ordered.id = line.purchase_line_id
            LEFT JOIN purchase_order bought ON bought.id = ordered.order_id
            LEFT JOIN hr_expense expense ON expense.id = line.expense_id
            LEFT JOIN hr_employee employee ON employee.id = expense.employee_id
            LEFT JOIN res_partner customer ON customer.id = expense.crm_customer_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN (
                SELECT mapped.key AS company_id, mapped.value AS account_id, MIN(type.id) AS type_id
                  FROM crm_expense_type type, JSONB_EACH_TEXT(type.account_id) mapped
                 WHERE type.active
                 GROUP BY mapped.key, mapped.value
                HAVING COUNT(*) = 1
            ) kind ON kind.company_id = line.company_id::text AND kind.account_id = line.account_id::text
            """
        )

    def _where(self) -> SQL:
        return SQL(
            """
            WHERE line.parent_state = 'posted'
              AND line.display_type NOT IN ('cogs', 'line_section', 'line_subsection', 'line_note')
              AND (
                  account.account_type LIKE 'expense%%' AND account.account_type != 'expense_direct_cost'
                  OR account.account_type = 'expense_direct_cost'
                     AND (template.crm_expense_type_id IS NOT NULL OR line.move_id IN (%s))
              )
              AND (%s) IS NOT TRUE AND (%s) IS NOT TRUE AND (%s) IS NOT TRUE
            """,
            self._payouts(),
            self._goods_bought(),
            self._stock_change(),
            self._landed_cost(),
        )

    def _goods_bought(self) -> SQL:
        """Goods on a vendor's bill. Periodic valuation, Odoo's default, books them as expense the day they are bought.

        What an employee spent is no purchase of goods; stock that is lost is an entry, and stays an expense.
        """
        return SQL(
            """move.move_type IN %s AND line.expense_id IS NULL AND template.type = 'consu'
               AND (template.is_storable OR template.sale_ok) AND template.crm_expense_type_id IS NULL""",
            PURCHASES,
        )

    def _stock_change(self) -> SQL:
        """What the closing of the stock books: on the variation account, else on the company's expense account."""
        return SQL(
            """account.id IN (SELECT stock.account_stock_variation_id FROM account_account stock)
               OR line.journal_id = company.account_stock_journal_id AND line.product_id IS NULL
                  AND (account.id = company.expense_account_id
                       OR account.id IN (SELECT stock.account_stock_expense_id FROM account_account stock))"""
        )

    def _has_landed_costs(self):
        """Whether Odoo's addon for landed costs is installed."""
        return "stock.landed.cost" in self.env

    def _landed_cost(self) -> SQL:
        """Freight or duty that a landed cost put into the value of goods without an entry: periodic valuation.

        The flagged lines of the bill that a done landed cost names: they cost when the goods are sold. Where a landed
        cost has an entry of its own (perpetual valuation), that entry takes off what went into the stock; the rest
        was for goods already sold, and is an expense.
        """
        if not self._has_landed_costs():
            return SQL("FALSE")
        return SQL(
            """line.is_landed_costs_line AND template.crm_expense_type_id IS NULL
               AND line.move_id IN (SELECT vendor_bill_id FROM stock_landed_cost
                                     WHERE state = 'done' AND vendor_bill_id IS NOT NULL AND account_move_id IS NULL)"""
        )

    # === ACTIONS === #

    def action_open_document(self):
        """Open the expense with its document, or the entry; who may not see it is told so."""
        self.ensure_one()
        row = self.sudo()
        for record in (row.expense_id, row.move_id):
            if record and record.with_env(self.env).has_access("read"):
                return self._open_form(record.with_env(self.env))
        raise AccessError(self.env._("The expense is yours to see, the bill itself needs accounting rights."))
