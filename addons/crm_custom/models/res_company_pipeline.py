from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """Settings of the pipeline. Amounts in the company's currency, spans in days."""

    _inherit = "res.company"

    crm_win_on_order = fields.Boolean(string="An order wins the opportunity", prefetch="crm")
    crm_large_deal_amount = fields.Float(string="Large deal from", digits=(16, 2))
    crm_large_deal_idle_days = fields.Integer(string="Idle after", default=14, prefetch="crm")
    crm_large_deal_user_id = fields.Many2one("res.users", string="Told where a team has no leader", prefetch="crm")
    crm_hygiene_idle_days = fields.Integer(string="Deal is idle after", default=14, prefetch="crm")
    crm_qualification_min = fields.Float(string="Abandon below a score of", default=40.0, digits=(5, 2), prefetch="crm")
    crm_win_goal = fields.Float(string="Goal over the baseline", default=5.0, digits=(5, 2), prefetch="crm")
    crm_baseline_from = fields.Date(string="Baseline from", prefetch="crm")
    crm_baseline_to = fields.Date(string="Baseline to", prefetch="crm")
    crm_baseline_win_rate = fields.Float(string="Win rate of the baseline", digits=(5, 2), prefetch="crm")
    crm_baseline_cycle_days = fields.Float(string="Days to order of the baseline", digits=(16, 1), prefetch="crm")
    crm_baseline_deals = fields.Integer(string="Closed deals of the baseline", prefetch="crm")

    _check_crm_pipeline = models.Constraint(
        "CHECK (crm_large_deal_amount >= 0 AND crm_large_deal_idle_days >= 0 AND crm_hygiene_idle_days >= 0)",
        "Amounts and days of the pipeline settings cannot be negative.",
    )

    def _crm_measure_baseline(self):
        """Store win rate and days to order of the baseline's span, to compare later months with.

        Later changes of the deals of that span do not move it: a baseline that moved would be none.
        """
        for company in self:
            if not company.crm_baseline_from or not company.crm_baseline_to:
                raise UserError(self.env._("Say first from when to when the baseline runs."))
            domain = [
                ("date", ">=", company.crm_baseline_from),
                ("date", "<=", company.crm_baseline_to),
                ("company_id", "=", company.id),
            ]
            result = self.env["crm.deal.result"].sudo()
            [(rate, deals)] = result._read_group([*domain, ("status", "!=", "open")], [], ["win_rate:avg", "__count"])
            [(days,)] = result._read_group(domain, [], ["days_to_order:avg"])
            if not deals:
                raise UserError(self.env._("No deal was won or lost in that time."))
            company.sudo().write(
                {
                    "crm_baseline_win_rate": rate or 0.0,
                    "crm_baseline_cycle_days": days or 0.0,
                    "crm_baseline_deals": deals,
                }
            )
