import logging

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from psycopg2 import OperationalError

from ..tools import credit
from .sale_order import ACTIVITY

_logger = logging.getLogger(__name__)


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
        if order_sudo._credit_accepted():
            order_sudo.with_user(SUPERUSER_ID)._credit_confirm_freed()

    def _credit_accepted(self):
        """Whether the customer has signed this quotation or paid for it as Odoo asks, so that nothing else is missing.

        By the facts of today: what was held once, then taken back and changed, nobody has accepted.
        """
        paid = self.transaction_ids.filtered(lambda tx: tx.state in ("authorized", "done"))
        return (
            self.state in ("draft", "sent")
            and bool(self.signed_on or paid)
            and self._is_confirmation_amount_reached()  # also where it is signed: payment may be required as well
        )

    def _credit_confirm_freed(self):
        """Confirm; an order that cannot be is left to its salesperson, told once, and stops none of the others."""
        try:
            with self.env.cr.savepoint():
                self._validate_order()
        except OperationalError:
            raise  # another transaction was faster: the job tries again
        except Exception as error:
            reason = str(error) if isinstance(error, UserError) else self.env._("see the server's log")
            if not isinstance(error, UserError):
                _logger.exception("Order %s could not be confirmed", self.id)
            self.message_post(
                body=self.env._(
                    "The customer has accepted this order, but it could not be confirmed: %(reason)s", reason=reason
                ),
                partner_ids=self.user_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )
