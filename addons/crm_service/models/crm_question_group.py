from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..tools import assignment


class CrmQuestionGroup(models.Model):
    """A kind of question, recognised by the product's category and by words of the request.

    The rule is `assignment.match_group`; agents have skills in groups, and totals are reported by group.
    """

    _name = "crm.question.group"
    _inherit = ["crm.cached.mixin"]
    _description = "Question Group"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="Of two groups that fit equally well the first is taken.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: all companies.")
    category_ids = fields.Many2many(
        "product.category", string="Product Categories", help="With their sub-categories. Empty: any product."
    )
    keywords = fields.Text(help="Separated by commas or lines. A word counts where a word begins with it.")
    skill_ids = fields.One2many("crm.agent.skill", "group_id", "Skilled Agents")
    ticket_count = fields.Integer("Tickets", compute="_compute_counts")
    open_count = fields.Integer("Open", compute="_compute_counts")

    @api.constrains("category_ids", "keywords")
    def _check_criteria(self):
        for group in self:
            if not group.category_ids and not assignment.split_keywords(group.keywords):
                raise ValidationError(
                    self.env._("Give '%(group)s' product categories or keywords.", group=group.display_name)
                )

    def _compute_counts(self):
        rows = self.env["crm.ticket"]._read_group(
            [("question_group_id", "in", self.ids)], ["question_group_id", "stage_kind"], ["__count"]
        )
        for group in self:
            counts = {kind: count for found, kind, count in rows if found == group}
            group.ticket_count = sum(counts.values())
            group.open_count = sum(counts.get(kind, 0) for kind in ("new", "open", "waiting"))

    # === RULES, CACHED: most tickets are created where nobody uses groups === #

    @api.model
    @ormcache()
    def _rules(self):
        """Return ((company id or False, assignment.Group) ...) of all active groups, in order."""
        return tuple(
            (
                group.company_id.id,
                assignment.Group(
                    group.id, frozenset(group.category_ids.ids), assignment.split_keywords(group.keywords)
                ),
            )
            for group in self.sudo().with_context(active_test=True).search([])
        )

    def action_open_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        return {**action, "domain": [("question_group_id", "in", self.ids)], "context": {}}
