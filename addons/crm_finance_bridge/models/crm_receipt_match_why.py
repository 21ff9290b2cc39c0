from odoo import api, models


class CrmReceiptMatch(models.Model):
    """Why these invoices, and why a person has to decide: a sentence each."""

    _inherit = "crm.receipt.match"

    @api.depends("rule", "barrier", "failure", "by_hand", "kept", "rest", "short", "rivals", "seen", "line_ids")
    def _compute_why(self):
        """One sentence why these invoices, one why a person has to decide; no query per record."""
        self.line_ids.sudo().move_line_id.move_id.mapped("name")
        for match in self:
            match.why = match._why_sentence()
            match.why_not = match._why_not_sentence()

    def _why_sentence(self):
        self.ensure_one()
        if not self.line_ids:
            return False
        lines_sudo = self.line_ids.sudo()  # an invoice of a branch is named to who may see the receipt
        names = list(dict.fromkeys(line.move_line_id.move_id.name or "" for line in lines_sudo))
        if self.rule == "advice_parts" and not self.by_hand:
            names = [
                f"{line.move_line_id.move_id.name or ''} {self.currency_id.format(line.amount)}" for line in lines_sudo
            ]
        shown = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
        texts = {
            "advice": self.env._("The remittance advice names %(invoices)s and the amounts agree.", invoices=shown),
            "advice_parts": self.env._("The remittance advice says: %(invoices)s; the rest is open.", invoices=shown),
            "reference": self.env._("The text names %(invoices)s and the amount agrees to the cent.", invoices=shown),
            "reference_discount": self.env._(
                "The text names %(invoices)s; %(kept)s is the discount for early payment.",
                invoices=shown,
                kept=self.currency_id.format(self.kept),
            ),
            "reference_fee": self.env._(
                "The text names %(invoices)s; %(kept)s is within the difference your company tolerates.",
                invoices=shown,
                kept=self.currency_id.format(self.kept),
            ),
            "reference_short": self.env._("The text names %(invoices)s; the receipt pays a part.", invoices=shown),
            "reference_some": self.env._("More is named than was paid; what adds up: %(invoices)s.", invoices=shown),
            "reference_plus": self.env._("One is named, and only %(invoices)s add up to the amount.", invoices=shown),
            "reference_over": self.env._(
                "The text names %(invoices)s; %(rest)s stays on account.",
                invoices=shown,
                rest=self.currency_id.format(self.rest),
            ),
            "amount": self.env._("%(invoices)s is open with exactly this amount.", invoices=shown),
            "subset": self.env._("%(invoices)s together make exactly this amount.", invoices=shown),
            "amount_discount": self.env._("%(invoices)s less the discount for early payment.", invoices=shown),
            "amount_fee": self.env._("%(invoices)s less the fee this customer keeps back.", invoices=shown),
            "amount_payer": self.env._("%(invoices)s has this amount; nobody says who paid.", invoices=shown),
            "oldest": self.env._("No sum agrees; the oldest come first: %(invoices)s.", invoices=shown),
        }
        if self.rule == "reference_discount" and self.short:
            texts["reference_discount"] = self.env._(
                "The remittance advice says: %(invoices)s; %(kept)s is the discount for early payment, %(short)s stays "
                "open.",
                invoices=shown,
                kept=self.currency_id.format(self.kept),
                short=self.currency_id.format(self.short),
            )
        if self.by_hand:
            return self.env._("Chosen by hand: %(invoices)s.", invoices=shown)
        if self.rule == "reference_fee" and self.seen:
            return self.env._(
                "The text names %(invoices)s; this customer has kept back %(kept)s before: %(count)s times accepted.",
                invoices=shown,
                kept=self.currency_id.format(self.kept),
                count=self.seen,
            )
        return texts.get(self.rule, False)

    def _why_not_sentence(self):
        self.ensure_one()
        texts = {
            "unsure": self.env._("The confidence is below what your company accepts without a person."),
            "tied": self.env._("Other invoices agree as well: %(count)s more.", count=self.rivals),
            "other_payer": self.env._("The invoice belongs to another customer."),
            "contested": self.env._("Another receipt fits the same invoice."),
            "paid": self.env._("The text names an invoice that is paid: perhaps paid twice."),
            "many": self.env._("There are too many open invoices to try every sum."),
            "suggested": self.env._("This rule only suggests."),
            "switched": self.env._("This rule is switched off, or was wrong too often."),
            "no_payer": self.env._("Nothing says who paid, and no open invoice has this amount."),
            "nothing_open": self.env._("This customer has no open invoice in this currency."),
            "no_sum": self.env._("No open invoices add up to this amount."),
            "refused": self.env._("A person refused the match that fits."),
            "large_fee": self.env._("What is kept back is more than your company lets pass without a person."),
            "branch": self.env._("Only the amount speaks for it, and the invoice belongs to another branch."),
            "account": self.env._("Receipt and invoice are on different receivable accounts."),
            "failed": self.env._("It could not be booked automatically: %(reason)s", reason=self.failure or ""),
        }
        return texts.get(self.barrier, False)
