from odoo import fields, models

LEVELS = [("1", "Basic"), ("2", "Good"), ("3", "Expert")]


class CrmAgentSkill(models.Model):
    _name = "crm.agent.skill"
    _description = "Skill of a Service Agent"
    _order = "group_id, level desc, user_id, id"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", "Agent", required=True, index=True, ondelete="cascade", domain=[("share", "=", False)]
    )
    group_id = fields.Many2one("crm.question.group", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="group_id.company_id", store=True, precompute=True, index="btree_not_null")
    level = fields.Selection(LEVELS, required=True, default="2")

    _user_group_uniq = models.UniqueIndex("(user_id, group_id)", "This agent has this skill already.")
