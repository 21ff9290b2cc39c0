from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class CrmCustomerMigrationPeriod(models.TransientModel):
    """Asks between which two dates customers are compared."""

    _name = "crm.customer.migration.period"
    _description = "Customer Migration: Dates"

    date_from = fields.Date(
        "From the end of",
        required=True,
        default=lambda self: fields.Date.context_today(self) - relativedelta(years=1),
    )
    date_to = fields.Date("To the end of", required=True, default=fields.Date.context_today)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for period in self:
            if period.date_from >= period.date_to:
                raise ValidationError(self.env._("The first date must lie before the second."))

    def action_open(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_customer_migration_action")
        title = self.env._(
            "Migration %(first)s to %(last)s",
            first=format_date(self.env, self.date_from),
            last=format_date(self.env, self.date_to),
        )
        return {
            **action,
            "path": False,
            "name": title,
            "display_name": title,
            "context": {
                "migration_from": fields.Date.to_string(self.date_from),
                "migration_to": fields.Date.to_string(self.date_to),
            },
            "target": "main",
        }
