from collections import defaultdict

from dateutil.relativedelta import relativedelta
from odoo import Command, fields, models


class CrmCommissionSimulation(models.TransientModel):
    """What a plan would have paid for the sales of the last quarter, beside what was paid. Nothing is booked.

    Amounts in company currency. The plan may be a draft: its own dates do not count here.
    """

    _name = "crm.commission.simulation"
    _description = "Commission Simulation"
    _rec_name = "plan_id"

    plan_id = fields.Many2one("crm.commission.plan", required=True)
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date("From", required=True, default=lambda self: self._last_quarter()[0])
    date_to = fields.Date("Until", required=True, default=lambda self: self._last_quarter()[1])
    line_ids = fields.One2many("crm.commission.simulation.line", "simulation_id", "Result", readonly=True)
    amount = fields.Monetary("Would Pay", readonly=True)
    current = fields.Monetary("Paid Now", readonly=True)
    base_amount = fields.Monetary("Base", readonly=True)
    is_done = fields.Boolean(readonly=True)

    def _last_quarter(self):
        """The last full quarter before today."""
        start = fields.Date.start_of(self.env.company._crm_credit_today(), "quarter")
        return start - relativedelta(months=3), start - relativedelta(days=1)

    def action_simulate(self):
        self.ensure_one()
        self.plan_id.check_access("write")
        totals = defaultdict(lambda: {"source_amount": 0.0, "base_amount": 0.0, "amount": 0.0, "current": 0.0})
        for user, month, vals in self.env["crm.commission.run"]._simulate(self.plan_id, self.date_from, self.date_to):
            row = totals[user or False, month]
            row["amount"] += vals["amount"]
            if not vals["is_override"]:
                row["source_amount"] += vals["source_amount"]
                row["base_amount"] += vals["base_amount"]
        cap = self.plan_id.cap_amount
        for row in totals.values():
            row["amount"] = min(row["amount"], cap) if cap else row["amount"]
        for user, month, amount in self.env["crm.commission.line"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("month", ">=", self.date_from.replace(day=1)),
                ("month", "<=", self.date_to),
                ("user_id", "!=", False),
            ],
            ["user_id", "month:month"],
            ["amount:sum"],
        ):
            totals[user.id, month]["current"] += amount
        self.write(
            {
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create({"user_id": user, "month": month, **row})
                        for (user, month), row in sorted(totals.items(), key=str)
                    ),
                ],
                "amount": sum(row["amount"] for row in totals.values()),
                "current": sum(row["current"] for row in totals.values()),
                "base_amount": sum(row["base_amount"] for row in totals.values()),
                "is_done": True,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Simulation of %s", self.plan_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }
