from datetime import date

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models

from .crm_commission_line import FINAL


class CrmCommissionPlan(models.Model):
    """One plan after the other: where a plan ends and its copy begins, so that no money is paid by both.

    A plan that is closed or archived stays in force for what it paid: refunds, losses and undone payments take it
    back.
    """

    _inherit = "crm.commission.plan"

    @api.model
    def _in_effect(self, companies=None):
        """Plans that a computation reads: those in force, and those that are over and have paid something."""
        domain = [("state", "in", ("active", "closed"))]
        if companies is not None:
            domain.append(("company_id", "in", companies.ids))
        plans = self.sudo().with_context(active_test=False).search(domain)
        over = plans.filtered("is_over")
        groups = self.env["crm.commission.line"].sudo()._read_group([("plan_id", "in", over.ids)], ["plan_id"])
        paid = {plan for [plan] in groups}
        return plans.filtered(lambda plan: not plan.is_over or plan in paid)

    def _last_day(self):
        """Last day of the sales that the plan earns on; None = without end.

        A plan that is over ends with its last day; without one with the last month that it earned in, or before its
        first day if it never earned. An archived plan ends with the last sale that it earned on: from then on another
        may pay.
        """
        self.ensure_one()
        if not self.is_over or self.state == "closed" and self.date_to:
            return self.date_to or None
        [(last,)] = (
            self.env["crm.commission.line"]
            .sudo()
            ._read_group([("plan_id", "=", self.id), ("kind", "=", "earned")], aggregates=["date:max"])
        )
        if not last:
            return self.date_from - relativedelta(days=1)
        if self.state == "closed":
            last = fields.Date.end_of(last, "month")
        return min(self.date_to or date.max, last)

    def _meets(self, start, stop):
        """Whether the plan earns on sales of some of these days."""
        last = self._last_day() or date.max
        return max(self.date_from, start) <= min(last, stop)

    def copy_data(self, default=None):
        """A copy earns from the first month on that is not with the people yet: what is paid is not paid again."""
        vals_list = super().copy_data(default)
        for plan, vals in zip(self, vals_list, strict=True):
            if "date_from" not in (default or {}):
                vals["date_from"] = max(plan.date_from, plan._first_open_day())
            start, stop = (fields.Date.to_date(vals.get(name)) for name in ("date_from", "date_to"))
            if stop and stop < start:
                vals["date_to"] = False
        return vals_list

    def _first_open_day(self):
        """First day of the month after the last one with a statement that was sent; without one, of this month."""
        self.ensure_one()
        Statement = self.env["crm.commission.statement"].sudo()
        domain = [("company_id", "=", self.company_id.id), ("state", "in", FINAL)]
        last = Statement.search(domain, order="month DESC", limit=1).month
        return last + relativedelta(months=1) if last else self.company_id._crm_credit_today().replace(day=1)

    def _rivals(self):
        """Other plans on the same base, people, teams and days: in force then, or with such days booked already."""
        self.ensure_one()
        stop = self.date_to or date.max
        others = (
            self.with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("base", "=", self.base),
                    ("id", "!=", self.id),
                    ("state", "!=", "draft"),
                ]
            )
            .filtered(
                lambda plan: (
                    (not plan.user_ids or not self.user_ids or plan.user_ids & self.user_ids)
                    and (not plan.team_ids or not self.team_ids or plan.team_ids & self.team_ids)
                )
            )
        )
        booked = {
            plan
            for [plan] in self.env["crm.commission.line"]._read_group(
                [
                    ("plan_id", "in", others.ids),
                    ("kind", "in", ("earned", "clawback")),
                    ("date", ">=", self.date_from),
                    ("date", "<=", stop),
                ],
                ["plan_id"],
            )
        }
        return others.filtered(lambda plan: plan in booked or plan._meets(self.date_from, stop))

    def _end(self):
        """End the plan before the first open month, and drop what it earned after that: a later plan pays it.

        A plan that begins later than that paid nothing: it keeps its days and loses its provisional lines.
        """
        self.ensure_one()
        run, company = self.env["crm.commission.run"].sudo(), self.company_id
        last = self._first_open_day() - relativedelta(days=1)
        if self.date_from > last:
            run._forget(company, self)
            run._write_lines(company, [])
            return
        self.date_to = min(self.date_to or last, last)
        if self.line_count:
            run._run(company, company._crm_credit_today())
