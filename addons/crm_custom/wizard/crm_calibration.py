from odoo import Command, fields, models
from odoo.tools import format_date

from ..report.crm_probability_check import HORIZON_DAYS
from ..tools import calibration as rules


class CrmCalibration(models.TransientModel):
    """How far the probabilities shown came true: reliability bins and Brier score, or 'not enough data'."""

    _name = "crm.calibration"
    _description = "Calibration of Probability"

    date_from = fields.Date("Closed from")
    date_to = fields.Date("Closed up to")
    team_id = fields.Many2one("crm.team", string="Sales team")
    user_id = fields.Many2one("res.users", string="Salesperson")
    days = fields.Integer("Days before closing", default=HORIZON_DAYS, required=True)
    state = fields.Selection(
        [("ask", "To measure"), ("no_data", "Not enough data"), ("done", "Measured")], default="ask", required=True
    )
    won = fields.Integer(readonly=True)
    lost = fields.Integer(readonly=True)
    brier = fields.Float("Brier score", readonly=True, digits=(16, 4))
    reference = fields.Float("With the win rate for every deal", readonly=True, digits=(16, 4))
    verdict = fields.Char(readonly=True)
    line_ids = fields.One2many("crm.calibration.line", "calibration_id", readonly=True)

    def _domain(self):
        domain = [("company_id", "in", self.env.companies.ids)]
        if self.date_from:
            domain.append(("date", ">=", self.date_from))
        if self.date_to:
            domain.append(("date", "<=", self.date_to))
        if self.team_id:
            domain.append(("team_id", "=", self.team_id.id))
        if self.user_id:
            domain.append(("user_id", "=", self.user_id.id))
        return domain

    def action_measure(self):
        self.ensure_one()
        check = self.env["crm.probability.check"].with_context(calibration_days=max(self.days, 1))
        rows = check._read_group(self._domain(), ["probability", "status"], ["__count"])
        deals = [(chance, status == "won") for chance, status, count in rows for _number in range(count)]
        won = sum(1 for _chance, status in deals if status)
        lost = len(deals) - won
        values = {"won": won, "lost": lost, "line_ids": [Command.clear()], "state": "no_data"}
        if rules.enough(won, lost):
            values |= {"state": "done", "brier": rules.brier(deals), "reference": rules.reference(deals)}
            values["line_ids"] += [
                Command.create({"low": found.low, "deals": found.deals, "mean": found.mean, "actual": found.actual})
                for found in rules.bins(deals)
            ]
        values["verdict"] = self._verdict(values)
        # sudo: lines are made here only, from figures that the user's own rules have let through.
        self.sudo().write(values)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Calibration of Probability"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _verdict(self, values):
        if values["state"] == "no_data":
            first = self.env["crm.pipeline.day"].sudo().search([("source", "=", "measured")], order="day", limit=1)
            return self.env._(
                "Not enough data: %(won)s won and %(lost)s lost, at least %(least)s each. Measured since %(since)s.",
                won=values["won"],
                lost=values["lost"],
                least=rules.MIN_EACH,
                since=format_date(self.env, first.day) if first else "-",
            )
        if values["brier"] < values["reference"]:
            return self.env._("The probabilities tell more than the win rate alone.")
        return self.env._("The probabilities tell no more than the win rate alone.")

    def action_deals(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deals of the calibration"),
            "res_model": "crm.probability.check",
            "views": [(False, "list"), (False, "graph"), (False, "pivot")],
            "domain": self._domain(),
            "context": {"calibration_days": max(self.days, 1), "group_by": ["band"]},
        }
