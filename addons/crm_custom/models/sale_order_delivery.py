from datetime import timedelta

import pytz
from odoo import api, fields, models
from odoo.tools import format_date

# Days after the delivery day on which a missed run still reminds.
GRACE = 7
CHUNK = 100


class SaleOrder(models.Model):
    """Reminder of a delivery, some days before it is due: once for each delivery day of an order."""

    _inherit = "sale.order"

    crm_reminded_day = fields.Date("Reminded of Delivery On", copy=False, readonly=True)

    @api.model
    def _cron_crm_delivery_reminders(self):
        """Daily; what a killed run left is done by the next, nobody is reminded twice."""
        progress = self.env["ir.cron"]._commit_progress
        self._crm_process_reminders(progress)

    @api.model
    def _crm_process_reminders(self, progress=lambda done=0, remaining=None: None):
        for company in self.env["res.company"].search([("crm_delivery_reminder_days", ">=", 0)]):
            zone = pytz.timezone(company.partner_id.tz or "UTC")
            today = fields.Datetime.now().replace(tzinfo=pytz.UTC).astimezone(zone).date()
            found = list(self._crm_orders_to_remind(company, today, zone).items())
            progress(remaining=len(found))
            for start in range(0, len(found), CHUNK):
                part = found[start : start + CHUNK]
                self._crm_remind(dict(part))
                progress(len(part))

    @api.model
    def _crm_orders_to_remind(self, company, today, zone):
        """{order: earliest delivery day} of open deliveries within reach that nobody was reminded of."""
        last = today + timedelta(days=company.crm_delivery_reminder_days)
        flow = self.env["crm.order.flow"].sudo().with_context(tz=zone.zone)
        groups = flow._read_group(
            [("company_id", "=", company.id), ("qty_open", ">", 0), ("due", "!=", False)],
            ["order_id"],
            ["date_due:min"],
        )
        result = {}
        for order, due in groups:
            day = due.replace(tzinfo=pytz.UTC).astimezone(zone).date()
            if today - timedelta(days=GRACE) <= day <= last and order.crm_reminded_day != day:
                result[order] = day
        return result

    @api.model
    def _crm_remind(self, days):
        """An ordinary activity on each order for its salesperson, else the customer's, else who entered it."""
        kind = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        model = self.env["ir.model"]._get_id("sale.order")
        self.env["mail.activity"].create(
            [
                {
                    "res_model_id": model,
                    "res_id": order.id,
                    "activity_type_id": kind.id if kind else False,
                    "user_id": order._crm_reminded_user().id,
                    "date_deadline": day,
                    "summary": self.env._(
                        "Delivery of %(order)s is due on %(day)s", order=order.name, day=format_date(self.env, day)
                    ),
                }
                for order, day in days.items()
            ]
        )
        for order, day in days.items():
            order.crm_reminded_day = day

    def _crm_reminded_user(self):
        self.ensure_one()
        people = (self.user_id, self.partner_id.commercial_partner_id.user_id, self.create_uid)
        return next((user for user in people if user.active and not user.share), self.env.user)
