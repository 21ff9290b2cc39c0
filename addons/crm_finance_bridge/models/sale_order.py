from collections import namedtuple
from decimal import Decimal

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import credit

ACTIVITY = "crm_finance_bridge.mail_activity_type_credit_release"
CreditCheck = namedtuple("CreditCheck", "verdict position terms partner company")
UNCHECKED = credit.Verdict(credit.NONE)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    credit_state = fields.Selection(
        [
            ("none", "No limit set"),
            ("ok", "OK"),
            ("watch", "Watch"),
            ("hold", "On hold"),
            ("released", "Released"),
        ],
        compute="_compute_credit",
        compute_sudo=True,
        help="Credit of the customer with this order.",
    )
    credit_message = fields.Text(compute="_compute_credit", compute_sudo=True)
    credit_asked = fields.Boolean(compute="_compute_credit", compute_sudo=True)
    credit_can_release = fields.Boolean(compute="_compute_credit", compute_sudo=True)
    credit_decision_ids = fields.One2many("crm.credit.decision", "order_id", "Credit Decisions")

    @api.depends("amount_total", "company_id", "currency_id", "partner_invoice_id", "state", "credit_decision_ids")
    @api.depends_context("uid")
    def _compute_credit(self):
        for order in self:
            order.credit_state, order.credit_message = credit.NONE, False
            order.credit_asked = order.credit_can_release = False
            if order.state not in ("draft", "sent"):
                continue
            check = order._credit_check()
            order.credit_state = check.verdict.state
            if not check.verdict.reasons:
                continue
            release = order._credit_release() if check.verdict.holds else order.env["crm.credit.decision"]
            if release:
                order.credit_state = "released"
                order.credit_message = order._credit_text_release(release)
                continue
            order.credit_message = order._credit_text(check)
            order.credit_asked = bool(order._credit_open_requests())
            order.credit_can_release = order._credit_may_release()

    # === CHECK === #

    def _credit_amount(self):
        """What this order adds to the exposure, in company currency: its total less what is paid but not yet posted."""
        self.ensure_one()
        order_sudo = self.sudo()
        paid = sum(
            order_sudo.transaction_ids.filtered(
                lambda tx: tx.state in ("authorized", "done") and tx.payment_id.state not in ("in_process", "paid")
            ).mapped("amount")
        )
        currency = order_sudo.company_id.currency_id
        amount = (order_sudo.amount_total - paid) / (order_sudo.currency_rate or 1.0)
        return Decimal(str(currency.round(amount)))

    def _credit_check(self, lock=False):
        """Judge the customer with this order added: a CreditCheck.

        The customer is the one invoiced, at the legal entity of the order. With `lock`, other orders of
        the customer wait until this transaction ends. Orders confirmed together count together.
        """
        self.ensure_one()
        order_sudo = self.sudo()
        company = order_sudo.company_id.root_id
        partner = order_sudo.partner_invoice_id.commercial_partner_id._origin
        CreditLimit = self.env["crm.credit.limit"].sudo()
        if not partner or not (settings := CreditLimit._settings(company, partner)).limited:
            return CreditCheck(UNCHECKED, None, None, partner, company)
        amount = self._credit_amount()
        if amount <= 0:
            return CreditCheck(UNCHECKED, None, None, partner, company)
        if lock and settings.rule == credit.HOLD:
            CreditLimit._lock(company, partner)
        Exposure = self.env["crm.credit.exposure"].sudo()
        row = Exposure._rows(company, partner)[partner.id]
        amount += sum(order._credit_amount() for order in self._credit_earlier(partner, company))
        position, terms = Exposure._position(row, amount), Exposure._terms(row)
        return CreditCheck(credit.judge(position, terms), position, terms, partner, company)

    def _credit_earlier(self, partner, company):
        """Orders of the same customer that are confirmed in the same call before this one."""
        batch = self.env.context.get("crm_credit_batch", [])
        if self.id not in batch:
            return self.browse()
        return (
            self.sudo()
            .browse(batch[: batch.index(self.id)])
            .filtered(
                lambda order: (
                    order.state in ("draft", "sent")
                    and order.partner_invoice_id.commercial_partner_id == partner
                    and order.company_id.root_id == company
                )
            )
        )

    def _credit_release(self):
        """The release that this order may be confirmed on: same customer, not more than released, not expired."""
        self.ensure_one()
        return (
            self.env["crm.credit.decision"]
            .sudo()
            .search(
                [
                    ("order_id", "=", self._origin.id),
                    ("kind", "=", "release"),
                    ("partner_id", "=", self.partner_invoice_id.commercial_partner_id._origin.id),
                    ("date_expiry", ">=", self.company_id.root_id._crm_credit_today()),
                    ("order_amount", ">=", float(self._credit_amount())),
                ],
                limit=1,
            )
        )

    # === CONFIRMATION === #

    def action_confirm(self):
        orders = self.with_context(crm_credit_batch=self.ids) if len(self) > 1 else self
        return super(SaleOrder, orders).action_confirm()

    def _confirmation_error_message(self):
        """Hold an order that passes a limit of its customer; the customer itself only learns that it is checked."""
        message = super()._confirmation_error_message()
        if message:
            return message
        check = self._credit_check(lock=True)
        if not check.verdict.reasons:
            return False
        if not check.verdict.holds:
            self._credit_log("warn", check)
            return False
        if self._credit_release():
            return False
        if not self.env.user._is_internal():
            return self.env._("Thank you. Your order is being checked, we will confirm it shortly.")
        return self._credit_text(check)

    def _validate_order(self):
        """A customer who signs or pays an order on hold gets no error: it waits for release as a signed quotation."""
        if self.env.user._is_internal():
            return super()._validate_order()
        held = self.filtered(lambda order: order._credit_held())
        for order in held:
            order._credit_leave_on_hold()
        return super(SaleOrder, self - held)._validate_order() if self - held else None

    def _credit_held(self):
        """Whether the order, checked under the lock, waits for a release."""
        return self._credit_check(lock=True).verdict.holds and not self._credit_release()

    def _credit_leave_on_hold(self):
        """Record that an order could not be confirmed for credit, and ask for its release."""
        self.ensure_one()
        if not self._credit_open_requests():
            self._credit_log("hold", self._credit_check())
            self._credit_schedule()

    # === RELEASE === #

    def action_credit_ask(self):
        """Ask finance to release this order: an activity for the controller, and a line in the log."""
        for order in self:
            order.check_access("write")
            check = order._credit_check()
            if not check.verdict.holds or order._credit_release():
                raise UserError(order.env._("%s is not on credit hold.", order.name))
            if not order._credit_open_requests():
                order._credit_log("request", check)
                order._credit_schedule()
        return True

    def action_credit_release(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release %s", self.name),
            "res_model": "crm.credit.release",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_view_credit_decisions(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_credit_decision_action")
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {"search_default_current": 0}}

    def _credit_may_release(self):
        return self.env.user.has_group("account.group_account_manager") and self.company_id in self.env.user.company_ids

    def _credit_grant(self, reason, date_expiry):
        """Release this order until a day; the log keeps who, why and the figures of the moment."""
        self.ensure_one()
        self.check_access("read")
        if not self._credit_may_release():
            raise AccessError(self.env._("Only an accounting administrator of this company can release an order."))
        if self.state not in ("draft", "sent"):
            raise UserError(self.env._("%s is not waiting for confirmation.", self.name))
        if date_expiry < self.company_id._crm_credit_today():
            raise UserError(self.env._("The release must not end before today."))
        check = self._credit_check()
        if not check.verdict.holds:
            raise UserError(self.env._("%s is not on credit hold.", self.name))
        decision = self._credit_log("release", check, reason=reason, date_expiry=date_expiry)
        order_sudo = self.sudo()
        order_sudo.activity_feedback([ACTIVITY], feedback=reason)
        order_sudo.message_post(
            body=Markup("%s<br/>%s") % (self._credit_text_release(decision), reason),
            partner_ids=(order_sudo.user_id.partner_id - self.env.user.partner_id).ids,
            subtype_xmlid="mail.mt_note",
        )
        self.invalidate_recordset(["credit_decision_ids"])
        return decision

    def _credit_log(self, kind, check, **values):
        position, terms = check.position, check.terms
        return (
            self.env["crm.credit.decision"]
            .sudo()
            .create(
                {
                    "kind": kind,
                    "order_id": self.id,
                    "order_name": self.name,
                    "partner_id": check.partner.id,
                    "company_id": self.company_id.id,
                    "user_id": self.env.uid,
                    "salesperson_id": self.sudo().user_id.id,
                    "order_amount": float(self._credit_amount()),
                    "exposure": float(position.exposure),
                    "receivable": float(position.receivable),
                    "unapplied": float(position.unapplied),
                    "uninvoiced": float(position.uninvoiced),
                    "draft": float(position.draft),
                    "overdue": float(position.overdue),
                    "days_overdue": position.days_overdue,
                    "amount_limit": float(terms.amount_limit),
                    "overdue_limit": float(terms.overdue_limit),
                    "max_days_overdue": terms.max_days_overdue,
                    "findings": "\n".join(self._credit_findings(check)),
                    **values,
                }
            )
        )

    def _credit_open_requests(self):
        activity_type = self.env.ref(ACTIVITY, raise_if_not_found=False)
        return self.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == activity_type)

    def _credit_schedule(self):
        """One activity for the first releaser (the controller, if the company names one)."""
        releaser = self.sudo().company_id._crm_credit_releasers()[:1]
        if releaser:
            self.sudo().activity_schedule(
                ACTIVITY,
                user_id=releaser.id,
                note=Markup("<br/>").join(self._credit_text(self._credit_check()).split("\n")),
            )
