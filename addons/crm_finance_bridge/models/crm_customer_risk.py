from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, float_round

from ..tools import expected_loss as rules
from ..tools.payment_score import LETTERS
from .crm_risk_check import METHODS

BALANCE_DAYS = 3 * 365  # an older balance sheet says nothing
COLUMNS = (
    "partner_id", "company_id", "date", "letter", "margin", "sales", "open_amount", "exposed",
    "late_probability", "late_source",
    "lost_fresh", "loss_roll", "loss_behaviour", "loss_option", "balance_id", "option_distance",
    "option_probability", "option_loss_share",
)  # fmt: skip


class CrmCustomerRisk(models.Model):
    """Risk-adjusted return of a customer at a legal entity: expected margin of a year less expected loss.

    Expected margin: margin of what was invoiced in the last twelve months, net of credit notes, as if the next were
    like them; what was sold without a known cost adds none.
    Expected loss: on what is open now (less unapplied receipts) and on a year's invoices as in the last twelve
    months, by the method chosen for the legal entity; the other methods stand beside it. All in company currency,
    loss = positive. Written every night by SQL; figures that a method cannot give are NULL, `method` tells which
    one was used: where the option model has no balance sheet, the customer's behaviour.
    """

    _name = "crm.customer.risk"
    _inherit = ["crm.nightly.row.mixin"]
    _description = "Risk-Adjusted Return"
    _rec_name = "partner_id"
    _order = "risk_return, id"
    _log_access = False

    currency_id = fields.Many2one(related="company_id.currency_id")
    method = fields.Selection(
        [*METHODS, ("none", "Not enough data")], "Method Used", readonly=True, help="Chosen for the company."
    )
    letter = fields.Selection([(name, name) for _least, name in LETTERS], "Payment Class", readonly=True)
    margin = fields.Monetary("Expected Margin", readonly=True, help="Of what was invoiced in the last twelve months.")
    expected_loss = fields.Monetary(readonly=True, help="By the method used.")
    risk_return = fields.Monetary("Risk-Adjusted Return", readonly=True, help="Expected margin less expected loss.")
    sales = fields.Monetary("Invoiced in a Year", readonly=True, help="Tax included, last twelve months.")
    open_amount = fields.Monetary("Open Now", readonly=True, help="Less unapplied receipts and credit notes.")
    exposed = fields.Monetary(
        "Exposed All the Time", readonly=True, help="Open now, or a year's invoices for the days they stay open."
    )
    late_probability = fields.Float("Chance of Being Late", readonly=True, aggregator="avg")
    late_source = fields.Selection(
        [("own", "Own history"), ("company", "The company's average")], "Chance Comes From", readonly=True
    )
    lost_fresh = fields.Float(
        "Chance of Loss", readonly=True, digits=(16, 4), aggregator="avg", help="Of a new invoice, by behaviour."
    )
    loss_behaviour = fields.Monetary("Loss by Behaviour", readonly=True)
    loss_roll = fields.Monetary("Loss by Roll Rates", readonly=True)
    loss_option = fields.Monetary("Loss by Option Model", readonly=True)
    balance_id = fields.Many2one("crm.customer.balance", "Balance Sheet", readonly=True, ondelete="set null")
    option_distance = fields.Float(
        "Distance to Default", readonly=True, aggregator="avg", help="Standard deviations between assets and debts."
    )
    option_probability = fields.Float("Chance of Default", readonly=True, digits=(16, 4), aggregator="avg")
    option_loss_share = fields.Float("Share Lost", readonly=True, digits=(16, 4), aggregator="avg")
    reason = fields.Char("Why", compute="_compute_reason")

    _partner_company_uniq = models.UniqueIndex("(partner_id, company_id)")

    @api.depends("method", "expected_loss", "margin", "late_source", "balance_id")
    def _compute_reason(self):
        for row in self:
            values = {
                "loss": row.currency_id.format(row.expected_loss),
                "late": f"{row.late_probability * 100:.0f}",
                "lost": f"{row.lost_fresh * 100:.1f}",
                "default": f"{row.option_probability * 100:.1f}",
                "margin": row.currency_id.format(row.margin),
            }
            if row.method == "none":
                row.reason = self.env._("Not enough data: under 20 invoices of the company have been due.")
            elif row.method == rules.OPTION:
                row.reason = self.env._(
                    "Debts exceed assets within a year with %(default)s %%: %(loss)s of loss.", **values
                )
            elif row.method == rules.ROLL:
                row.reason = self.env._("The company's roll rates on open and coming invoices: %(loss)s.", **values)
            elif row.late_source == "company":
                row.reason = self.env._(
                    "No own history, the company's average: late %(late)s %%, a new invoice lost %(lost)s %%.", **values
                )
            else:
                row.reason = self.env._(
                    "Chance of being late %(late)s %%, of losing a new invoice %(lost)s %%.", **values
                )

    # === NIGHT === #

    @api.model
    def _process(self, root, today, bills):
        """Write the rows and the checks of a legal entity; returns the number of customers."""
        self.env.flush_all()
        rates = rules.roll_rates(bills, today)
        rows = [self._judge(root, today, rates, facts) for facts in self._facts(root, today, bills)]
        self._store(root, COLUMNS, rows)
        self._apply_method(root)
        self.env["crm.risk.check"].sudo()._keep(root, today, bills)
        return len(rows)

    @api.model
    def _facts(self, root, today, bills):
        """Per customer: what is open, a year's invoices and margin, the score and the newest balance sheet."""
        facts = defaultdict(lambda: {"items": [], "sales": 0.0, "margin": 0.0, "score": None, "balance": None})
        since = today - timedelta(days=rules.YEAR)
        for partner_id, due, amount in self.env["crm.expected.receipt"]._net_items(root, today):
            facts[partner_id]["items"].append(((today - due).days, amount))
        for bill in bills:
            if bill.date > since:
                facts[bill.customer]["sales"] += bill.amount
        for partner_id, margin in self.env.execute_query(self._sql_margin(root, since, today)):
            facts[partner_id]["margin"] = float(margin)
        for score in self.env["crm.payment.score"].sudo().search([("company_id", "=", root.id)]):
            if score.partner_id.id in facts:
                facts[score.partner_id.id]["score"] = score
        balances = self.env["crm.customer.balance"].sudo()
        known = [
            ("company_id", "=", root.id),
            ("date", ">", today - timedelta(days=BALANCE_DAYS)),
            ("date", "<=", today),
        ]
        for balance in balances.search(known, order="date, id"):
            if balance.partner_id.id in facts:
                facts[balance.partner_id.id]["balance"] = balance
        return [{"partner_id": partner_id, **found} for partner_id, found in facts.items() if partner_id]

    @api.model
    def _sql_margin(self, root, since, today):
        """Margin of what was invoiced after `since` until `today`, net of credit notes, company currency.

        By the measure of the scorecard (`crm.metric._margin_lines`). What was sold without a known cost adds none;
        a discount line takes off where the invoice has lines with a cost. Deducted down payments are no discount.
        """
        metric = self.env["crm.metric"].sudo()
        branches = self.env["crm.payment.history"]._branches(root).sudo()
        day = timedelta(days=1)
        return SQL(
            """
            SELECT partner_id, SUM(known + CASE WHEN has_cost THEN discount ELSE 0 END)
              FROM (SELECT sold.partner_id, COALESCE(SUM(sold.sales - sold.cost), 0) AS known,
                           COUNT(sold.cost) > 0 AS has_cost,
                           COALESCE(SUM(sold.sales) FILTER (
                               WHERE sold.cost IS NULL AND line.is_downpayment IS NOT TRUE
                                 AND CASE WHEN sold.move_type = 'out_refund' THEN sold.sales > 0
                                          ELSE sold.sales < 0 END), 0) AS discount
                      FROM (%s) sold JOIN account_move_line line ON line.id = sold.line_id
                     GROUP BY sold.partner_id, sold.move_id) document
             GROUP BY partner_id
            """,
            SQL(" UNION ALL ").join(
                SQL("(%s)", metric._margin_lines(branch, since + day, today + day)) for branch in branches
            ),
        )

    @api.model
    def _judge(self, root, today, rates, facts):
        """One row of COLUMNS."""
        unit, score, balance = root.currency_id.rounding, facts["score"], facts["balance"]
        share = root.crm_loss_given_default / 100

        def money(amount):
            return float_round(amount, precision_rounding=unit)

        owed = sum(amount for _days, amount in facts["items"])
        own = score and score.state == "scored"
        days = root.crm_usual_term + (score.expected_delay if own else root.crm_usual_delay)
        exposed = max(owed, facts["sales"] * max(days, 0) / rules.YEAR)
        late = score.late_probability if own else (rates.steps[0] if rates else None)
        by_roll = by_behaviour = None
        if rates:
            by_roll = money(sum(rules.losses(facts["items"], facts["sales"], rates, None, share)))
            by_behaviour = money(sum(rules.losses(facts["items"], facts["sales"], rates, late, share)))
        figures = balance and rules.Balance(balance.assets, balance.debts, balance.volatility)
        option = rules.option(figures) if figures else None
        by_option = rules.option_loss(figures, exposed, share) if figures else None
        return (
            facts["partner_id"], root.id, today, (score.letter or None) if score else None,
            money(facts["margin"]), money(facts["sales"]),
            money(owed), money(exposed), late,
            None if late is None else "own" if own else "company",
            rates.ahead(0, late) if rates else None, by_roll, by_behaviour,
            None if by_option is None else money(by_option), balance.id if balance else None,
            option and option.distance, option and option.probability, option and option.loss,
        )  # fmt: skip

    @api.model
    def _apply_method(self, root):
        """Take the loss of the chosen method; without balance sheet the behaviour, without data nothing."""
        columns = {
            rules.ROLL: SQL("loss_roll"),
            rules.BEHAVIOUR: SQL("loss_behaviour"),
            rules.OPTION: SQL("COALESCE(loss_option, loss_behaviour)"),
        }
        used = SQL("%s", root.crm_risk_method)
        if root.crm_risk_method == rules.OPTION:
            used = SQL("CASE WHEN loss_option IS NULL THEN %s ELSE %s END", rules.BEHAVIOUR, rules.OPTION)
        loss = columns[root.crm_risk_method]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_customer_risk
                   SET expected_loss = %(loss)s, risk_return = margin - %(loss)s,
                       method = CASE WHEN %(loss)s IS NULL THEN 'none' ELSE %(used)s END
                 WHERE company_id = %(root)s
                """,
                loss=loss,
                used=used,
                root=root.id,
            )
        )
        self.invalidate_model()
