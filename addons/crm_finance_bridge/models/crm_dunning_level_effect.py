from odoo import fields, models
from odoo.addons.crm_marketing.tools import experiment

VERDICTS = [
    (experiment.NOT_ENOUGH, "Not enough data"),
    (experiment.UNDECIDED, "Undecided"),
    (experiment.BETTER, "Works"),
    (experiment.WORSE, "Does harm"),
]


class CrmDunningLevel(models.Model):
    """What a level brings: customers who pay in the days after it, against those who were held out."""

    _inherit = "crm.dunning.level"

    sent_count = fields.Integer("Reminded", compute="_compute_effect", compute_sudo=True)
    held_count = fields.Integer("Held Out", compute="_compute_effect", compute_sudo=True)
    sent_rate = fields.Float("Reminded, Paying %", compute="_compute_effect", compute_sudo=True)
    held_rate = fields.Float("Held Out, Paying %", compute="_compute_effect", compute_sudo=True)
    sent_collected = fields.Monetary("Collected", compute="_compute_effect", compute_sudo=True)
    days_to_cash = fields.Float("Days to Cash", compute="_compute_effect", compute_sudo=True, digits=(6, 1))
    effect = fields.Float("Effect (Points)", compute="_compute_effect", compute_sudo=True, digits=(6, 1))
    effect_state = fields.Selection(VERDICTS, "Verdict", compute="_compute_effect", compute_sudo=True)
    effect_text = fields.Char("Why", compute="_compute_effect", compute_sudo=True)

    def _compute_effect(self):
        groups = self.env["crm.dunning.result"]._read_group(
            [("level_id", "in", self.ids), ("is_complete", "=", True)],
            ["level_id", "arm"],
            ["__count", "paid:sum", "collected:sum", "days_to_cash:avg"],
        )
        found = {(level.id, arm): numbers for level, arm, *numbers in groups}
        for level in self:
            sent, paid, collected, days = found.get((level.id, "sent"), (0, 0, 0.0, 0.0))
            held, held_paid = found.get((level.id, "held"), (0, 0))[:2]
            level.sent_count, level.held_count = sent, held
            level.sent_collected, level.days_to_cash = collected, days
            level.sent_rate = 100.0 * paid / sent if sent else 0.0
            level.held_rate = 100.0 * held_paid / held if held else 0.0
            result = experiment.compare_rates(experiment.rate_cell(held_paid, held), experiment.rate_cell(paid, sent))
            level._set_effect(result)

    def _set_effect(self, result):
        if result.verdict == experiment.NOT_ENOUGH:
            self.effect, self.effect_state = 0.0, experiment.NOT_ENOUGH
            self.effect_text = self.env._(
                "%(sent)s reminded and %(held)s held out are too few to compare",
                sent=self.sent_count,
                held=self.held_count,
            )
            return
        self.effect, self.effect_state = 100 * result.difference, result.verdict
        self.effect_text = self.env._(
            "Paying within the days of delay: %(sent_rate).0f %% of %(sent)s reminded, %(held_rate).0f %% of %(held)s"
            " held out; difference between %(low)+.0f and %(high)+.0f points",
            sent_rate=self.sent_rate,
            sent=self.sent_count,
            held_rate=self.held_rate,
            held=self.held_count,
            low=100 * result.low,
            high=100 * result.high,
        )

    def action_view_results(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_dunning_result_action")
        return {**action, "domain": [("level_id", "=", self.id)]}
