from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools import promise as rules

ACTIVITY = "crm_finance_bridge.mail_activity_type_promise_accept"


class CrmPaymentPromise(models.Model):
    """Whose word lifts the stop of a reminder: accounting's.

    A promise that a salesperson or the customer logs is out of reminders at once, but deliveries and orders stay
    stopped until accounting accepts it, as with disputes (crm_dispute_confirm.py).
    """

    _inherit = "crm.payment.promise"

    to_accept = fields.Boolean(
        readonly=True,
        copy=False,
        tracking=True,
        help="A stop that a reminder set stays until accounting accepts the promise.",
    )

    @api.model
    def _user_accepts(self):
        """Whether the user's word is enough. The system's own user has all groups and says nothing."""
        user = self.env.user
        return user.sudo().active and user.has_group("account.group_account_invoice")

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        waiting = promises.sudo().filtered("to_accept")
        waiting._ask_acceptance()
        self.env["crm.dunning.letter"].sudo()._resume_with(promises.sudo() - waiting)
        return promises

    def write(self, vals):
        """A promise that is over waits for nobody."""
        result = super().write(vals)
        if vals.get("state", rules.OPEN) != rules.OPEN:
            self.sudo().filtered("to_accept").activity_unlink([ACTIVITY])
        return result

    def _ask_acceptance(self):
        """A to-do where a reminder's stop waits for the answer."""
        for company, promises in self.grouped("company_id").items():
            terms = self.env["crm.credit.limit"].sudo()._stopped_terms(company, promises.partner_id)
            owner = terms and company._crm_credit_releasers()[:1]
            for promise in promises.with_context(mail_activity_quick_update=True):
                if owner and promise.partner_id in terms.partner_id:
                    promise.activity_schedule(ACTIVITY, user_id=owner.id)

    def action_accept(self):
        """The promise lifts what reminders stopped, as far as it covers what they claim."""
        self.check_access("write")
        if not self.env.su and not self._user_accepts():
            raise AccessError(self.env._("Only accounting can accept a promise."))
        waiting = self.sudo().filtered(lambda promise: promise.to_accept and promise.state == rules.OPEN)
        waiting.to_accept = False
        waiting.activity_feedback([ACTIVITY])
        self.env["crm.dunning.letter"].sudo()._resume_with(waiting)
