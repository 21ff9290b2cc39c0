from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date


class CrmCustomerAsset(models.Model):
    """Maintenance that comes due makes a ticket or an activity, once for each date."""

    _inherit = "crm.customer.asset"

    @api.model
    def _due_assets(self, company, until, limit):
        """Return the products in use whose maintenance is due until that day and was not reminded of; locked."""
        self.sudo().flush_model(["state", "next_maintenance", "reminded_for", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_customer_asset
                    WHERE company_id = %s AND state = 'in_use' AND next_maintenance <= %s
                      AND reminded_for IS DISTINCT FROM next_maintenance
                    ORDER BY next_maintenance, id LIMIT %s FOR UPDATE SKIP LOCKED""",
                company.id,
                until,
                limit,
            )
        )
        return self.sudo().browse(row[0] for row in rows)

    @api.model
    def _process_maintenance(self, today, limit=200):
        """Remind of the maintenances due. Safe to repeat and to kill; returns how many reminders were made."""
        count = 0
        for company in self.env["res.company"].sudo().search([("crm_maintenance_reminder", "!=", "care")]):
            until = today + timedelta(days=company.crm_maintenance_days)
            assets = self.with_company(company)._due_assets(company, until, limit - count)
            if company.crm_maintenance_reminder == "activity":
                assets._remind_by_activity(today)
            else:
                assets._remind_by_ticket()
            for asset in assets:
                asset.reminded_for = asset.next_maintenance
            count += len(assets)
            if count >= limit:
                break
        return count

    @api.model
    def _cron_maintenance(self, batch=200):
        cron = self.env["ir.cron"]
        while True:
            done = self._process_maintenance(fields.Date.context_today(self), limit=batch)
            if not cron._commit_progress(processed=done) or done < batch:
                return

    def _remind_by_ticket(self):
        category = self.env.ref("crm_service.crm_ticket_category_maintenance", raise_if_not_found=False)
        self.env["crm.ticket"].sudo().with_context(mail_create_nosubscribe=True, crm_ticket_automatic=True).create(
            [
                {
                    "name": asset._maintenance_title(),
                    "asset_id": asset.id,
                    "category_id": category.id if category else False,
                    "channel": "manual",
                }
                for asset in self
            ]
        )

    def _remind_by_activity(self, today):
        for asset in self:
            responsible = asset.agreement_id.user_id or asset.commercial_partner_id.user_id or self.env.user
            asset.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=max(asset.next_maintenance, today),
                summary=asset._maintenance_title(),
                user_id=responsible.id,
            )

    def _maintenance_title(self):
        return self.env._(
            "Maintenance due on %(day)s: %(product)s",
            day=format_date(self.env, self.next_maintenance),
            product=self.display_name,
        )

    def action_maintained(self):
        """The maintenance was done today, outside a visit."""
        self._maintained(fields.Date.context_today(self))
