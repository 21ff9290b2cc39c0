from odoo import fields, models


class CrmVisit(models.Model):
    """Where in a plan the visit stands: number 1 to n of its customer."""

    _inherit = "crm.visit"

    plan_line_id = fields.Many2one(
        "crm.visit.plan.line",
        string="Plan line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    plan_id = fields.Many2one(
        "crm.visit.plan",
        string="Visit plan",
        related="plan_line_id.plan_id",
        store=True,
        index="btree_not_null",
    )
    plan_number = fields.Integer(readonly=True, copy=False, aggregator=None)

    _plan_number_unique = models.UniqueIndex(
        "(plan_line_id, plan_number) WHERE plan_line_id IS NOT NULL", "A planned visit is made once."
    )
