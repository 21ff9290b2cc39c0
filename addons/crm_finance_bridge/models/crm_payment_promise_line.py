from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CrmPaymentPromiseLine(models.Model):
    """The part of a promise that is for one receivable line. Amount: company currency, positive."""

    _name = "crm.payment.promise.line"
    _inherit = ["crm.receivable.part.mixin"]
    _description = "Promised Invoice"
    _order = "promise_id, id"
    _rec_name = "move_line_id"
    _whole_name = "promise_id"

    promise_id = fields.Many2one("crm.payment.promise", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="promise_id.partner_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="promise_id.currency_id")
    amount = fields.Monetary("Promised", required=True)
    settled = fields.Monetary("Paid in Time", compute="_compute_settled")
    known_partial = fields.Integer(
        readonly=True, aggregator=None, help="The last reconciliation of the line that was there before the promise."
    )
    part_ids = fields.One2many("crm.payment.promise.part", "line_id", "Payments", readonly=True)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "A promise needs an amount above zero.")
    _line_uniq = models.UniqueIndex("(promise_id, move_line_id)", "A promise names each receivable line once.")

    @api.depends("part_ids.amount")
    def _compute_settled(self):
        Part = self.env["crm.payment.promise.part"].sudo()
        sums = dict(Part._read_group([("line_id", "in", self._origin.ids)], ["line_id"], ["amount:sum"]))
        for line in self:
            line.settled = sums.get(line._origin, 0.0)

    @api.model_create_multi
    def create(self, vals_list):
        known = self._last_partials({vals["move_line_id"] for vals in vals_list})
        for vals in vals_list:
            vals["known_partial"] = known.get(vals["move_line_id"], 0)
        lines = super().create(vals_list)
        for promise in lines.sudo().promise_id:
            if promise.currency_id.compare_amounts(sum(promise.line_ids.mapped("amount")), promise.amount):
                raise ValidationError(self.env._("A promise stays as it was made. Cancel it and log the new one."))
        return lines

    @api.model
    def _last_partials(self, item_ids):
        """The newest reconciliation of each journal item: {item id: partial id}."""
        self.env["account.partial.reconcile"].flush_model(["debit_move_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT debit_move_id, MAX(id) FROM account_partial_reconcile "
                    "WHERE debit_move_id = ANY(%s) GROUP BY 1",
                    list(item_ids),
                )
            )
        )

    def _text_not_posted(self):
        return self.env._("Only posted receivables can be promised.")

    def _check_open(self):
        """All open promises on a line together never exceed what is open of it."""
        companies = self.company_id
        promised = defaultdict(float)
        for promise_day in {line.promise_id.company_id._crm_credit_today() for line in self}:
            query = self.env["crm.payment.promise"]._promised_query(companies.ids, promise_day)
            rows = self.env.execute_query(
                SQL("SELECT line_id, amount FROM (%s) promised WHERE line_id = ANY(%s)", query, self.move_line_id.ids)
            )
            for item_id, amount in rows:
                promised[item_id] = max(promised[item_id], float(amount))
        for line in self:
            item = line.move_line_id
            if line.currency_id.compare_amounts(promised[item.id], item.amount_residual) > 0:
                raise ValidationError(
                    self.env._(
                        "Of %(invoice)s only %(open)s is open, yet %(promised)s would be promised.",
                        invoice=item.move_id.name,
                        open=line.currency_id.format(item.amount_residual),
                        promised=line.currency_id.format(promised[item.id]),
                    )
                )
