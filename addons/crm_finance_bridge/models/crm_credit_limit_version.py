from odoo import api, fields, models
from odoo.tools import float_compare

ACTIVITY = "crm_finance_bridge.mail_activity_type_credit_review"


class CrmCreditLimit(models.Model):
    """The versions of a limit and the day on which it is looked at again."""

    _name = "crm.credit.limit"
    _inherit = ["crm.credit.limit", "mail.activity.mixin"]

    date_review = fields.Date("Review On", tracking=True, help="The credit controller is reminded on this day.")
    version_ids = fields.One2many(
        "crm.credit.request", "limit_id", "Versions", domain=[("state", "=", "approved")], readonly=True
    )

    def _write_limit(self, amount):
        """Write the limit where Odoo keeps it, with a note of the change. True if it changed."""
        self.ensure_one()
        partner_sudo = self.partner_id.sudo().with_company(self.company_id)
        old = partner_sudo.credit_limit
        if not float_compare(old, amount, precision_digits=self.currency_id.decimal_places):
            return False
        partner_sudo.credit_limit = amount
        self._log_limit(old, amount)
        return True

    def _log_limit(self, old, new):
        self._message_log(
            body=self.env._(
                "Credit limit: %(old)s → %(new)s",
                old=self.currency_id.format(old),
                new=self.currency_id.format(new),
            )
        )

    @api.model
    def _record_versions(self, changes, reason):
        """A limit set without a request is a version as well, of whoever set it. `changes`: {terms: (before, now)}."""
        self.env["crm.credit.request"].sudo().create(
            [
                {
                    "partner_id": terms.partner_id.id,
                    "company_id": terms.company_id.id,
                    "user_id": self.env.uid,
                    "approver_id": self.env.uid,
                    "amount": amount,
                    "amount_before": before,
                    "reason": reason,
                    "state": "approved",
                    "origin": "direct",
                    "date_decided": fields.Datetime.now(),
                    "limit_id": terms.id,
                    "version": len(terms.version_ids) + 1,
                }
                for terms, (before, amount) in changes.items()
            ]
        )

    @api.model
    def _record_outside(self, company, changes):
        """Record limits of a legal entity that were written on the customers. `changes`: {customer: (before, now)}."""
        self = self.sudo()
        partners = self.env["res.partner"].union(*changes)
        terms = self.search([("company_id", "=", company.id), ("partner_id", "in", partners.ids)])
        missing = partners - terms.partner_id
        terms |= self.create([{"partner_id": partner.id, "company_id": company.id} for partner in missing])
        terms.invalidate_recordset(["amount_limit"])
        for own in terms:
            own._log_limit(*changes[own.partner_id])
        self._record_versions(
            {own: changes[own.partner_id] for own in terms}, self.env._("Set in Odoo's own credit limit")
        )

    # === REVIEW === #

    @api.model
    def _cron_review(self):
        for company in self.env["res.company"].sudo().search([("parent_id", "=", False)]):
            self._process_review(company, company._crm_credit_today())

    @api.model
    def _process_review(self, company, today):
        """Remind the controller of the limits to be looked at by today, once each. Returns the terms reminded of."""
        releaser = company._crm_credit_releasers()[:1]
        if not releaser:
            return self.browse()
        due = self.search([("company_id", "=", company.id), ("date_review", "<=", today)], order="date_review, id")
        reminded = self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", due.ids),
                ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
            ]
        )
        due = due.filtered(lambda terms: terms.id not in reminded.mapped("res_id"))
        for terms in due:
            terms.activity_schedule(ACTIVITY, date_deadline=terms.date_review, user_id=releaser.id)
        return due
