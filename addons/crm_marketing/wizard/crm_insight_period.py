from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

REPORTS = [
    ("composition", "Customer Composition"),
    ("contribution", "Contribution and Ability to Buy"),
    ("migration", "RFM Migration"),
]


class CrmInsightPeriod(models.TransientModel):
    """Asks which days a report on customers looks at."""

    _name = "crm.insight.period"
    _description = "Days of a Customer Report"

    report = fields.Selection(REPORTS, required=True, default="composition")
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.context_today(self) - relativedelta(years=1) + relativedelta(days=1),
    )
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for period in self:
            if period.date_from >= period.date_to:
                raise ValidationError(self.env._("The first day must lie before the last."))

    @api.model
    def _actions(self):
        """{report: external id of its action}."""
        return {
            "composition": "crm_marketing.crm_customer_composition_action",
            "contribution": "crm_marketing.crm_customer_contribution_action",
            "migration": "crm_marketing.crm_rfm_migration_action",
        }

    def action_open(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(self._actions()[self.report])
        title = self.env._(
            "%(report)s, %(first)s to %(last)s",
            report=action["name"],
            first=format_date(self.env, self.date_from),
            last=format_date(self.env, self.date_to),
        )
        window = {
            "insight_from": fields.Date.to_string(self.date_from),
            "insight_to": fields.Date.to_string(self.date_to),
        }
        return action | {
            "path": False,
            "name": title,
            "display_name": title,
            "context": window,
            "target": "main",
        }
