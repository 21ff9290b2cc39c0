from odoo import api, fields, models
from odoo.exceptions import AccessError

ACTIVITY = "crm_finance_bridge.mail_activity_type_dispute_confirm"
BY_MAIL = "crm_dispute_by_mail"  # in the context: whoever sends it along confirms less, never more


class CrmDispute(models.Model):
    """Who owns a dispute, and who has confirmed it: only then the credit check leaves its amount out.

    Accounting confirms what it logs, the service desk what comes from its tickets and returns. What a salesperson or
    the customer logs, or a mail brings, is out of overdue figures and reminders at once, but lifts no hold and no stop
    by itself.
    """

    _inherit = "crm.dispute"

    to_confirm = fields.Boolean(
        readonly=True,
        copy=False,
        tracking=True,
        help="The credit check counts its amount until accounting confirms it.",
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_confirmed = fields.Datetime("Confirmed On", readonly=True, copy=False)

    # === CONFIRMING === #

    @api.model
    def _user_confirms(self, from_service):
        """Whether the user's word is enough; `from_service`: for a dispute of a ticket or a return.

        The system's own user (mail gateway, scheduled jobs) has all groups and says nothing; the sender of a mail is
        not proven.
        """
        user = self.env.user
        if not user.sudo().active or self.env.context.get(BY_MAIL):
            return False
        return user.has_group("account.group_account_invoice") or bool(
            from_service and user.has_group("crm_service.group_service_user")
        )

    @api.model
    def _confirmation_values(self, vals):
        """Of a new dispute, by who logs it."""
        if self._user_confirms(vals.get("ticket_id") or vals.get("return_id")):
            return {"to_confirm": False, "confirmed_by_id": self.env.uid, "date_confirmed": fields.Datetime.now()}
        return {"to_confirm": True, "confirmed_by_id": False, "date_confirmed": False}

    def _changed_amounts(self):
        """Amounts that somebody changes whose word is not enough wait to be confirmed anew."""
        open_ones = self.sudo().filtered(
            lambda dispute: (
                dispute.state == "open"
                and not dispute.to_confirm
                and not dispute._user_confirms(dispute.ticket_id or dispute.return_id)
            )
        )
        if open_ones:
            open_ones.write({"to_confirm": True, "confirmed_by_id": False, "date_confirmed": False})
            open_ones._ask_confirmation()

    def _ask_confirmation(self):
        """A to-do for the owner in accounting, else for whoever may release orders."""
        for dispute in self.sudo().filtered("to_confirm"):
            owner = dispute.user_id
            if not owner or not owner.has_group("account.group_account_invoice"):
                owner = dispute.company_id._crm_credit_releasers()[:1]
            if owner:
                dispute.with_context(mail_activity_quick_update=True).activity_schedule(ACTIVITY, user_id=owner.id)

    def action_confirm(self):
        """The credit check leaves the disputed amounts out from now on."""
        self._need_open()
        if not self.env.su and not all(
            dispute._user_confirms(dispute.ticket_id or dispute.return_id) for dispute in self
        ):
            raise AccessError(self.env._("Only accounting can confirm a dispute."))
        self._confirm()

    def _confirm(self):
        waiting = self.sudo().filtered("to_confirm")
        waiting.write({"to_confirm": False, "confirmed_by_id": self.env.uid, "date_confirmed": fields.Datetime.now()})
        waiting.activity_feedback([ACTIVITY])
        self.env["crm.dunning.letter"].sudo()._resume_with(waiting)

    # === OWNER === #

    @api.model
    def _owner_for(self, company, partner, cause, logger):
        """Who works on it: the owner of the cause, the customer's collector, the credit controller, who logs it, the
        salesperson, else an accounting administrator. Nobody from outside."""
        company, partner = company.sudo(), partner.sudo().commercial_partner_id
        task = self.env["crm.collection.task"].sudo()
        task = task.search([("partner_id", "=", partner.id), ("company_id", "=", company.id)], limit=1)
        users = [cause.sudo().user_id, task.user_id, company.crm_credit_controller_id, logger, partner.user_id]
        for user in users:
            if user.sudo().active and not user.sudo().share and company in user.sudo().company_ids:
                return user
        return company._crm_credit_releasers()[:1]
