from datetime import timedelta

from odoo import api, fields, models

from ..tools import expected_loss as rules
from ..tools import payment_score

BACK = rules.LOST_DAYS + 45  # days back: what was open then is known today to be lost or not
METHODS = [
    (rules.BEHAVIOUR, "Customer's behaviour"),
    (rules.ROLL, "Roll rates of the company"),
    (rules.OPTION, "Option model"),
]


class CrmRiskCheck(models.Model):
    """How right each risk method was: what it said on a past day of the invoices open then, against what came.

    One row a legal entity and method, written by the nightly job. The option model is never checked here: past
    balance sheets of customers and enough failures among them are not known. Its formula is tested.
    """

    _name = "crm.risk.check"
    _description = "Check of a Risk Method"
    _rec_name = "method"
    _order = "company_id, method"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    method = fields.Selection(METHODS, required=True, readonly=True)
    date = fields.Date("Checked On", required=True, readonly=True)
    past_date = fields.Date("Judged As Of", readonly=True)
    state = fields.Selection(
        [("checked", "Checked"), ("too_few", "Not enough data"), ("unchecked", "Not checkable")],
        required=True,
        readonly=True,
    )
    judged_count = fields.Integer("Invoices Judged", readonly=True)
    brier = fields.Float("Brier Score", readonly=True, digits=(16, 4), aggregator="avg", help="0 is perfect.")
    naive = fields.Float(
        "Brier Score of the Average", readonly=True, digits=(16, 4), aggregator="avg", help="Same chance for all."
    )
    expected = fields.Monetary("Expected Loss", readonly=True)
    lost = fields.Monetary("Really Lost", readonly=True, help="Not paid 180 days after the due date.")
    rates = fields.Char(
        "Roll Rates (%)", readonly=True, help="Late at all; then of that, still open after each 30 days up to 180."
    )
    note = fields.Char("What It Is", compute="_compute_note")

    _company_method_uniq = models.UniqueIndex("(company_id, method)")

    @api.depends("method", "state")
    def _compute_note(self):
        notes = {
            rules.BEHAVIOUR: self.env._("Customer's own chance of being late, then the company's roll rates."),
            rules.ROLL: self.env._("Share of money that is late, and share of it still open every 30 days later."),
            rules.OPTION: self.env._(
                "Merton 1974, from entered balance sheets. Formula tested, never checked against your customers."
            ),
        }
        for check in self:
            check.note = notes[check.method]

    @api.model
    def _keep(self, root, today, bills):
        """Write the checks of a legal entity anew; returns them."""
        past = today - timedelta(days=BACK)
        by_customer = {}
        for bill in bills:
            by_customer.setdefault(bill.customer, []).append(bill)
        prior, late_of = payment_score.prior_of(bills, past), {}
        for customer, own in by_customer.items():
            verdict = payment_score.score(payment_score.known_at(own, past), prior)
            if verdict.score is not None:
                late_of[customer] = verdict.late_probability
        found = rules.check(bills, past, today, late_of)
        rates = rules.roll_rates(bills, today)
        steps = " | ".join(f"{step * 100:.1f}" for step in rates.steps) if rates else False
        self.search([("company_id", "=", root.id)]).unlink()
        base = {"company_id": root.id, "date": today}
        values = [{**base, "method": rules.OPTION, "state": "unchecked"}]
        for method, check in found.items():
            values.append(
                {
                    **base,
                    "method": method,
                    "past_date": past,
                    "rates": steps,
                    "state": "checked" if check.judged >= rules.MIN_BILLS else "too_few",
                    "judged_count": check.judged,
                    "brier": check.brier,
                    "naive": check.naive,
                    "expected": root.currency_id.round(check.expected),
                    "lost": root.currency_id.round(check.lost),
                }
            )
        return self.create(values)
