from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools import payment_score as rules

COLUMNS = (
    "partner_id", "company_id", "date", "state", "score", "letter", "late_probability", "expected_delay",
    "average_delay", "trend", "settled_count", "overdue_count", "kept_count", "broken_count", "dispute_count",
    "has_limit", "limit_used",
    *(f"points_{code}" for code in rules.POINTS),
)  # fmt: skip


class CrmPaymentScore(models.Model):
    """How a customer pays at a legal entity (root company), judged every night by `tools/payment_score.py`.

    Rows are written by SQL, one per commercial partner with an invoice in the last three years, never by hand.
    Without three paid invoices the state is `no_history` and the figures are NULL: read the state first.
    Days count from the due date to the money, + = late. `late_probability` is a share, 0 to 1.
    """

    _name = "crm.payment.score"
    _inherit = ["crm.nightly.row.mixin"]
    _description = "Payment Score"
    _rec_name = "partner_id"
    _order = "score, id"
    _log_access = False

    state = fields.Selection(
        [("scored", "Scored"), ("no_history", "No history")],
        "History",
        required=True,
        readonly=True,
        help="No history: fewer than three paid invoices.",
    )
    score = fields.Integer("Payment Score", readonly=True, aggregator="avg", help="0 to 100, 100 is the best.")
    letter = fields.Selection([(name, name) for _least, name in rules.LETTERS], "Payment Class", readonly=True)
    late_probability = fields.Float(
        "Chance of Being Late",
        readonly=True,
        aggregator="avg",
        help="That the next invoice is paid after its due date.",
    )
    expected_delay = fields.Integer(
        "Expected Delay (Days)", readonly=True, aggregator="avg", help="From due date to money; negative is early."
    )
    average_delay = fields.Float(
        "Days Late", readonly=True, aggregator="avg", help="Weighted by amount; early counts as on time."
    )
    trend = fields.Float(
        "Trend (Days)", readonly=True, aggregator="avg", help="Last five invoices against those before; + = later."
    )
    settled_count = fields.Integer("Paid Invoices", readonly=True)
    overdue_count = fields.Integer("Overdue Invoices", readonly=True)
    kept_count = fields.Integer("Promises Kept", readonly=True)
    broken_count = fields.Integer("Promises Broken", readonly=True)
    dispute_count = fields.Integer("Disputes Lost by Customer", readonly=True)
    has_limit = fields.Boolean("With Credit Limit", readonly=True)
    limit_used = fields.Float(
        "Credit Limit Used",
        readonly=True,
        aggregator="avg",
        help="Exposure as a share of the credit limit on the day of the score; empty without a limit.",
    )
    points_late = fields.Float("Points Lost: Share Late", readonly=True, aggregator="avg")
    points_delay = fields.Float("Points Lost: Days Late", readonly=True, aggregator="avg")
    points_trend = fields.Float("Points Lost: Trend", readonly=True, aggregator="avg")
    points_promise = fields.Float("Points Lost: Promises", readonly=True, aggregator="avg")
    points_dispute = fields.Float("Points Lost: Disputes", readonly=True, aggregator="avg")
    points_limit = fields.Float("Points Lost: Credit Limit Used", readonly=True, aggregator="avg")
    reasons = fields.Text("Why", compute="_compute_reasons")

    _partner_company_uniq = models.UniqueIndex("(partner_id, company_id)")

    @api.depends("state", "score", "settled_count", "overdue_count")
    def _compute_reasons(self):
        """The three parts that cost most points, one sentence each."""
        for record in self:
            if record.state == "no_history":
                text = self.env._(
                    "No history: %(count)s of %(least)s paid invoices.",
                    count=record.settled_count,
                    least=rules.MIN_SETTLED,
                )
                if record.overdue_count:
                    text += " " + self.env._("%(count)s overdue.", count=record.overdue_count)
                record.reasons = text
                continue
            parts = sorted(((record[f"points_{code}"], code) for code in rules.POINTS), reverse=True)
            texts = [record._reason(code, points) for points, code in parts[:3] if points >= 0.5]
            record.reasons = "\n".join(texts) or self.env._("Pays on time.")

    def _reason(self, code, points):
        """One sentence for the points that a part took off."""
        values = {
            "points": f"{points:.0f}",
            "share": f"{self.late_probability * 100:.0f}",
            "days": f"{self.trend if code == rules.TREND else self.average_delay:.0f}",
            "count": self.settled_count + self.overdue_count,
            "broken": self.broken_count,
            "promises": self.kept_count + self.broken_count,
            "disputes": self.dispute_count,
            "used": f"{self.limit_used * 100:.0f}",
        }
        if code == rules.LATE:
            return self.env._("Chance of being late %(share)s %%, from %(count)s invoices (-%(points)s).", **values)
        if code == rules.DELAY:
            return self.env._("%(days)s days late on average, weighted by amount (-%(points)s).", **values)
        if code == rules.TREND:
            return self.env._("Last five invoices %(days)s days later than before (-%(points)s).", **values)
        if code == rules.PROMISE:
            return self.env._("%(broken)s of %(promises)s promises broken (-%(points)s).", **values)
        if code == rules.LIMIT:
            return self.env._("%(used)s %% of the credit limit used (-%(points)s).", **values)
        return self.env._("%(disputes)s disputes decided against the customer (-%(points)s).", **values)

    # === READ === #

    @api.model
    def _by_partner(self, company, partners):
        """The scores of some customers at a legal entity as {commercial partner id: record}, whoever asks."""
        found = self.sudo().search(
            [("company_id", "=", company.root_id.id), ("partner_id", "in", partners.commercial_partner_id.ids)]
        )
        return {record.partner_id.id: record for record in found}

    # === REFRESH === #

    @api.model
    def _cron_refresh(self, date=None):
        """Nightly: judge every customer of every legal entity; safe to stop and to run twice."""
        roots = self.env["crm.payment.history"]._roots()
        for root in self.env["crm.cron.turn"]._each("crm.payment.score", roots):
            self._process_night(root, fields.Date.to_date(date) or root._crm_credit_today())

    @api.model
    def _process_night(self, root, today):
        """The nightly work of one legal entity: scores, then what is built on them."""
        bills = self.env["crm.payment.history"]._bills(root, today)
        self._refresh(root, today, bills)
        self.env["crm.funds.forecast"]._process(root, today, bills)
        self.env["crm.customer.risk"]._process(root, today, bills)

    @api.model
    def _refresh(self, root, today, bills=None):
        """Judge the customers of a legal entity as of the morning of `today`; returns the number of rows."""
        bills = self.env["crm.payment.history"]._bills(root, today) if bills is None else bills
        rows = self._judge(root, today, bills)
        self._store(root, COLUMNS, rows)
        root.sudo().write(
            {
                "crm_usual_delay": rules.middle((bill.settled - bill.due).days for bill in bills if bill.settled),
                "crm_usual_term": rules.middle((bill.due - bill.date).days for bill in bills),
            }
        )
        self.env["crm.payment.score.check"]._keep(root, today, bills)
        return len(rows)

    @api.model
    def _judge(self, root, today, bills):
        by_partner = defaultdict(list)
        for bill in bills:
            by_partner[bill.customer].append(bill)
        prior = rules.prior_of(bills, today)
        conduct = self._conduct(root, today)
        rows = []
        for partner_id, own in by_partner.items():
            found = conduct.get(partner_id, rules.Conduct())
            verdict = rules.score(rules.known_at(own, today), prior, found)
            points = dict(verdict.parts)
            rows.append(
                (
                    partner_id, root.id, today, "no_history" if verdict.score is None else "scored", verdict.score,
                    verdict.letter, verdict.late_probability, verdict.expected_delay, verdict.average_delay,
                    verdict.trend, verdict.settled, verdict.overdue, found.kept, found.broken, found.disputes,
                    found.used is not None, found.used,
                    *(points.get(code) for code in rules.POINTS),
                )
            )  # fmt: skip
        return rows

    @api.model
    def _conduct(self, root, today):
        """Promises, disputes and credit taken of each customer at a legal entity, as {partner id: Conduct}."""
        companies = self.env["crm.payment.history"]._branches(root).ids
        counts = defaultdict(lambda: {"kept": 0, "broken": 0, "disputes": 0})
        for partner_id, used in self._limits_used(root, today):
            counts[partner_id]["used"] = float(used)
        wanted = (
            ("crm.payment.promise", {"kept": "kept", "broken": "broken"}),
            ("crm.dispute", {"won": "disputes"}),
        )
        for model, names in wanted:
            groups = (
                self.env[model]
                .sudo()
                ._read_group(
                    [("company_id", "in", companies), ("state", "in", list(names))],
                    ["partner_id", "state"],
                    ["__count"],
                )
            )
            for partner, state, count in groups:
                counts[partner.commercial_partner_id.id][names[state]] += count
        return {partner_id: rules.Conduct(**values) for partner_id, values in counts.items()}

    @api.model
    def _limits_used(self, root, today):
        """(customer, exposure as a share of the limit) of all who have a credit limit."""
        exposure = self.env["crm.credit.exposure"].sudo()
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT partner_id, GREATEST(exposure, 0) / amount_limit FROM (%s) position WHERE amount_limit > 0",
                exposure._query(root, today=today),
            )
        )

    # === ACTIONS === #

    def action_open_invoices(self):
        """The paid and open invoices behind the score, newest first."""
        self.ensure_one()
        if not self.env["account.move"].has_access("read"):
            raise AccessError(self.env._("You may not open invoices."))
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        return {
            **action,
            "domain": [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "child_of", self.company_id.id),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
            ],
            "context": {"default_move_type": "out_invoice", "create": False},
        }

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id._get_records_action()
