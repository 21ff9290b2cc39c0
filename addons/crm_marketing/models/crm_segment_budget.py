from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools import segments


class CrmSegmentBudget(models.Model):
    """A budget laid out over segments: the best expected margin per unit of cost first, in full, until it is spent."""

    _name = "crm.segment.budget"
    _description = "Budget over Segments"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Laid Out on", readonly=True, copy=False)
    budget = fields.Monetary(required=True, tracking=True)
    segment_ids = fields.Many2many(
        "crm.segment",
        string="Segments",
        domain="[('company_id', '=', company_id)]",
        help="Empty: all segments of the company.",
    )
    line_ids = fields.One2many("crm.segment.budget.line", "budget_id", copy=False)
    allocated = fields.Monetary(compute="_compute_allocated")
    left = fields.Monetary("Kept", compute="_compute_allocated")

    _check_budget = models.Constraint("CHECK (budget >= 0)", "The budget cannot be negative.")

    @api.depends("budget", "line_ids.allocated")
    def _compute_allocated(self):
        for plan in self:
            plan.allocated = sum(plan.line_ids.mapped("allocated"))
            plan.left = plan.budget - plan.allocated

    def action_allocate(self):
        """Rank the segments and lay out the budget anew."""
        self.check_access("write")
        for plan in self:
            domain = [("company_id", "=", plan.company_id.id)]
            found = plan.segment_ids or self.env["crm.segment"].search(domain)
            if not found:
                raise UserError(self.env._("There is no segment in %(company)s yet.", company=plan.company_id.name))
            needs = {
                segment.id: segments.Need(
                    segment.id, segment.contact_cost * segment.member_count, segment.expected_margin
                )
                for segment in found
            }
            given = segments.allocate(plan.budget, needs.values(), plan.currency_id.decimal_places)
            places = {need.key: place for place, need in enumerate(segments.rank(needs.values()), start=1)}
            plan.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "segment_id": segment.id,
                        "rank": places.get(segment.id, 0),
                        "members": segment.member_count,
                        "cost": needs[segment.id].cost,
                        "expected_margin": segment.expected_margin,
                        "ratio": needs[segment.id].ratio or 0.0,
                        "allocated": given.get(segment.id, 0.0),
                        "reason": segment.economy_text,
                    }
                )
                for segment in found.sorted(lambda one, places=places: (places.get(one.id, len(places) + 1), one.id))
            ]
            plan.date = fields.Date.context_today(plan)
        return True
