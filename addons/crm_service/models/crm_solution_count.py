from odoo import api, fields, models

from ..tools import outcomes


class CrmSolution(models.Model):
    """How often a solution was used and how often it worked."""

    _inherit = "crm.solution"

    use_ids = fields.One2many("crm.solution.use", "solution_id", "Uses", readonly=True)
    use_count = fields.Integer("Times Used", compute="_compute_use_counts", store=True, compute_sudo=True)
    helped_count = fields.Integer("Times Helped", compute="_compute_use_counts", store=True, compute_sudo=True)
    judged_count = fields.Integer(
        "Times Judged",
        compute="_compute_use_counts",
        store=True,
        compute_sudo=True,
        help="Uses that are known to have helped or not.",
    )
    helped_text = fields.Char("How Often It Worked", compute="_compute_helped_text")

    @api.depends("use_ids.outcome")
    def _compute_use_counts(self):
        counts = {}
        for solution, outcome, count in self.env["crm.solution.use"]._read_group(
            [("solution_id", "in", self.ids)], ["solution_id", "outcome"], ["__count"]
        ):
            counts[solution.id, outcome] = count
        for solution in self:
            helped = counts.get((solution._origin.id, outcomes.HELPED), 0)
            judged = helped + counts.get((solution._origin.id, outcomes.NOT_HELPED), 0)
            solution.helped_count = helped
            solution.judged_count = judged
            solution.use_count = judged + counts.get((solution._origin.id, outcomes.OPEN), 0)

    @api.depends("helped_count", "judged_count", "use_count")
    @api.depends_context("lang")
    def _compute_helped_text(self):
        for solution in self:
            rate = outcomes.rate(solution.helped_count, solution.judged_count)
            facts = {"helped": solution.helped_count, "judged": solution.judged_count, "used": solution.use_count}
            if not solution.use_count:
                solution.helped_text = self.env._("Not used yet")
            elif rate is None:
                solution.helped_text = self.env._("Used %(used)s times, not enough data", **facts)
            else:
                solution.helped_text = self.env._(
                    "Worked %(helped)s of %(judged)s times (%(share)s %%)", share=round(rate * 100), **facts
                )

    def action_open_uses(self):
        """The tickets on which these solutions were applied."""
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_solution_use_action")
        action["domain"] = [("solution_id", "in", self.ids)]
        return action
