from odoo import api, fields, models

from .crm_scorecard import CLASSES, LIFECYCLES


class CrmCustomerChange(models.Model):
    """A dated change of a customer's class or lifecycle state, with the reason of that day. Append only.

    Written in SQL by `crm.customer.run`. The state at a date is the newest row up to that date.
    """

    _name = "crm.customer.change"
    _description = "Class and Lifecycle Change"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    run_id = fields.Many2one("crm.customer.run", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(related="partner_id.user_id")
    date = fields.Date(required=True, readonly=True, help="The day that the run was for.")
    kind = fields.Selection([("class", "Class"), ("lifecycle", "Lifecycle")], required=True, readonly=True)
    old_value = fields.Selection(CLASSES + LIFECYCLES, string="From", readonly=True)
    new_value = fields.Selection(CLASSES + LIFECYCLES, string="To", required=True, readonly=True)
    direction = fields.Selection(
        [("first", "First"), ("up", "Up"), ("down", "Down")], string="Move", required=True, readonly=True
    )
    score = fields.Float(digits=(5, 2), readonly=True, aggregator="avg")
    revenue = fields.Monetary(string="Annual sales", readonly=True)
    snapshot = fields.Json(readonly=True, help="What the customer was judged by on that day.")
    reason = fields.Char(compute="_compute_reason", help="The rule that gave the new class or state.")

    _partner_idx = models.Index("(company_id, kind, partner_id, date, id)")

    @api.depends("snapshot", "new_value")
    @api.depends_context("lang")
    def _compute_reason(self):
        """Said by the scorecard of that day, rebuilt from the snapshot and the settings of the run."""
        for change in self:
            policy = change.run_id.sudo().policy or {}
            month = self.env["crm.company.scorecard"].new({"policy": policy, "company_id": change.company_id.id})
            values = dict(change.snapshot or {}) | {
                "month_id": month.id,
                "company_id": change.company_id.id,
                "customer_class" if change.kind == "class" else "lifecycle": change.new_value,
            }
            if change.kind == "lifecycle":
                # Class C unless the state says that it was A or B.
                values["customer_class"] = "c"
                if change.new_value == "valuable":
                    values["customer_class"] = "b" if values.get("class_rule") == "growth" else "a"
            card = self.env["crm.scorecard"].new(values)
            card.month_id = month
            change.reason = card.class_reason if change.kind == "class" else card._lifecycle_sentence(policy)

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
