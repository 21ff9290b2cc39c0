from odoo import fields, models


class CrmFollowTask(models.Model):
    """A task that a follow-up rule gave; kept when its activity is done, so that the rest of a customer is known."""

    _name = "crm.follow.task"
    _description = "Follow-up Task"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    rule_id = fields.Many2one("crm.follow.rule", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one("res.users", "Given to", readonly=True, ondelete="set null")
    date = fields.Date("Given on", required=True, readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null", index="btree_not_null")
    reason = fields.Char("Why", readonly=True)
    is_open = fields.Boolean("Open", compute="_compute_is_open", compute_sudo=True)

    def _compute_is_open(self):
        for task in self:
            task.is_open = task.activity_id.active

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
