from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_profit_query import ACCOUNTANTS, CALCULATED, CODES

LABELS = [
    ("revenue", "Sales at List Price"),
    ("discount", "Discounts"),
    ("returned", "Credit Notes"),
    ("goods", "Cost of Goods"),
    ("freight", "Deliveries"),
    ("service", "Service"),
    ("contact", "Contacts and Visits"),
    ("commission", "Commission"),
    ("withheld", "Other Costs Not Shown to You"),
    ("campaign", "Campaigns"),
    ("expense", "Expenses for the Customer"),
    ("credit", "Cost of Credit"),
    ("bad_debt", "Bad Debt"),
    ("overhead", "Share of Overhead"),
]


class CrmProfitEntry(models.Model):
    """Each piece of a customer's profit: an invoice line, its cost, a delivery, minutes of service, a loss ...

    Company currency, + adds to profit, - takes away. `basis` tells posted journal items from calculated figures.
    Sources and rules: `crm.profit.query`. Who may not see commission has one sum a customer and month in its place, so
    that the entries of each reader add up to the net profit.
    """

    _name = "crm.profit.entry"
    _inherit = ["crm.fact", "crm.profit.query"]
    _description = "Entry of Customer Profit"
    _auto = False
    _rec_name = "partner_id"
    _order = "date desc, id desc"

    part = fields.Selection(LABELS, readonly=True)
    basis = fields.Selection([("posted", "Posted"), ("calculated", "Calculated")], readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True, help="+ adds to the profit of the customer, - takes away.")
    unknown = fields.Monetary("Sales without Known Cost", readonly=True)
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    document = fields.Char(compute="_compute_document")

    _depends = {
        "account.move": ["commercial_partner_id", "company_id", "invoice_date", "move_type", "state"],
        "account.move.line": ["account_id", "balance", "campaign_id", "date_maturity", "discount", "display_type",
                              "parent_state", "partner_id", "product_id", "quantity", "sale_line_ids"],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
        "crm.commission.line": ["amount", "date", "partner_id"],
        "crm.contact.log": ["channel", "date", "partner_id"],
        "crm.ticket": ["active", "commercial_partner_id", "date_open"],
        "crm.ticket.work": ["cost", "date"],
        "crm.touch": ["campaign_id", "partner_id", "valid"],
        "hr.expense": ["crm_customer_id"],
        "res.company": ["crm_cost_contact", "crm_cost_delivery", "crm_cost_ticket", "crm_cost_visit",
                        "crm_credit_cost_rate", "currency_id"],
        "sale.order.line": ["purchase_price"],
        "stock.move": ["location_dest_id", "picking_id", "state"],
        "stock.picking": ["date_done", "partner_id", "state"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT entry.*, company.currency_id
                 FROM (%s) entry JOIN res_company company ON company.id = entry.company_id""",
            self._entries(withheld=not (self.env.su or self.env.user.has_groups(ACCOUNTANTS))),
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Rows by id are read by part and source, which stand in the id."""
        domain = Domain(domain).optimize_full(self)
        scoped = self.with_context(profit_entries=self._asked_ids(domain, "id"))
        return super(CrmProfitEntry, scoped)._search(domain, *args, **kwargs)

    @api.model
    def _entries(self, withheld=False):
        """All entries; of some ids (context `profit_entries`) no other part is read than theirs.

        `withheld`: with sums in the place of commission.
        """
        ids = self.env.context.get("profit_entries")
        parts = self._profit_parts()
        if withheld:
            parts["withheld"] = self._part_withheld()
            del parts["commission"]
        columns = SQL("source_id, company_id, partner_id, date, amount, unknown, res_model, res_id")
        sources = {}
        for number in ids or ():
            sources.setdefault(number % 16, []).append(number // 16)
        chosen = [part for part in parts if not ids or CODES[part] in sources] or ["revenue"]
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT source_id::bigint * 16 + %s AS id, %s::varchar AS part, %s::varchar AS basis, company_id,
                          partner_id, date, amount::numeric AS amount, unknown::numeric AS unknown,
                          res_model::varchar AS res_model, res_id::int AS res_id
                     FROM (%s) piece (%s) WHERE %s""",
                CODES[part],
                "credit" if part == "credit_open" else part,
                "calculated" if part in CALCULATED else "posted",
                parts[part],
                columns,
                SQL("source_id IN %s", tuple(sources.get(CODES[part], (0,)))) if ids else SQL("TRUE"),
            )
            for part in chosen
        )

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        """Parts come in the order of the waterfall, not of their keys."""
        if "part" not in groupby_terms:
            return super()._read_group_orderby(order, groupby_terms, query)
        order_of = [key for key, _label in LABELS]
        terms = dict(groupby_terms, part=SQL("ARRAY_POSITION(%s, %s::text)", order_of, groupby_terms["part"]))
        return super()._read_group_orderby(order, terms, query)

    @api.depends("res_model", "res_id", "part")
    @api.depends_context("lang")
    def _compute_document(self):
        """The document's own name, read in one batch a model; the row is visible, so its name is."""
        for model in set(self.mapped("res_model")):
            rows = self.filtered(lambda row, model=model: row.res_model == model)
            records = self.env[model].sudo().browse(row.res_id for row in rows if row.res_id).exists()
            names = {record.id: record.display_name for record in records}
            for row in rows:
                row.document = names.get(row.res_id) or (
                    self.env._("Sum of the month") if row.part == "withheld" else self.env._("Expenses of the month")
                )

    def action_open_document(self):
        """Open what the piece comes from; overhead opens the month's expenses."""
        self.ensure_one()
        if self.part == "overhead":
            return self._open_overhead()
        record = self.env[self.res_model].browse(self.res_id)
        if not record or not record.has_access("read"):
            raise AccessError(self.env._("The figure is yours to see, the document needs rights of its own."))
        return self._open_form(record)

    def _open_overhead(self):
        month = self.date
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) entry WHERE company_id = %s AND DATE_TRUNC('month', date)::date = %s",
                self._overhead_entries(),
                self.company_id.id,
                month,
            )
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_expense_entry_action")
        return {**action, "domain": [("id", "in", [row[0] for row in rows])], "context": {}}

    @api.model
    def _entries_action(self, domain, name=None):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_profit_entry_action")
        return {**action, "name": name or action["name"], "domain": domain, "context": {}}

    @api.model
    def _month_action(self, row):
        """The entries of a row's customer, company and month."""
        return self._entries_action(
            [
                ("partner_id", "=", row.partner_id.id),
                ("company_id", "=", row.company_id.id),
                ("date", ">=", row.date),
                ("date", "<=", fields.Date.end_of(row.date, "month")),
            ]
        )
