from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import credit


class CrmCreditLimit(models.Model):
    """The terms of one customer at one legal entity (root company): rule and limits.

    The limit in money is Odoo's own `res.partner.credit_limit` of that company, shown here and written there.
    Without such a record, or with the rule `company`, the company's defaults apply.
    """

    _name = "crm.credit.limit"
    _inherit = ["mail.thread", "crm.legal.customer.mixin"]
    _description = "Customer Credit Terms"
    _rec_name = "partner_id"
    _order = "company_id, partner_id"

    partner_id = fields.Many2one(help="The company that owes, not one of its contacts.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    hold_rule = fields.Selection(
        [
            ("company", "As the company"),
            ("none", "Do not check"),
            ("warn", "Warn"),
            ("hold", "Hold the order"),
            ("prepaid", "Prepayment: ship once paid in full"),
            ("one_invoice", "One invoice at a time"),
        ],
        "Rule",
        default="company",
        required=True,
        tracking=True,
        help="As the company: the company's rule, overdue amount and days apply.",
    )
    stop = fields.Selection(
        [("orders", "New orders"), ("deliveries", "Deliveries"), ("all", "Orders and deliveries")],
        "Stopped",
        tracking=True,
        help="Stops the customer whatever the limits say, until it is taken off here.",
    )
    stop_reason = fields.Char(tracking=True)
    stop_automatic = fields.Boolean(readonly=True, copy=False, help="Set, and taken off, by the reminders.")
    amount_limit = fields.Monetary(
        "Credit Limit",
        compute="_compute_amount_limit",
        inverse="_inverse_amount_limit",
        compute_sudo=True,
        help="Odoo's own credit limit of the customer in this company. 0 = no limit",
    )
    overdue_limit = fields.Monetary("Overdue Allowed", tracking=True, help="Company currency. 0 = no limit")
    max_days_overdue = fields.Integer("Days Overdue Allowed", tracking=True, help="Days past due. 0 = no limit")
    payment_term_id = fields.Many2one(
        "account.payment.term",
        "Payment Terms",
        compute="_compute_payment_term_id",
        inverse="_inverse_payment_term_id",
        compute_sudo=True,
        help="Odoo's own payment terms of the customer in this company.",
    )
    note = fields.Text("Internal Note")
    lock_count = fields.Integer(
        readonly=True, copy=False, help="Technical: raised by each checked order, so that two at once wait in line."
    )

    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id)", "This customer already has credit terms in this company."
    )
    _positive = models.Constraint(
        "CHECK (overdue_limit >= 0 AND max_days_overdue >= 0)", "Limits of credit terms cannot be negative."
    )

    def _seen_customer(self):
        """The customer in the company. A form that is not saved may name any: it tells only what the user may see."""
        partner, company = self.partner_id.with_company(self.company_id), self.company_id
        if self._origin.partner_id == partner and self._origin.company_id == company:
            return partner
        mine = company in self.env.user.company_ids.root_id
        return partner if mine and partner._crm_credit_may_see() else partner.browse()

    @api.depends("partner_id", "company_id")
    def _compute_amount_limit(self):
        for terms in self:
            terms.amount_limit = terms._seen_customer().credit_limit

    def _inverse_amount_limit(self):
        """Writes the limit where Odoo keeps it; needs the right to write these terms, not the partner's."""
        for terms in self:
            before = terms.partner_id.sudo().with_company(terms.company_id).credit_limit
            terms.company_id._crm_credit_check_direct(terms.partner_id, before, terms.amount_limit)
            if terms._write_limit(terms.amount_limit):
                terms._record_versions({terms: (before, terms.amount_limit)}, self.env._("Set in the credit terms"))

    @api.depends("partner_id", "company_id")
    def _compute_payment_term_id(self):
        for terms in self:
            terms.payment_term_id = terms._seen_customer().property_payment_term_id

    def _inverse_payment_term_id(self):
        """Writes the terms where Odoo keeps them; needs the right to write these terms, not the partner's."""
        for terms in self:
            partner_sudo = terms.partner_id.sudo().with_company(terms.company_id)
            if partner_sudo.property_payment_term_id == terms.payment_term_id:
                continue
            partner_sudo.property_payment_term_id = terms.payment_term_id
            name = terms.payment_term_id.display_name or self.env._("none")
            terms._message_log(body=self.env._("Payment terms: %s", name))

    def _text_contact(self, name):
        return self.env._("Credit terms belong to %s, who pays for this contact.", name)

    def _text_branch(self, name):
        return self.env._("Credit terms belong to %s, not to its branch.", name)

    def write(self, vals):
        if "stop" in vals and "stop_automatic" not in vals:
            vals = {**vals, "stop_automatic": False}  # by hand: stays until it is taken off by hand
        return super().write(vals)

    # === BUSINESS === #

    @api.model
    def _settings(self, company, partner):
        """The terms of a customer for the rule. One query: what an order costs whose customer has no limit."""
        return self._settings_of(company, partner)[partner.id]

    @api.model
    def _settings_of(self, company, partners):
        """{customer id: its terms for the rule} at a legal entity, in one query."""
        root = company.root_id.sudo()
        Partner = self.env["res.partner"].sudo().with_company(root)
        self.flush_model(["partner_id", "company_id", "hold_rule", "overdue_limit", "max_days_overdue", "stop"])
        Partner.flush_model(["credit_limit"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.id, (customer.credit_limit->>%(company)s::text)::numeric, own.hold_rule,
                       COALESCE(own.overdue_limit, 0), COALESCE(own.max_days_overdue, 0), own.stop
                  FROM res_partner customer
             LEFT JOIN crm_credit_limit own ON own.partner_id = customer.id AND own.company_id = %(company)s
                 WHERE customer.id IN %(partners)s
                """,
                company=root.id,
                partners=tuple(partners.ids),
            )
        )
        fallback = Partner._fields["credit_limit"].get_company_dependent_fallback(Partner) or 0.0
        defaults = (root.crm_credit_hold_rule, root.crm_credit_overdue_limit, root.crm_credit_max_days)
        found = {}
        for partner_id, amount, rule, overdue, days, stop in rows:
            if rule in (None, "company"):
                rule, overdue, days = defaults
            amount = Decimal(str(fallback if amount is None else amount))
            found[partner_id] = credit.Terms(rule, amount, Decimal(str(overdue)), days, stop or "")
        return found

    @api.model
    def _stop(self, company, partners, reason, stop="all"):
        """Stop customers (commercial partners) at a legal entity: orders, deliveries or all.

        A stop that somebody has set by hand stays as it is; one of another kind, set by an earlier reminder, goes on
        beside the new one.
        """
        terms = self.sudo().search([("company_id", "=", company.root_id.id), ("partner_id", "in", partners.ids)])
        missing = partners - terms.partner_id
        terms |= terms.create([{"partner_id": partner.id, "company_id": company.root_id.id} for partner in missing])
        terms = terms.filtered(lambda own: not own.stop or own.stop_automatic)
        both = terms.filtered(lambda own: own.stop and own.stop != stop)
        both.write({"stop": "all", "stop_reason": reason, "stop_automatic": True})
        (terms - both).write({"stop": stop, "stop_reason": reason, "stop_automatic": True})
        return terms

    @api.model
    def _stopped_terms(self, company, partners):
        """Terms of these customers at the legal entity that a reminder stops now."""
        domain = [
            ("company_id", "=", company.root_id.id),
            ("partner_id", "in", partners.ids),
            ("stop_automatic", "=", True),
            ("stop", "!=", False),
        ]
        return self.sudo().search(domain)

    @api.model
    def _resume(self, company, partners):
        """Take off stops set by `_stop`; the customers' own terms apply again.

        The mark stays: it tells a stop that the reminders may set again from one that somebody has taken off.
        """
        domain = [
            ("company_id", "=", company.root_id.id),
            ("partner_id", "in", partners.ids),
            ("stop_automatic", "=", True),
        ]
        self.sudo().search(domain).write({"stop": False, "stop_reason": False, "stop_automatic": True})

    @api.model
    def _lock(self, company, partner):
        """Let one order at a time be checked for a customer, until the transaction ends.

        Raises a counter in the customer's row. A second transaction waits there, and then fails to serialise
        (its snapshot is older than the first one's order), so that Odoo runs it again on what is now confirmed.
        A mere lock would not do: after the wait the second would still not see the first one's order.
        """
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_credit_limit (partner_id, company_id, hold_rule, lock_count, create_uid, create_date)
                VALUES (%s, %s, 'company', 1, %s, now() AT TIME ZONE 'UTC')
                ON CONFLICT (partner_id, company_id)
                DO UPDATE SET lock_count = COALESCE(crm_credit_limit.lock_count, 0) + 1
                RETURNING id
                """,
                partner.id,
                company.root_id.id,
                self.env.uid,
            )
        )
