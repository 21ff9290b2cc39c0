from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_return import OUTCOMES, STATES
from ..models.crm_return_line import DISPOSITIONS, RESULTS


class CrmReturnAnalysis(models.Model):
    """One row per line of a return that was asked for: how much, why, what became of it, and the days of each step.

    Days are empty where a step was not reached, so that averages count what happened. Amounts: tax included, in the
    company's currency, the return's amount shared by the lines' own. Quantities in the unit of the delivered move.
    """

    _name = "crm.return.analysis"
    _description = "Return Analysis"
    _auto = False
    _rec_name = "return_id"
    _order = "date desc, id desc"

    return_id = fields.Many2one("crm.return", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    vendor_id = fields.Many2one("res.partner", readonly=True)
    reason_id = fields.Many2one("crm.return.reason", readonly=True)
    fault = fields.Selection(
        lambda self: self.env["crm.return.reason"]._fields["fault"]._description_selection(self.env),
        "Cause",
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Proposed By", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    outcome = fields.Selection(OUTCOMES, "Settled By", readonly=True)
    result = fields.Selection(RESULTS, readonly=True)
    disposition = fields.Selection(DISPOSITIONS, "Bad Goods Go", readonly=True)
    date = fields.Datetime("Asked For", readonly=True)
    quantity = fields.Float(readonly=True)
    quantity_received = fields.Float("Received", readonly=True)
    quantity_good = fields.Float("Good", readonly=True)
    quantity_bad = fields.Float("Bad", readonly=True)
    amount = fields.Monetary(readonly=True)
    days_approval = fields.Float("Days to Approve", readonly=True, aggregator="avg")
    days_receipt = fields.Float("Days to Receive", readonly=True, aggregator="avg")
    days_inspection = fields.Float("Days to Inspect", readonly=True, aggregator="avg")
    days_settlement = fields.Float("Days to Settle", readonly=True, aggregator="avg")
    days_total = fields.Float("Days in All", readonly=True, aggregator="avg")

    _depends = {
        "crm.return": [
            "amount", "amount_company", "company_id", "date_approved", "date_done", "date_inspected", "date_received",
            "date_submitted", "outcome", "partner_id", "reason_id", "state", "team_id", "user_id",
        ],
        "crm.return.line": [
            "amount", "disposition", "product_id", "quantity", "quantity_bad", "quantity_good", "quantity_received",
            "result", "return_id", "vendor_id",
        ],
        "crm.return.reason": ["fault"],
    }  # fmt: skip

    @property
    def _table_query(self):
        def days(stop, start):
            return SQL(
                "EXTRACT(EPOCH FROM %s - %s) / 86400", SQL.identifier("back", stop), SQL.identifier("back", start)
            )

        return SQL(
            """
            SELECT line.id, back.id AS return_id, back.company_id, company.currency_id, back.team_id, back.partner_id,
                   line.product_id, template.categ_id AS product_categ_id, line.vendor_id, back.reason_id,
                   reason.fault, back.user_id, back.state, back.outcome, line.result, line.disposition,
                   back.date_submitted AS date, line.quantity, line.quantity_received, line.quantity_good,
                   line.quantity_bad,
                   CASE WHEN back.amount = 0 THEN 0
                        ELSE back.amount_company * line.amount / back.amount END AS amount,
                   %(approval)s AS days_approval, %(receipt)s AS days_receipt, %(inspection)s AS days_inspection,
                   %(settlement)s AS days_settlement, %(total)s AS days_total
              FROM crm_return_line line
              JOIN crm_return back ON back.id = line.return_id
              JOIN crm_return_reason reason ON reason.id = back.reason_id
              JOIN res_company company ON company.id = back.company_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE back.date_submitted IS NOT NULL
            """,
            approval=days("date_approved", "date_submitted"),
            receipt=days("date_received", "date_approved"),
            inspection=days("date_inspected", "date_received"),
            settlement=days("date_done", "date_inspected"),
            total=days("date_done", "date_submitted"),
        )

    def action_open(self):
        return self.return_id.get_formview_action()
