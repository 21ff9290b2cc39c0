from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import agreement


class CrmServiceAgreement(models.Model):
    """The end of an agreement: the responsible is reminded once, with an opportunity or a quotation."""

    _inherit = "crm.service.agreement"

    notice_days = fields.Integer("Remind Before", default=60, help="Days before the end.")
    notice_date = fields.Date("Remind On", compute="_compute_notice_date", store=True, index=True)
    renewal_kind = fields.Selection(
        [("lead", "Opportunity"), ("quotation", "Quotation")],
        "Renewal By",
        required=True,
        default="lead",
        help="A quotation copies the lines of the last order of the agreement.",
    )
    reminded_on = fields.Date("Reminded", readonly=True, copy=False)
    renewal_lead_id = fields.Many2one(
        "crm.lead", "Renewal Opportunity", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    renewal_order_id = fields.Many2one(
        "sale.order", "Renewal Quotation", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    previous_id = fields.Many2one(
        "crm.service.agreement", "Follows", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    next_ids = fields.One2many("crm.service.agreement", "previous_id", "Followed By", readonly=True)

    _check_notice = models.Constraint("CHECK (notice_days >= 0)", "Remind on the last day at the latest.")

    @api.depends("date_end", "notice_days")
    def _compute_notice_date(self):
        for record in self:
            record.notice_date = record.date_end and record.date_end - timedelta(days=record.notice_days)

    def write(self, vals):
        """A later end is a new period: the reminder comes again."""
        if "date_end" in vals:
            later = fields.Date.to_date(vals["date_end"])
            again = self.filtered(lambda record: record.reminded_on and later and later > record.date_end)
            super(CrmServiceAgreement, again).write({"reminded_on": False})
        return super().write(vals)

    # === CRON === #

    @api.model
    def _due_domain(self, today):
        return [("state", "=", "active"), ("reminded_on", "=", False), ("notice_date", "<=", today)]

    @api.model
    def _process_agreements(self, today, limit=100):
        """Remind of what expires and end what has expired. Safe to repeat; returns how many were looked at."""
        due = self.sudo().search(self._due_domain(today), limit=limit, order="notice_date, id")
        due = due.try_lock_for_update().filtered(lambda record: not record.reminded_on)
        for record in due:
            record._remind_renewal(today)
        over = self.sudo().search([("state", "=", "active"), ("date_end", "<", today)], limit=limit)
        over.try_lock_for_update().state = "ended"
        return len(due) + len(over)

    @api.model
    def _cron_agreements(self, batch=100):
        cron = self.env["ir.cron"]
        while True:
            done = self._process_agreements(fields.Date.context_today(self), limit=batch)
            if not cron._commit_progress(processed=done) or not done:
                return

    def _remind_renewal(self, today):
        """Make the opportunity or quotation and an activity for the responsible; a followed agreement needs none."""
        self.ensure_one()
        self.reminded_on = today
        if self.next_ids:
            return
        record = self._make_quotation() if self.renewal_kind == "quotation" else None
        record = record or self._make_lead()
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=min(max(today, self.notice_date), self.date_end),
            summary=self.env._("Renew: %(agreement)s", agreement=self.display_name),
            note=record._get_html_link(),
            user_id=(self.user_id or self.partner_id.user_id or self.env.user).id,
        )

    def _make_lead(self):
        lead = (
            self.env["crm.lead"]
            .with_company(self.company_id)
            .create(
                {
                    "name": self.env._("Renewal of %(agreement)s", agreement=self.display_name),
                    "type": "opportunity",
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "user_id": (self.user_id or self.partner_id.user_id).id,
                    "date_deadline": self.date_end,
                    "expected_revenue": sum(
                        self.order_ids.filtered(lambda o: o.state == "sale").mapped("amount_untaxed")
                    ),
                }
            )
        )
        self.renewal_lead_id = lead
        return lead

    def _make_quotation(self):
        """Copy the last order of the agreement; none: no quotation."""
        last = self.order_ids.sorted("date_order")[-1:]
        if last:
            self.renewal_order_id = last.copy({"origin": self.name, "user_id": self.user_id.id or last.user_id.id})
        return self.renewal_order_id

    # === ACTIONS === #

    def action_renew(self):
        """Make the agreement that follows this one, as long as this one; it begins the day after."""
        self.ensure_one()
        if self.next_ids:
            raise UserError(
                self.env._("%(agreement)s already follows this one.", agreement=self.next_ids[0].display_name)
            )
        start, stop = agreement.next_period(self.date_start, self.date_end)
        order = self.renewal_order_id.filtered(lambda item: item.state == "sale")
        values = {"date_start": start, "date_end": stop, "previous_id": self.id, "order_ids": [(6, 0, order.ids)]}
        return self.copy(values).get_formview_action()

    def action_open_renewal(self):
        self.ensure_one()
        return (self.renewal_order_id or self.renewal_lead_id).get_formview_action()
