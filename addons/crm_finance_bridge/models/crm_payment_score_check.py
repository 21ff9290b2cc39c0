from datetime import timedelta

from odoo import api, fields, models

from ..tools import payment_score as rules

DAYS = 365  # invoices dated in the year before the check are judged


class CrmPaymentScoreCheck(models.Model):
    """How right the payment score was: each paid invoice of a year judged by what was known before its date.

    One row a legal entity and month, written by the nightly job; shares from 0 to 1, days of mean error.
    """

    _name = "crm.payment.score.check"
    _description = "Check of the Payment Score"
    _rec_name = "month"
    _order = "month DESC, company_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    month = fields.Date(required=True, readonly=True, help="First day of the month of the check.")
    date = fields.Date("Checked On", required=True, readonly=True)
    state = fields.Selection(
        [("checked", "Checked"), ("too_few", "Not enough data")],
        required=True,
        readonly=True,
        help="Under 30 judged invoices the shares say nothing.",
    )
    judged_count = fields.Integer("Invoices Judged", readonly=True)
    late_rate = fields.Float("Really Late", readonly=True, aggregator="avg")
    right_rate = fields.Float("Right on Late or on Time", readonly=True, aggregator="avg")
    naive_rate = fields.Float(
        "Right without a Score", readonly=True, aggregator="avg", help="If every customer were judged as most are."
    )
    mean_error = fields.Float("Mean Error (Days)", readonly=True, aggregator="avg")
    brier = fields.Float("Brier Score", readonly=True, aggregator="avg", help="Mean squared error; 0 is perfect.")

    _company_month_uniq = models.UniqueIndex("(company_id, month)")

    @api.model
    def _keep(self, root, today, bills):
        """Write this month's check of a legal entity, once a month; returns the record."""
        month = today.replace(day=1)
        found = self.sudo().search([("company_id", "=", root.id), ("month", "=", month)])
        if found:
            return found
        check = rules.walk_forward([bill for bill in bills if bill.date < today], today - timedelta(days=DAYS))
        return self.sudo().create(
            {
                "company_id": root.id,
                "month": month,
                "date": today,
                "state": "checked" if check.judged >= rules.MIN_JUDGED else "too_few",
                "judged_count": check.judged,
                "late_rate": check.late,
                "right_rate": check.right,
                "naive_rate": check.naive,
                "mean_error": check.error,
                "brier": check.brier,
            }
        )
