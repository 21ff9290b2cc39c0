from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCreditDecision(models.Model):
    """The log of credit holds and releases: nothing in it is changed or deleted.

    Amounts are in the company's currency at the moment of the decision. A release is good for its order,
    its customer and an order total up to the one released, until its last day; the total is compared in the
    order's currency, because Odoo sets the rate of an order anew when it is confirmed.
    """

    _name = "crm.credit.decision"
    _description = "Credit Decision"
    _rec_name = "order_name"
    _order = "id desc"

    kind = fields.Selection(
        [
            ("hold", "Held"),
            ("request", "Release asked"),
            ("release", "Released"),
            ("warn", "Confirmed with warning"),
            ("auto", "No longer on hold"),
        ],
        required=True,
        readonly=True,
    )
    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null", ondelete="set null")
    order_name = fields.Char("Order Number", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Decided By", required=True, readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    order_amount = fields.Monetary("This Order", readonly=True, help="Order total, tax included.")
    order_currency_id = fields.Many2one("res.currency", readonly=True)
    order_total = fields.Monetary(
        "This Order in Its Currency",
        currency_field="order_currency_id",
        readonly=True,
        aggregator=None,
        help="Order total, tax included, less what is paid online. Empty in decisions of earlier versions.",
    )
    exposure = fields.Monetary("Exposure with Order", readonly=True, aggregator=None)
    receivable = fields.Monetary("Open Receivables", readonly=True, aggregator=None)
    unapplied = fields.Monetary("Unapplied Receipts", readonly=True, aggregator=None)
    uninvoiced = fields.Monetary("Orders to Invoice", readonly=True, aggregator=None)
    draft = fields.Monetary("Draft Invoices", readonly=True, aggregator=None)
    overdue = fields.Monetary(readonly=True, aggregator=None)
    days_overdue = fields.Integer("Oldest Overdue (Days)", readonly=True, aggregator=None)
    amount_limit = fields.Monetary("Credit Limit", readonly=True, aggregator=None)
    overdue_limit = fields.Monetary("Overdue Allowed", readonly=True, aggregator=None)
    max_days_overdue = fields.Integer("Days Overdue Allowed", readonly=True, aggregator=None)
    findings = fields.Text("Limits Passed", readonly=True)
    reason = fields.Text(readonly=True)
    date_expiry = fields.Date("Valid Until", readonly=True)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("Credit decisions are a log: they cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Credit decisions are a log: they cannot be deleted."))
