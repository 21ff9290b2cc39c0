from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import experiment as rules
from .crm_experiment import MONEY, RATES

OUTCOMES = [
    ("running", "Running"),
    ("not_enough", "Not enough data"),
    ("mismatch", "Cells not as drawn"),
    ("undecided", "Undecided"),
    ("winner", "Winner found"),
    ("baseline", "Baseline stays"),
]


class CrmExperimentResult(models.Model):
    """What a split test shows: measured while it runs, judged once on the day of decision, then frozen."""

    _inherit = "crm.experiment"

    date_measured = fields.Datetime("Measured on", readonly=True, copy=False)
    outcome = fields.Selection(OUTCOMES, readonly=True, copy=False, tracking=True)
    winner_id = fields.Many2one("crm.experiment.arm", readonly=True, copy=False, ondelete="set null")
    reason = fields.Char("Why", compute="_compute_reason")
    mismatch_p = fields.Float("Cells as Drawn (p)", readonly=True, copy=False, digits=(8, 5), aggregator=None)
    gain = fields.Monetary("Added Margin", readonly=True, copy=False, help="Margin ordered above the holdout's.")
    gain_low = fields.Monetary("Added Margin from", readonly=True, copy=False, aggregator=None)
    gain_high = fields.Monetary("Added Margin to", readonly=True, copy=False, aggregator=None)
    has_gain = fields.Boolean(readonly=True, copy=False)
    adopted = fields.Boolean(readonly=True, copy=False, tracking=True)
    adopted_date = fields.Date(readonly=True, copy=False)
    adopted_share = fields.Float("Adopted (%)", compute="_compute_adopted_share", store=True, aggregator="avg")
    rollout_mailing_id = fields.Many2one("mailing.mailing", readonly=True, copy=False, ondelete="set null")

    @api.depends("adopted")
    def _compute_adopted_share(self):
        for test in self:
            test.adopted_share = 100.0 if test.adopted else 0.0

    # === MEASURE === #

    def action_measure(self):
        self.filtered(lambda test: test.state == "running")._measure()

    def _measure(self, now=None):
        """Write units and results of the cells; while a test runs, no verdict."""
        now = now or fields.Datetime.now()
        for test in self:
            cells = test._cells(test._measure_query(test.metric, now))
            scale = 100.0 if test.metric in RATES else 1.0
            for arm in test.sudo().arm_ids:
                cell = cells.get(arm.id, rules.Cell(0, 0.0, 0.0))
                if test.metric in RATES:
                    low, high = rules.wilson(cell.total, cell.units, test.confidence / 100)
                else:
                    low, high = rules.mean_interval(cell, test.confidence / 100)
                arm.write(
                    {
                        "units": cell.units,
                        "total": cell.total,
                        "squares": cell.squares,
                        "result": scale * cell.mean,
                        "result_low": scale * low,
                        "result_high": scale * high,
                    }
                )
            test.sudo().write({"date_measured": now, "outcome": test.outcome or "running"})

    def _cells(self, measure):
        """{arm id: Cell} of a query of (unit, value): customers without a row count as 0."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT member.arm_id, COUNT(*), COALESCE(SUM(measured.value), 0)::float,
                          COALESCE(SUM(measured.value * measured.value), 0)::float
                     FROM (SELECT DISTINCT arm_id, commercial_partner_id AS unit FROM crm_experiment_member
                            WHERE experiment_id = %s) member
                     LEFT JOIN (%s) measured ON measured.unit = member.unit
                    GROUP BY member.arm_id""",
                self.id,
                measure,
            )
        )
        return {arm: rules.Cell(units, total, squares) for arm, units, total, squares in rows}

    def _measure_query(self, metric, now):
        """Query of (unit, value), one row a customer at most, from the drawing to the decision."""
        self.ensure_one()
        start, stop = self.date_start or now, min(now, self.date_decision or now)
        if metric in ("click", "reply"):
            return self._measure_answers(metric, start, stop)
        if metric == "collected":
            return SQL(
                """SELECT partner_id AS unit, SUM(amount)::float AS value FROM %s collection
                    WHERE company_id = %s AND date >= %s AND date <= %s GROUP BY partner_id""",
                self.env["crm.collection"].sudo()._table_sql,
                self.company_id.id,
                start.date(),
                stop.date(),
            )
        value = SQL("1.0") if metric == "order" else SQL("SUM(line.margin / COALESCE(so.currency_rate, 1))::float")
        return SQL(
            """SELECT partner.commercial_partner_id AS unit, %(value)s AS value
                 FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
                 LEFT JOIN sale_order_line line ON line.order_id = so.id
                WHERE so.state = 'sale' AND so.company_id = %(company)s
                  AND so.date_order >= %(start)s AND so.date_order < %(stop)s
                GROUP BY 1""",
            value=value,
            company=self.company_id.id,
            start=start,
            stop=stop,
        )

    def _measure_answers(self, metric, start, stop):
        """Customers who clicked or answered their cell's mailing; machines do not count (touch log)."""
        column = SQL.identifier("trace", "links_click_datetime" if metric == "click" else "reply_datetime")
        return SQL(
            """SELECT partner.commercial_partner_id AS unit, 1.0 AS value
                 FROM crm_experiment_arm arm
                 JOIN mailing_trace trace ON trace.mass_mailing_id = arm.mailing_id AND trace.model = 'res.partner'
                 JOIN res_partner partner ON partner.id = trace.res_id
                WHERE arm.experiment_id = %(test)s AND trace.is_test_trace IS NOT TRUE
                  AND %(date)s >= %(start)s AND %(date)s < %(stop)s
                  AND NOT EXISTS (SELECT 1 FROM crm_touch touch
                                   WHERE touch.mailing_id = arm.mailing_id AND touch.contact_id = partner.id
                                     AND touch.kind = %(kind)s AND NOT touch.valid
                                     AND touch.date = %(date)s)
                GROUP BY 1""",
            test=self.id,
            date=column,
            start=start,
            stop=stop,
            kind=metric,
        )

    # === DECIDE === #

    @api.model
    def _cron_decide(self):
        now = fields.Datetime.now()
        due = self._due(now)
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for test in due:
            test[0]._process_decision(now)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _due(self, now):
        return self.search([("state", "=", "running"), ("date_decision", "<=", now)])

    def _process_decision(self, now):
        """Decide one test unless another job is at it."""
        self.try_lock_for_update()._decide(now)

    def action_decide(self):
        self.check_access("write")
        self._decide(fields.Datetime.now())

    def _decide(self, now):
        """Judge once, on the day fixed; a second call changes nothing."""
        for test in self.filtered(lambda test: test.state == "running"):
            if now < test.date_decision:
                raise UserError(self.env._("%(test)s is decided on the day fixed for it, not before.", test=test.name))
            test._measure(now)
            test._judge()
            test._measure_gain(now)
            test.sudo().write({"state": "decided"})
            test.sudo().message_post(body=test.reason)

    def _baseline(self):
        """The cell that the variants are compared with: control, else holdout, else the first variant."""
        arms = self.sudo().arm_ids
        kinds = ("control", "variant") if self.metric in ("click", "reply") else ("control", "holdout", "variant")
        for kind in kinds:
            if found := arms.filtered(lambda arm, kind=kind: arm.kind == kind):
                return found[0]
        return arms[:1]

    def _judge(self):
        """Verdict of each variant against the baseline, and the outcome."""
        self.ensure_one()
        arms = self.sudo().arm_ids
        _value, mismatch = rules.ratio_mismatch(arms.mapped("units"), arms.mapped("share"))
        baseline = self._baseline()
        rivals = arms.filtered(lambda arm: arm.kind == "variant" and arm != baseline)
        scale = 100.0 if self.metric in RATES else 1.0
        for arm in rivals:
            found = self._compare(baseline, arm, len(rivals))
            arm.write(
                {
                    "difference": scale * found.difference,
                    "difference_low": scale * found.low,
                    "difference_high": scale * found.high,
                    "p_value": found.p_value,
                    "chance": 100 * found.chance,
                    "verdict": "mismatch" if mismatch < rules.MISMATCH_LEVEL else found.verdict,
                    "needed": found.needed,
                }
            )
        outcome, winner = self._outcome(baseline, rivals)
        self.sudo().write({"mismatch_p": mismatch, "outcome": outcome, "winner_id": winner.id})

    def _compare(self, baseline, arm, comparisons):
        cells = [rules.Cell(cell.units, cell.total, cell.squares) for cell in (baseline, arm)]
        compare = rules.compare_means if self.metric in MONEY else rules.compare_rates
        return compare(
            *cells, self.confidence / 100, self.power / 100, comparisons=comparisons, planned=self.required_units
        )

    @api.model
    def _outcome(self, baseline, rivals):
        verdicts = set(rivals.mapped("verdict"))
        none = rivals.browse()
        if not verdicts or "mismatch" in verdicts:
            return "mismatch" if verdicts else "not_enough", none
        better = rivals.filtered(lambda arm: arm.verdict == "better")
        if better:
            return "winner", better.sorted("difference")[-1]
        if verdicts == {"worse"}:
            return ("winner", baseline) if baseline.kind == "variant" else ("baseline", baseline)
        return ("not_enough", none) if verdicts == {"not_enough"} else ("undecided", none)

    def _measure_gain(self, now):
        """Margin of everyone treated above what the holdout says they would have ordered anyway."""
        holdout = self.arm_ids.filtered(lambda arm: arm.kind == "holdout")
        treated = self.arm_ids.filtered(lambda arm: arm.kind in ("control", "variant"))
        cells = self._cells(self._measure_query("margin", now))
        empty = rules.Cell(0, 0.0, 0.0)
        parts = [cells.get(arm.id, empty) for arm in treated]
        together = rules.Cell(*(sum(values) for values in zip(*parts, strict=True))) if parts else empty
        found = holdout and rules.incremental(cells.get(holdout.id, empty), together, self.confidence / 100)
        if found:
            gain, low, high = found
            self.sudo().write({"has_gain": True, "gain": gain, "gain_low": low, "gain_high": high})

    # === WHY === #

    @api.depends("outcome", "winner_id", "arm_ids.verdict", "date_decision", "state")
    @api.depends_context("lang", "tz")
    def _compute_reason(self):
        for test in self:
            test.reason = test._reason()

    def _reason(self):
        """The result in one sentence, with its inputs."""
        baseline, rivals = self._baseline(), self.sudo().arm_ids.filtered("verdict")
        if self.state in ("draft", "cancelled"):
            return self.size_reason if self.state == "draft" else self.env._("Cancelled: no result.")
        if self.state == "running":
            return self.env._(
                "Running with %(units)s customers; decided on %(day)s.",
                units=sum(self.sudo().arm_ids.mapped("units")),
                day=fields.Date.to_string(self.date_decision),
            )
        if self.outcome == "mismatch":
            return self.env._("The cells are not as large as drawn: something removed customers; no verdict.")
        best = self.winner_id if self.winner_id in rivals else rivals.sorted("p_value")[:1]
        if not best:
            return self.env._("Nothing to compare.")
        values = {
            "arm": best.name,
            "result": self._figure(best.result),
            "base": self._figure(baseline.result),
            "baseline": baseline.name,
            "p": rules.p_text(best.p_value),
            "needed": max(rivals.mapped("needed")),
        }
        if self.outcome in ("winner", "baseline"):
            return self.env._("%(arm)s: %(result)s against %(base)s of %(baseline)s, p %(p)s.", **values)
        return self.env._(
            "Undecided, needs %(needed)s more customers in each cell. %(arm)s: %(result)s against %(base)s of "
            "%(baseline)s, p %(p)s.",
            **values,
        )

    def _figure(self, value):
        return self.currency_id.format(value) if self.metric in MONEY else f"{value:.2f} %"
