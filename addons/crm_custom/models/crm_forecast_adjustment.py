from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmForecastAdjustment(models.Model):
    """A person's own figure for an opportunity: who, when, why. The newest of each level counts; none is changed."""

    _name = "crm.forecast.adjustment"
    _description = "Forecast Adjustment"
    _order = "id DESC"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", "Opportunity", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="lead_id.company_id", store=True, index=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    level = fields.Selection([("user", "Salesperson"), ("manager", "Manager")], required=True, default="user")
    expected_revenue = fields.Monetary("Expected before", readonly=True)
    amount = fields.Monetary("Forecast", required=True)
    reason = fields.Char(required=True)
    user_id = fields.Many2one("res.users", "By", required=True, default=lambda self: self.env.user, readonly=True)
    date = fields.Datetime("On", required=True, default=fields.Datetime.now, readonly=True)

    _check_amount = models.Constraint("CHECK (amount >= 0)", "A forecast is not negative.")

    @api.depends("lead_id")
    def _compute_currency_id(self):
        for adjustment in self:
            adjustment.currency_id = adjustment.lead_id.company_currency

    @api.model_create_multi
    def create(self, vals_list):
        leads = self.env["crm.lead"].browse([vals["lead_id"] for vals in vals_list])
        leads.check_access("write")
        for vals, lead in zip(vals_list, leads, strict=True):
            if vals.get("level") == "manager" and not self._is_manager(lead):
                raise AccessError(self.env._("Only the team leader or a sales manager sets the manager's forecast."))
            if not (vals.get("reason") or "").strip():
                raise UserError(self.env._("Say why: the reason stays with the figure."))
            # Who and when are facts, not entries.
            vals.update(user_id=self.env.uid, date=fields.Datetime.now(), expected_revenue=lead.expected_revenue)
        return super().create(vals_list)

    @api.model
    def _is_manager(self, lead):
        return self.env.su or self.env.user.has_group("sales_team.group_sale_manager") or (
            lead.team_id.sudo().user_id == self.env.user
        )  # fmt: skip

    def action_save(self):
        """Close the dialog; the record is saved with it."""
        return {"type": "ir.actions.act_window_close"}
