from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import lifetime_value as clv

HOLDOUT_DAYS = 182


class CrmLifetimeModel(models.Model):
    """How good the model is: fitted as of half a year ago, and compared with what happened since.

    Purchases are days with an invoice. Beside it what a constant rate of each customer would have said.
    """

    _inherit = "crm.lifetime.model"

    holdout_days = fields.Integer(readonly=True, help="Days that were kept back. 0: not enough data for a check.")
    holdout_customers = fields.Integer(readonly=True, help="Customers known at the start of these days.")
    holdout_actual = fields.Integer(string="Purchases that happened", readonly=True)
    holdout_expected = fields.Float(string="Purchases expected", digits=(16, 1), readonly=True)
    holdout_error = fields.Float(string="Error %", digits=(16, 1), readonly=True, aggregator=None)
    holdout_mae = fields.Float(string="Mean error a customer", digits=(16, 3), readonly=True, aggregator=None)
    naive_expected = fields.Float(string="Constant rate expected", digits=(16, 1), readonly=True)
    naive_mae = fields.Float(string="Mean error of a constant rate", digits=(16, 3), readonly=True, aggregator=None)
    method_text = fields.Char(string="Method", compute="_compute_texts")
    check_text = fields.Char(string="Check", compute="_compute_texts")

    @api.depends("state", "customer_count", "repeat_count", "holdout_days", "holdout_error")
    @api.depends_context("lang")
    def _compute_texts(self):
        for model in self:
            counts = {
                "count": model.customer_count,
                "least": clv.MIN_CUSTOMERS,
                "repeat": model.repeat_count,
                "few": clv.MIN_SIMPLE,
                "repeaters": clv.MIN_REPEATERS,
            }
            model.method_text = {
                "ok": self.env._("BG/NBD and Gamma-Gamma, fitted to %(count)s customers", **counts),
                "simple": self.env._(
                    "Simple estimate: only %(count)s customers (%(repeat)s repeat buyers), the model needs %(least)s. "
                    "Each customer's own rate, drawn towards the common one",
                    **counts,
                ),
            }.get(
                model.state,
                self.env._(
                    "Not enough data: %(count)s customers (%(repeat)s repeat buyers), at least %(few)s and "
                    "%(repeaters)s are needed",
                    **counts,
                ),
            )
            model.check_text = model._holdout_text()

    def _holdout_text(self):
        if not self.holdout_days:
            return self.env._(
                "Not checked: fewer than %(few)s customers %(days)s days earlier",
                few=clv.MIN_SIMPLE,
                days=HOLDOUT_DAYS,
            )
        return self.env._(
            "Of the last %(days)s days, which it did not know, it expected %(expected).1f purchases and %(actual)s "
            "happened: %(error)+.1f %%. Mean error a customer %(mae).2f; a constant rate: %(naive).2f",
            days=self.holdout_days,
            expected=self.holdout_expected,
            actual=self.holdout_actual,
            error=self.holdout_error,
            mae=self.holdout_mae,
            naive=self.naive_mae,
        )

    def _check_holdout(self, date):
        """Fit on what was known HOLDOUT_DAYS before `date` and store the errors."""
        self.ensure_one()
        cut = date - timedelta(days=HOLDOUT_DAYS)
        rows = self.env.execute_query(self._holdout_history(cut, date))
        known = [(x, (last - first).days, max((cut - first).days, 1)) for x, first, last, _after in rows]
        actual = [after for _x, _first, _last, after in rows]
        buying, _spending = self._fit([(*customer, 0.0) for customer in known])
        rate = clv.common_rate(known)
        if not buying and not rate:
            names = ("days", "customers", "actual", "expected", "error", "mae")
            self.write({f"holdout_{name}": 0 for name in names} | {"naive_expected": 0, "naive_mae": 0})
            return
        if buying:
            expected = [clv.expected_purchases(buying, *customer, HOLDOUT_DAYS) for customer in known]
        else:
            expected = [clv.simple_purchases(rate, *customer, HOLDOUT_DAYS) for customer in known]
        naive = [x / watched * HOLDOUT_DAYS for x, _t_x, watched in known]
        total, done, error, mean = clv.holdout_error(expected, actual)
        naive_total, _done, _error, naive_mean = clv.holdout_error(naive, actual)
        self.write(
            {
                "holdout_days": HOLDOUT_DAYS,
                "holdout_customers": len(known),
                "holdout_actual": done,
                "holdout_expected": total,
                "holdout_error": error,
                "holdout_mae": mean,
                "naive_expected": naive_total,
                "naive_mae": naive_mean,
            }
        )

    @api.model
    def _holdout_history(self, cut, date):
        """Query of (repeat purchases, first, last day up to `cut`, purchases of the days after it up to `date`)."""
        return SQL(
            """SELECT COUNT(DISTINCT move.invoice_date) FILTER (WHERE move.invoice_date <= %(cut)s) - 1,
                      MIN(move.invoice_date), MAX(move.invoice_date) FILTER (WHERE move.invoice_date <= %(cut)s),
                      COUNT(DISTINCT move.invoice_date) FILTER (WHERE move.invoice_date > %(cut)s)
                 FROM account_move move WHERE %(sales)s AND move.move_type <> 'out_refund'
                GROUP BY move.commercial_partner_id HAVING MIN(move.invoice_date) <= %(cut)s
                ORDER BY move.commercial_partner_id""",
            cut=cut,
            sales=self.env["crm.metric"]._sales_where(self.company_id, None, date + timedelta(days=1)),
        )
