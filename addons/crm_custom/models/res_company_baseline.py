from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ResCompany(models.Model):
    _inherit = "res.company"

    def _crm_measure_ship_baseline(self, today=None):
        """Keep the median days from order to shipment of the last twelve months as the baseline."""
        self.ensure_one()
        today = today or fields.Date.context_today(self)
        since = today - relativedelta(years=1)
        [(median, number)] = (
            self.env["crm.response.time"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", self.id),
                    ("date_shipped", "!=", False),
                    ("date", ">=", since),
                    ("date", "<", today),
                ],
                aggregates=["median_days_ship:avg", "__count"],
            )
        )
        if not number:
            raise UserError(self.env._("No order of the last twelve months was shipped: there is nothing to measure."))
        self.crm_ship_baseline = median
        self.crm_ship_baseline_note = self.env._(
            "Median of %(number)s orders, %(since)s to %(until)s",
            number=number,
            since=format_date(self.env, since),
            until=format_date(self.env, today),
        )
