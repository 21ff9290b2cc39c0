from odoo import SUPERUSER_ID, api, models

from ..tools import credit
from .sale_order import ACTIVITY


class SaleOrder(models.Model):
    """Orders are free again as soon as the money is there: the check always judges today's ledger. What waits in
    lists is cleared here: the request for release, and orders that their customer has already signed or paid.
    """

    _inherit = "sale.order"

    @api.model
    def _cron_credit_free(self):
        self._process_credit_free(self.env["ir.cron"]._commit_progress)

    @api.model
    def _process_credit_free(self, progress=None):
        """Free the orders whose release was asked for and is no longer needed. Returns those freed."""
        waiting = self._credit_asked_orders()
        if progress:
            progress(remaining=len(waiting))
        freed = self.browse()
        for order in waiting:
            order = order[0]  # no prefetch across commits
            check = order._credit_check()
            if not check.verdict.holds:
                order._credit_free(check)
                freed |= order
            if progress and not progress(1):
                break
        return freed

    @api.model
    def _credit_asked_orders(self):
        activity_type = self.env.ref(ACTIVITY, raise_if_not_found=False)
        activities = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("activity_type_id", "in", activity_type.ids if activity_type else []),
                    ("res_model", "=", self._name),
                ],
                order="id",
            )
        )
        return self.browse(dict.fromkeys(activities.mapped("res_id"))).exists()

    def _credit_free(self, check):
        """Log that the hold is over, tell the salesperson, and confirm what the customer has signed or paid."""
        self.ensure_one()
        order_sudo = self.sudo()
        if check.position is None:
            check = check._replace(position=credit.Position(), terms=credit.Terms())
        reason = self.env._("The customer is within its limits again.")
        self._credit_log("auto", check, reason=reason)
        order_sudo.activity_feedback([ACTIVITY], feedback=reason)
        order_sudo.message_post(
            body=reason, partner_ids=order_sudo.user_id.partner_id.ids, subtype_xmlid="mail.mt_note"
        )
        accepted = order_sudo.state in ("draft", "sent") and "hold" in order_sudo.credit_decision_ids.mapped("kind")
        if accepted:
            order_sudo.with_user(SUPERUSER_ID)._validate_order()
