from odoo import models

from ..tools import credit

NAMED = 5  # releasers named in a message; more are counted


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _credit_text(self, check):
        """The message of a hold or warning: what is passed, the parts of the exposure, and who may release."""
        lines = [
            self.env._(
                "%(customer)s: %(findings)s",
                customer=check.partner.name,
                findings=" ".join(self._credit_findings(check)),
            )
        ]
        if any(reason.code not in (credit.STOPPED, credit.UNPAID) for reason in check.verdict.reasons):
            lines += self._credit_figures(check)
        if any(reason.code in (credit.OVERDUE, credit.TOO_OLD) for reason in check.verdict.reasons):
            lines += self._credit_unconfirmed(check)
        if check.verdict.holds:
            lines.append(self.env._("Can be released by: %s.", self._credit_releasers() or self.env._("nobody yet")))
        return "\n".join(lines)

    def _credit_figures(self, check):
        """The exposure with its parts, and the limits."""
        money, position = self._credit_money, check.position
        return [
            self.env._(
                "Exposure %(exposure)s = open receivables %(receivable)s, unapplied receipts %(unapplied)s, "
                "orders to invoice %(uninvoiced)s, draft invoices %(draft)s, this order %(order)s.",
                exposure=money(position.exposure),
                receivable=money(position.receivable),
                unapplied=money(position.unapplied),
                uninvoiced=money(position.uninvoiced),
                draft=money(position.draft),
                order=money(position.order),
            ),
            self.env._(
                "Credit limit %(limit)s; overdue %(overdue)s, oldest %(days)s days.",
                limit=money(check.terms.amount_limit) if check.terms.amount_limit > 0 else self.env._("not set"),
                overdue=money(position.overdue),
                days=position.days_overdue,
            ),
        ]

    def _credit_unconfirmed(self, check):
        """The disputes that would lessen what is overdue, were they confirmed."""
        disputes = (
            self.env["crm.dispute"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", check.partner.id),
                    ("company_id", "child_of", check.company.id),
                    ("state", "=", "open"),
                    ("to_confirm", "=", True),
                ],
                limit=NAMED,
            )
        )
        if not disputes:
            return []
        names = ", ".join(disputes.mapped("name"))
        return [self.env._("Not taken off, because accounting has not confirmed it yet: dispute %s.", names)]

    def _credit_findings(self, check):
        """One sentence for each limit that is passed."""
        money = self._credit_money
        texts = {
            credit.OVER_LIMIT: lambda reason: self.env._(
                "The exposure of %(value)s is %(excess)s over the limit of %(limit)s.",
                value=money(reason.value),
                excess=money(reason.excess),
                limit=money(reason.limit),
            ),
            credit.OVERDUE: lambda reason: self.env._(
                "%(value)s is overdue, %(limit)s is allowed.", value=money(reason.value), limit=money(reason.limit)
            ),
            credit.TOO_OLD: lambda reason: self.env._(
                "The oldest open item is %(value)s days overdue, %(limit)s are allowed.",
                value=reason.value,
                limit=reason.limit,
            ),
            credit.STOPPED: lambda reason: self._credit_text_stop(check),
            credit.ONE_OPEN: lambda reason: self.env._(
                "One invoice at a time: %(value)s is still open or ordered.", value=money(reason.value)
            ),
            credit.UNPAID: lambda reason: self.env._(
                "Prepayment: %(value)s of this order is not paid yet.", value=money(reason.value)
            ),
        }
        return [texts[reason.code](reason) for reason in check.verdict.reasons]

    def _credit_text_stop(self, check):
        """Why the customer is stopped, as it stands in the terms."""
        terms = (
            self.env["crm.credit.limit"]
            .sudo()
            .search([("partner_id", "=", check.partner.id), ("company_id", "=", check.company.id)])
        )
        if terms.stop_reason:
            return self.env._("The customer is stopped: %s", terms.stop_reason)
        return self.env._("The customer is stopped.")

    def _credit_text_release(self, release):
        return self.env._(
            "Released by %(user)s until %(date)s, up to %(amount)s.",
            user=release.sudo().user_id.name,
            date=self.env["ir.qweb.field.date"].value_to_html(release.date_expiry, {}),
            amount=self._credit_money(release.order_amount),
        )

    def _credit_money(self, amount):
        return self.sudo().company_id.currency_id.format(float(amount))

    def _credit_releasers(self):
        """Names of the users who may release, the first few and how many more."""
        users = self.sudo().company_id._crm_credit_releasers()
        names = ", ".join(users[:NAMED].mapped("name"))
        if len(users) > NAMED:
            return self.env._("%(names)s and %(more)s more", names=names, more=len(users) - NAMED)
        return names
