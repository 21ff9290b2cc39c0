from odoo import api, fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    forecast_category = fields.Selection(
        [("commit", "Commit"), ("best", "Best Case"), ("pipeline", "Pipeline"), ("omitted", "Not in the Forecast")],
        default="pipeline",
        tracking=True,
        help="Commit: will close as planned. Best case: may close. Pipeline: open. Won and lost deals have left it.",
    )
    forecast_adjustment_ids = fields.One2many("crm.forecast.adjustment", "lead_id", "Forecast Adjustments")
    forecast_user_amount = fields.Monetary(
        "Salesperson's Forecast", currency_field="company_currency", compute="_compute_forecast_amounts"
    )
    forecast_manager_amount = fields.Monetary(
        "Manager's Forecast", currency_field="company_currency", compute="_compute_forecast_amounts"
    )
    forecast_note = fields.Char("Adjusted", compute="_compute_forecast_amounts")

    @api.depends("expected_revenue", "forecast_adjustment_ids")
    def _compute_forecast_amounts(self):
        """The newest adjustment of each level; the salesperson's counts where the manager has none."""
        newest = {}
        for adjustment in self.forecast_adjustment_ids.sorted("id"):
            newest[adjustment.lead_id, adjustment.level] = adjustment
        for lead in self:
            own, boss = newest.get((lead, "user")), newest.get((lead, "manager"))
            lead.forecast_user_amount = own.amount if own else lead.expected_revenue
            lead.forecast_manager_amount = boss.amount if boss else lead.forecast_user_amount
            last = max((item for item in (own, boss) if item), key=lambda item: item.id, default=None)
            lead.forecast_note = last and self.env._(
                "%(name)s on %(date)s: %(reason)s",
                name=last.user_id.sudo().name,
                date=fields.Datetime.context_timestamp(last, last.date).strftime("%Y-%m-%d"),
                reason=last.reason,
            )

    def action_forecast_adjust(self):
        """Enter an own figure for the opportunity."""
        self.ensure_one()
        return self._forecast_adjust("user")

    def action_forecast_adjust_manager(self):
        self.ensure_one()
        return self._forecast_adjust("manager")

    def _forecast_adjust(self, level):
        amount = self.forecast_user_amount if level == "user" else self.forecast_manager_amount
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Adjust Forecast"),
            "res_model": "crm.forecast.adjustment",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_lead_id": self.id, "default_level": level, "default_amount": amount},
        }

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "forecast_category"]

    def _merge_dependences(self, opportunities):
        """Adjustments follow into the opportunity that stays."""
        opportunities.sudo().forecast_adjustment_ids.write({"lead_id": self.id})
        return super()._merge_dependences(opportunities)
