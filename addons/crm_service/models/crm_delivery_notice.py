from datetime import timedelta

import pytz
from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

CHUNK = 50


class CrmDeliveryNotice(models.Model):
    """A valuable customer is told before the promised day that confirmed goods will be late or short.

    Once a line and promised day: with the notice go one ticket and one mail, committed together, so that a run that
    was killed tells nobody twice. Days are of the company's time zone. Expected days come from crm_custom's possible
    delivery (stock, reservations, receipts); none = no supply is planned.
    """

    _name = "crm.delivery.notice"
    _description = "Announced Delay"
    _order = "id desc"
    _rec_name = "order_line_id"

    order_line_id = fields.Many2one("sale.order.line", required=True, ondelete="cascade", index=True, readonly=True)
    order_id = fields.Many2one(
        related="order_line_id.order_id", store=True, precompute=True, index=True, string="Order"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True)
    product_id = fields.Many2one(related="order_line_id.product_id", store=True, precompute=True)
    quantity = fields.Float("Still to Ship", readonly=True, digits="Product Unit")
    promised_day = fields.Date("Promised For", required=True, readonly=True)
    expected_day = fields.Date("Expected", readonly=True, help="Empty: no supply is planned.")
    kind = fields.Selection([("late", "Late"), ("short", "Short")], required=True, readonly=True)
    reason = fields.Char("Why", readonly=True)
    ticket_id = fields.Many2one("crm.ticket", readonly=True, index="btree_not_null", ondelete="set null")
    date = fields.Datetime("Told On", readonly=True, required=True)
    mailed = fields.Boolean(readonly=True, help="No: the customer has no e-mail address; the ticket says so.")

    _line_promise_unique = models.UniqueIndex(
        "(order_line_id, promised_day)", "The customer was told of this delay already."
    )

    # === THE RUN === #

    @api.model
    def _cron_notices(self):
        self._process_notices(fields.Datetime.now(), self.env["ir.cron"]._commit_progress)

    @api.model
    def _process_notices(self, now, progress=lambda done=0, remaining=None: None):
        """Look at the lines due within each company's horizon; `progress` commits after each part."""
        companies = self.env["res.company"].sudo().search([("crm_notice_to", "!=", "none")])
        for company in companies:
            zone = company.partner_id.tz or company.resource_calendar_id.tz or "UTC"
            scope = self.with_company(company).with_context(tz=zone)
            today = now.replace(tzinfo=pytz.UTC).astimezone(pytz.timezone(zone)).date()
            lines = scope._lines_due(company, now, today)
            progress(remaining=len(lines))
            for start in range(0, len(lines), CHUNK):
                part = lines[start : start + CHUNK]
                scope._tell(part, now, today)
                progress(len(part))

    @api.model
    def _lines_due(self, company, now, today):
        """Return the open lines of the customers who are told, promised for today or the next days, not told yet."""
        last = now + timedelta(days=company.crm_notice_days + 1)
        flow = self.env["crm.order.flow"].sudo()
        rows = flow.search(
            [
                ("company_id", "=", company.id),
                ("qty_open", ">", 0),
                ("date_due", ">=", now - timedelta(days=1)),
                ("date_due", "<=", last),
            ],
            order="date_due, id",
        )
        lines = rows.order_line_id.sudo()
        if company.crm_notice_to == "valuable":
            wanted = self._valuable(lines.order_id.partner_id.commercial_partner_id, company)
            lines = lines.filtered(lambda line: line.order_id.partner_id.commercial_partner_id in wanted)
        told = self.sudo().search([("order_line_id", "in", lines.ids)])
        known = {(notice.order_line_id, notice.promised_day) for notice in told}
        horizon = today + timedelta(days=company.crm_notice_days)
        return lines.filtered(
            lambda line: (day := line._crm_agreed_day()) and today <= day <= horizon and (line, day) not in known
        )

    @api.model
    def _valuable(self, partners, company):
        """Special customers, those of class A, and those whose lifecycle is 'valuable'."""
        cards = (
            self.env["crm.scorecard"]
            .sudo()
            .search(
                Domain("company_id", "=", company.id)
                & Domain("is_latest", "=", True)
                & Domain("partner_id", "in", partners.ids)
                & (Domain("customer_class", "=", "a") | Domain("lifecycle", "=", "valuable"))
            )
        )
        return cards.partner_id | partners.filtered("is_special")

    @api.model
    def _tell(self, lines, now, today):
        """Make notice, ticket and mail for the lines that will not keep their day; the rows are locked."""
        late = lines.filtered("crm_promise_late").try_lock_for_update(allow_referencing=True)
        notices = self.sudo().create([self._notice_values(line, now) for line in late])
        context = {"crm_ticket_automatic": True, "mail_create_nosubscribe": True, "mail_notrack": True}
        Ticket = self.env["crm.ticket"].sudo().with_context(**context)
        tickets = Ticket.create([notice._ticket_values() for notice in notices])
        for notice, ticket in zip(notices, tickets, strict=True):
            notice.ticket_id = ticket
            notice._mail()
        return notices

    @api.model
    def _notice_values(self, line, now):
        return {
            "order_line_id": line.id,
            "company_id": line.company_id.id,
            "partner_id": line.order_id.partner_id.commercial_partner_id.id,
            "quantity": line.product_uom_qty - line.qty_delivered,
            "promised_day": line._crm_agreed_day(),
            "expected_day": line.crm_promised_date,
            "kind": "late" if line.crm_promised_date else "short",
            "reason": line.crm_promise_reason,
            "date": now,
        }

    def _ticket_values(self):
        line = self.order_line_id
        category = self.env.ref("crm_service.crm_ticket_category_delivery", raise_if_not_found=False)
        return {
            "name": self.env._(
                "%(order)s: %(product)s will be late", order=line.order_id.name, product=line.product_id.name
            ),
            "description": Markup("<p>%s</p>") % self._sentence(self.env),
            "company_id": self.company_id.id,
            "partner_id": line.order_id.partner_id.id,
            "sale_order_line_id": line.id,
            "category_id": category.id if category else False,
            "priority": "2",
            "user_id": False,
        }

    # === WORDS === #

    def _sentence(self, env):
        values = {
            "quantity": f"{self.quantity:g}",
            "product": self.product_id.with_context(lang=env.lang).display_name,
            "order": self.order_id.name,
            "promised": format_date(env, self.promised_day),
        }
        if self.expected_day:
            return env._(
                "%(quantity)s x %(product)s of your order %(order)s, promised for %(promised)s, will leave us on "
                "%(expected)s.",
                expected=format_date(env, self.expected_day),
                **values,
            )
        return env._(
            "%(quantity)s x %(product)s of your order %(order)s cannot leave us on %(promised)s as promised. We do not "
            "know the new day yet and come back to you.",
            **values,
        )

    def _mail(self):
        """Tell the customer from the ticket, so that an answer comes back to it."""
        ticket, partner = self.ticket_id, self.order_id.partner_id
        address = partner if partner.email else partner.commercial_partner_id
        if not address.email:
            ticket._message_log(body=self.env._("No e-mail address: please call the customer."))
            return
        env = self.with_context(lang=address.lang or self.env.lang).env
        body = Markup("<p>%s</p><p>%s</p><p>%s</p>") % (
            env._("Dear %(name)s,", name=address.name),
            self._sentence(env),
            env._("We are sorry. Please answer this mail when you need another solution."),
        )
        subject = f"[{ticket.number}] {ticket.name}"
        ticket.with_user(self.env.ref("base.user_root")).sudo().message_post(
            body=body,
            subject=subject,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=address.ids,
            notify_skip_followers=True,
            email_layout_xmlid="mail.mail_notification_light",
        )
        self.mailed = True

    def action_open_ticket(self):
        return self.ticket_id.get_formview_action()

    def action_open_order(self):
        return self.order_id.get_formview_action()
