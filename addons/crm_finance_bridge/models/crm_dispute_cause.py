from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmDisputeCause(models.Model):
    """Why customers refuse to pay: a tree of root causes, each with its owner and the time that it may take."""

    _name = "crm.dispute.cause"
    _description = "Root Cause of Disputes"
    _parent_store = True
    _order = "sequence, complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["code", "complete_name"]

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char("Full Name", compute="_compute_complete_name", store=True, recursive=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one("crm.dispute.cause", "Belongs To", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.dispute.cause", "parent_id", "Finer Causes")
    hours = fields.Float(
        "Working Hours", default=40.0, aggregator=None, help="In these a dispute should be settled. 0 = no deadline"
    )
    user_id = fields.Many2one("res.users", "Owner", help="Works on new disputes of this cause.")
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: all companies use this cause.")
    description = fields.Text(translate=True, help="When to choose this cause.")

    _code_uniq = models.UniqueIndex("(code, COALESCE(company_id, 0)) WHERE code != ''", "This code is used already.")
    _hours_positive = models.Constraint("CHECK (hours >= 0)", "Working hours cannot be negative.")

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for cause in self:
            parent = cause.parent_id.complete_name
            cause.complete_name = f"{parent} / {cause.name}" if parent else cause.name

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A cause cannot belong to itself."))
