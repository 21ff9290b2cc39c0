from collections import namedtuple
from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.http import request

from ..tools import credit

ACTIVITY = "crm_finance_bridge.mail_activity_type_credit_release"
PASSED = "crm_finance_bridge.credit_passed"  # orders that action_confirm has checked: {id: amount}
CreditCheck = namedtuple("CreditCheck", "verdict position terms partner company")
UNCHECKED = credit.Verdict(credit.NONE)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    credit_state = fields.Selection(
        [*credit.STATES, ("released", "Released")],
        compute="_compute_credit",
        compute_sudo=True,
        help="Credit of the customer with this order; of a confirmed order, whether it may be delivered.",
    )
    credit_message = fields.Text(compute="_compute_credit", compute_sudo=True)
    credit_asked = fields.Boolean(compute="_compute_credit", compute_sudo=True)
    credit_can_release = fields.Boolean(compute="_compute_credit", compute_sudo=True)
    credit_decision_ids = fields.One2many("crm.credit.decision", "order_id", "Credit Decisions")

    @api.depends(
        "amount_total",
        "company_id",
        "credit_decision_ids",
        "currency_id",
        "delivery_status",
        "partner_invoice_id",
        "state",
    )
    @api.depends_context("uid")
    def _compute_credit(self):
        for order in self:
            order.credit_state, order.credit_message = credit.NONE, False
            order.credit_asked = order.credit_can_release = False
            if not order._credit_waits():
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

    def _credit_waits(self):
        """Whether there is something to hold: a quotation, or a confirmed order not yet delivered in full."""
        return self.state in ("draft", "sent") or (
            self.state == "sale" and self.delivery_status in ("pending", "started", "partial")
        )

    def _credit_paid(self):
        """What was paid online for this order and has no payment in the ledger yet, in the order's currency.

        Once there is a payment, it alone tells what came in, also if it is cancelled or rejected. An amount captured
        in parts counts less the parts that have a payment or were given up.
        """
        transactions = self.sudo().transaction_ids.filtered(
            lambda tx: tx.state in ("authorized", "done") and not tx.payment_id
        )
        amount = 0.0
        for tx in transactions:
            if tx.operation != "refund" and tx.source_transaction_id in transactions:
                continue  # a part of what is counted
            parts = tx.child_transaction_ids.filtered(lambda part, whole=tx: part.operation == whole.operation)
            gone = parts.filtered(lambda part: part.payment_id or part.state == "cancel")
            amount += tx.amount - sum(gone.mapped("amount"))
        return amount

    def _credit_company_amount(self, amount):
        """An amount of the order's currency in that of its company, at the order's rate."""
        order_sudo = self.sudo()
        return Decimal(str(order_sudo.company_id.currency_id.round(amount / (order_sudo.currency_rate or 1.0))))

    def _credit_amount(self):
        """What this order adds to the exposure, in company currency: its total less what is paid but not yet posted."""
        self.ensure_one()
        return self._credit_company_amount(self.sudo().amount_total - self._credit_paid())

    def _credit_check(self, lock=False, stage=None, added=0.0):
        """Judge the customer with this order added: a CreditCheck.

        The customer is the one invoiced, at the legal entity of the order; a stop of the one who buys holds the order
        as well, whoever pays. With `lock`, other orders of the customer wait until this transaction ends. Orders
        confirmed together count together.
        `stage` is that of the order: a quotation asks to be confirmed, a confirmed order to be delivered.
        Of an order that is confirmed in this very transaction, `added` (its currency) is what is new.
        """
        self.ensure_one()
        order_sudo = self.sudo()
        confirmed = order_sudo.state == "sale"
        stage = stage or (credit.DELIVERY if confirmed else credit.ORDER)
        company = order_sudo.company_id.root_id
        buyer, partner = self._credit_parties()
        CreditLimit = self.env["crm.credit.limit"].sudo()
        if not partner:
            return CreditCheck(UNCHECKED, None, None, partner, company)
        found = CreditLimit._settings_of(company, partner | buyer)
        settings = found[partner.id]
        if buyer and buyer != partner and credit.stopped(found[buyer.id], stage):
            return CreditCheck(credit.STOPPED_VERDICT, credit.Position(), found[buyer.id], buyer, company)
        if not settings.limited:
            return CreditCheck(UNCHECKED, None, None, partner, company)
        amount = self._credit_company_amount(added - self._credit_paid()) if confirmed else self._credit_amount()
        if amount <= 0 and stage == credit.ORDER and not settings.stop:
            return CreditCheck(UNCHECKED, None, None, partner, company)
        if lock and settings.rule in credit.LOCKED:
            CreditLimit._lock(company, partner)
        Exposure = self.env["crm.credit.exposure"].sudo()
        prepaid = settings.rule == credit.PREPAID
        row = Exposure._rows(company, partner, whole=prepaid)[partner.id]
        position, terms = Exposure._position(row, amount), Exposure._terms(row)
        if not confirmed and row["with_orders"]:
            earlier = sum(order._credit_amount() for order in self._credit_earlier(partner, company))
            position = replace(position, uninvoiced=position.uninvoiced + earlier)
        if confirmed and added and row["with_orders"]:
            position = replace(position, uninvoiced=position.uninvoiced - self._credit_company_amount(added))
        if stage == credit.DELIVERY:
            position = replace(position, unpaid=self._credit_unpaid(row if prepaid else None))
        return CreditCheck(credit.judge(position, terms, stage), position, terms, partner, company)

    def _credit_parties(self):
        """(customer who buys, customer invoiced) of this order, as commercial partners."""
        order_sudo = self.sudo()
        both = order_sudo.partner_id | order_sudo.partner_invoice_id
        both.mapped("commercial_partner_id")  # read together
        return (
            order_sudo.partner_id.commercial_partner_id._origin,
            order_sudo.partner_invoice_id.commercial_partner_id._origin,
        )

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

    def _credit_total(self):
        """The total of this order less what is paid but not yet posted, in the order's currency."""
        order_sudo = self.sudo()
        return order_sudo.currency_id.round(order_sudo.amount_total - self._credit_paid())

    def _credit_release(self):
        """The release that this order may be confirmed on: same customer, not more than released, not expired.

        More than released is judged in the order's currency: a new rate alone asks for no new release. Only releases
        in another currency, or from before the order's currency was kept, are compared in the company's.
        """
        self.ensure_one()
        domain = Domain(
            [
                ("order_id", "=", self._origin.id),
                ("kind", "=", "release"),
                ("partner_id", "=", self.partner_invoice_id.commercial_partner_id._origin.id),
                ("date_expiry", ">=", self.company_id.root_id._crm_credit_today()),
            ]
        )
        enough = Domain(
            [("order_currency_id", "=", self.currency_id.id), ("order_total", ">=", self._credit_total())]
        ) | Domain(
            [("order_currency_id", "!=", self.currency_id.id), ("order_amount", ">=", float(self._credit_amount()))]
        )
        return self.env["crm.credit.decision"].sudo().search(domain & enough, limit=1)

    # === CONFIRMATION === #

    def action_confirm(self):
        orders = self.with_context(crm_credit_batch=self.ids) if len(self) > 1 else self
        self.env.cr.precommit.data[PASSED] = {}
        try:
            return super(SaleOrder, orders).action_confirm()
        finally:
            self.env.cr.precommit.data.pop(PASSED, None)

    def _confirmation_error_message(self):
        """Hold an order that passes a limit of its customer; the customer itself only learns that it is checked."""
        message = super()._confirmation_error_message()
        if message:
            return message
        check = self._credit_check(lock=True)
        if check.verdict.holds and not self._credit_release():
            return self._credit_refusal(check)
        if check.verdict.reasons and not check.verdict.holds:
            self._credit_log("warn", check)
        if PASSED in self.env.cr.precommit.data:
            self.env.cr.precommit.data[PASSED][self.id] = self.amount_total
        return False

    def _credit_user(self):
        """Who acts. The portal, the shop and payments work as superuser: there the request tells."""
        return request.env.user if request and request.env and request.env.uid else self.env.user

    def _credit_refusal(self, check):
        """What whoever asks is told; the customer itself only learns that the order is checked."""
        if not all(user._is_internal() for user in self._credit_user() | self.env.user):
            return self.env._("Thank you. Your order is being checked, we will confirm it shortly.")
        return self._credit_text(check)

    def _validate_order(self):
        """A customer who signs or pays an order on hold gets no error: it waits for release as a signed quotation.

        Whoever the session belongs to: Odoo calls this for what was accepted in the portal or the shop only.
        """
        held = self.filtered(lambda order: order._credit_held())
        for order in held:
            order._credit_leave_on_hold()
        return super(SaleOrder, self - held)._validate_order() if self - held else None

    def _credit_held(self):
        """Whether the order, checked under the lock, waits for a release."""
        return self._credit_check(lock=True).verdict.holds and not self._credit_release()

    def _credit_leave_on_hold(self):
        """Record that an accepted order could not be confirmed for credit, and ask for its release, once."""
        self.ensure_one()
        self._credit_log("hold", self._credit_check())
        if not self._credit_open_requests():
            self._credit_schedule()

    def _credit_checking(self):
        """Whether the customer has accepted this order and is to be told that it is being checked."""
        return self._credit_accepted() and any(decision.kind == "hold" for decision in self.credit_decision_ids)
