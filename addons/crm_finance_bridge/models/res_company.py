from datetime import datetime, time

import pytz
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_credit_hold_rule = fields.Selection(
        [
            ("none", "Do not check"),
            ("warn", "Warn"),
            ("hold", "Hold the order"),
            ("prepaid", "Prepayment: ship once paid in full"),
        ],
        string="Credit Rule",
        default="hold",
        required=True,
        help="What happens when a customer without own terms passes a limit.",
        prefetch="crm",
    )
    crm_credit_overdue_limit = fields.Monetary("Overdue Allowed", help="Company currency. 0 = no limit", prefetch="crm")
    crm_credit_max_days = fields.Integer("Days Overdue Allowed", help="Days past due. 0 = no limit", prefetch="crm")
    crm_credit_release_days = fields.Integer(
        "Release Valid For", default=7, help="Days, counted from the release.", prefetch="crm"
    )
    crm_credit_controller_id = fields.Many2one(
        "res.users",
        "Credit Controller",
        help="Gets the requests for release. Must be an accounting administrator.",
        prefetch="crm",
    )

    def _crm_credit_today(self):
        """Today in the time zone of the company's own contact, else of the user."""
        return fields.Date.context_today(self.with_context(tz=self._crm_credit_tz()))

    def _crm_credit_tz(self):
        self.ensure_one()
        return self.sudo().partner_id.tz or self.env.user.tz or "UTC"

    def _crm_credit_day(self, moment):
        """The company's day of a moment (UTC, naive)."""
        return fields.Datetime.context_timestamp(self.with_context(tz=self._crm_credit_tz()), moment).date()

    def _crm_credit_day_start(self, day):
        """The moment (UTC, naive) at which a day of the company begins."""
        local = pytz.timezone(self._crm_credit_tz()).localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _crm_credit_releasers(self):
        """Users who may release an order of this company: its accounting administrators, the controller first."""
        self.ensure_one()
        group = self.env.ref("account.group_account_manager").sudo()
        users = group.all_user_ids.filtered(lambda user: user.active and not user.share and self in user.company_ids)
        return users.sorted(lambda user: (user != self.sudo().crm_credit_controller_id, user.id))
