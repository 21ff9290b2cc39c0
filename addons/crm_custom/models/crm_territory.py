from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmTerritory(models.Model):
    """A part of the market with its salesperson and team; a tree. Its rules say which customers belong to it."""

    _name = "crm.territory"
    _inherit = ["mail.thread"]
    _description = "Sales Territory"
    _parent_name = "parent_id"
    _parent_store = True
    _rec_name = "complete_name"
    _order = "complete_name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        "Territory", compute="_compute_complete_name", recursive=True, store=True, index="trigram"
    )
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one("crm.territory", "Part of", index=True, ondelete="restrict", check_company=True)
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.territory", "parent_id", "Parts")
    depth = fields.Integer(compute="_compute_depth", store=True, recursive=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    user_id = fields.Many2one(
        "res.users", "Salesperson", domain=[("share", "=", False)], index=True, tracking=True, check_company=True
    )
    team_id = fields.Many2one("crm.team", "Sales Team", index=True, tracking=True, check_company=True)
    date_from = fields.Date("From", tracking=True)
    date_to = fields.Date("Until", tracking=True, help="Last day.")
    rule_ids = fields.One2many("crm.territory.rule", "territory_id", "Rules", copy=True)
    partner_count = fields.Integer("Customers", compute="_compute_partner_count")
    conflict_count = fields.Integer("Rules in Conflict", compute="_compute_conflict_count")

    _check_dates = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "The territory ends before it begins.",
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for territory in self:
            above = territory.parent_id.complete_name
            territory.complete_name = f"{above} / {territory.name}" if above else territory.name

    @api.depends("parent_id.depth")
    def _compute_depth(self):
        for territory in self:
            territory.depth = (territory.parent_id.depth or 0) + 1

    def _compute_partner_count(self):
        """Customers of the territory and its parts today."""
        counts = dict(
            self.env["res.partner"]._read_group([("territory_id", "child_of", self.ids)], ["territory_id"], ["__count"])
        )
        for territory in self:
            path = territory.parent_path or ""
            territory.partner_count = sum(
                count for part, count in counts.items() if path and (part.parent_path or "").startswith(path)
            )

    @api.depends("rule_ids.conflict_rule_ids")
    def _compute_conflict_count(self):
        for territory in self:
            territory.conflict_count = sum(bool(rule.conflict_rule_ids) for rule in territory.rule_ids)

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A territory cannot be a part of itself."))

    # === CRUD: the rules are cached === #

    @api.model_create_multi
    def create(self, vals_list):
        territories = super().create(vals_list)
        self.env.registry.clear_cache()
        return territories

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"active", "parent_id", "company_id", "user_id", "team_id", "date_from", "date_to"}:
            self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_clear_rules(self):
        self.env.registry.clear_cache()

    # === ACTIONS === #

    def action_open_partners(self):
        """Open the customers of the territory and its parts."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers of %(territory)s", territory=self.complete_name),
            "res_model": "res.partner",
            "view_mode": "list,kanban,form",
            "domain": [("territory_id", "child_of", self.ids)],
            "context": {"default_territory_id": self.id},
        }

    def action_open_conflicts(self):
        """Open the rules that claim the same customers."""
        self.ensure_one()
        rules = self.rule_ids.filtered("conflict_rule_ids")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rules in Conflict"),
            "res_model": "crm.territory.rule",
            "view_mode": "list,form",
            "domain": [("id", "in", (rules | rules.conflict_rule_ids).ids)],
        }

    def action_assign_all(self):
        """Assign every customer that has no territory yet; those who have one move by realignment only."""
        self.check_access("write")
        counts = self.sudo()._assign(only_new=True)
        message = self.env._(
            "%(assigned)s customers assigned, %(conflict)s in conflict, %(outside)s outside every territory.", **counts
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
