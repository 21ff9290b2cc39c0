from markupsafe import Markup
from odoo import models
from odoo.exceptions import AccessError, UserError

from .sale_order import ACTIVITY


class SaleOrder(models.Model):
    _inherit = "sale.order"

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

    def _credit_grant(self, reason, date_expiry, amount=0.0):
        """Release this order until a day; the log keeps who, why and the figures of the moment.

        `amount` (company currency) releases it up to more than its present total, for a change to come.
        """
        self.ensure_one()
        self.check_access("read")
        if not self._credit_may_release():
            raise AccessError(self.env._("Only an accounting administrator of this company can release an order."))
        if self.state == "cancel":
            raise UserError(self.env._("%s is not waiting for confirmation or delivery.", self.name))
        if date_expiry < self.company_id._crm_credit_today():
            raise UserError(self.env._("The release must not end before today."))
        check = self._credit_check()
        current = float(self._credit_amount())
        more = self.company_id.currency_id.compare_amounts(amount, current) > 0
        if check.position is None or not (check.verdict.holds or more):
            raise UserError(self.env._("%s is not on credit hold.", self.name))
        partner = self._credit_parties()[1]  # also where the one who buys is stopped
        values = {"reason": reason, "date_expiry": date_expiry, "partner_id": partner.id}
        if more:
            total = self.sudo().currency_id.round(amount * (self.sudo().currency_rate or 1.0))
            values |= {"order_amount": amount, "order_total": max(total, self._credit_total())}
        decision = self._credit_log("release", check, **values)
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
                    "user_id": self._credit_user().id,
                    "salesperson_id": self.sudo().user_id.id,
                    "order_amount": float(self._credit_amount()),
                    "order_currency_id": self.sudo().currency_id.id,
                    "order_total": self._credit_total(),
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
