from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

KINDS = ("budget", "committed", "spent")


class CrmCampaignBudgetEntry(models.Model):
    """Budget control: what is planned, committed and spent of each campaign, by cost type and month.

    Units: company currency of the row, untaxed; positive = money planned, bound or gone. Sources:
    * budget: budget lines; one without a month belongs to the start of the campaign;
    * committed: lines of approved purchase orders for the quantity that no posted bill covers, in the month of
      the expected arrival (UTC); expenses approved and not posted, in the month of the expense;
    * spent: posted costs (crm.campaign.cost).
    A commitment has the cost type of its product; the account, which may name one for a cost, is not known yet.
    ids: the source row's id times ten plus the part's digit.
    """

    _name = "crm.campaign.budget.entry"
    _description = "Campaign Budget Control"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"
    _depends = {
        "crm.campaign.cost": ["amount", "campaign_id", "company_id", "cost_type_id", "date", "name", "partner_id"],
        "crm.campaign.budget.line": ["amount", "campaign_id", "company_id", "cost_type_id", "date", "name"],
        "utm.campaign": ["date_start"],
        "purchase.order": ["currency_rate", "partner_id", "state"],
        "purchase.order.line": [
            "campaign_id", "company_id", "date_planned", "display_type", "name", "order_id", "price_subtotal",
            "product_id", "product_qty", "product_uom_id",
        ],
        "account.move": ["move_type"],
        "account.move.line": ["parent_state", "product_uom_id", "purchase_line_id", "quantity"],
        "hr.expense": ["campaign_id", "company_id", "date", "employee_id", "name", "product_id", "state",
                       "untaxed_amount"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["campaign_cost_type_id"],
        "res.company": ["currency_id"],
        "uom.uom": ["factor"],
    }  # fmt: skip

    name = fields.Char("Document", readonly=True)
    kind = fields.Selection([("budget", "Budget"), ("committed", "Committed"), ("spent", "Spent")], readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    partner_id = fields.Many2one("res.partner", "Vendor or Employee", readonly=True)
    cost_type_id = fields.Many2one("crm.campaign.cost.type", readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None)
    budget = fields.Monetary(readonly=True)
    committed = fields.Monetary(readonly=True)
    spent = fields.Monetary(readonly=True)
    available = fields.Monetary("Left", readonly=True, help="Budget - committed - spent.")
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    @property
    def _table_query(self) -> SQL:
        measures = SQL(", ").join(
            SQL("CASE WHEN kind = %s THEN amount ELSE 0 END AS %s", kind, SQL.identifier(kind)) for kind in KINDS
        )
        return SQL(
            """
            SELECT part.*, company.currency_id, %s,
                   CASE WHEN kind = 'budget' THEN amount ELSE -amount END AS available
              FROM (%s) part
              JOIN res_company company ON company.id = part.company_id
            """,
            measures,
            SQL(" UNION ALL ").join(self._entry_parts()),
        )

    def _entry_parts(self) -> list[SQL]:
        """SELECTs of: id, kind, campaign_id, company_id, date, partner_id, cost_type_id, name, amount, res_model,
        res_id; each restricted to rows with a campaign."""
        entries = self.env["crm.campaign.entry"]
        return [entries._part_budget(), entries._part_cost("spent"), self._part_orders(), self._part_expenses()]

    def _part_orders(self) -> SQL:
        """The open part of each order line: its amount times the share of its quantity that is not billed."""
        return SQL(
            """
            SELECT line.id * 10::bigint + 2, 'committed', line.campaign_id, line.company_id, line.date_planned::date,
                   po.partner_id, template.campaign_cost_type_id, po.name || ': ' || line.name,
                   ROUND(line.price_subtotal / COALESCE(NULLIF(po.currency_rate, 0), 1)::numeric
                         * GREATEST(1 - COALESCE(billed.quantity, 0) / line.product_qty, 0), currency.decimal_places),
                   'purchase.order', po.id
              FROM purchase_order_line line
              JOIN purchase_order po ON po.id = line.order_id
              JOIN res_company home ON home.id = line.company_id
              JOIN res_currency currency ON currency.id = home.currency_id
              LEFT JOIN product_product product ON product.id = line.product_id
              LEFT JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN LATERAL (
                   SELECT SUM((CASE document.move_type WHEN 'in_refund' THEN -1 ELSE 1 END) * bill.quantity
                              * COALESCE(bill_unit.factor / NULLIF(line_unit.factor, 0), 1))::numeric AS quantity
                     FROM account_move_line bill
                     JOIN account_move document ON document.id = bill.move_id
                     LEFT JOIN uom_uom bill_unit ON bill_unit.id = bill.product_uom_id
                     LEFT JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
                    WHERE bill.purchase_line_id = line.id AND bill.parent_state = 'posted'
                      AND document.move_type IN ('in_invoice', 'in_refund', 'in_receipt')) billed ON TRUE
             WHERE po.state = 'purchase' AND line.display_type IS NULL AND line.campaign_id IS NOT NULL
               AND line.product_qty > COALESCE(billed.quantity, 0)
            """
        )

    def _part_expenses(self) -> SQL:
        """Approved and not in the books; an expense that nobody approved binds nothing."""
        return SQL(
            """
            SELECT expense.id * 10::bigint + 3, 'committed', expense.campaign_id, expense.company_id, expense.date,
                   employee.work_contact_id, template.campaign_cost_type_id, expense.name, expense.untaxed_amount,
                   'hr.expense', expense.id
              FROM hr_expense expense
              JOIN hr_employee employee ON employee.id = expense.employee_id
              LEFT JOIN product_product product ON product.id = expense.product_id
              LEFT JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE expense.state = 'approved' AND expense.campaign_id IS NOT NULL
            """
        )

    def action_open_document(self):
        """Open the document behind the figure; who may not read it is told so."""
        self.ensure_one()
        if self.res_model == "crm.campaign.cost":
            return self.env["crm.campaign.cost"].browse(self.res_id).action_open_document()
        record = self.env[self.res_model].browse(self.res_id)
        if not record.has_access("read"):
            raise AccessError(self.env._("The figure is yours to see, the document itself needs purchase rights."))
        return record._get_records_action()
