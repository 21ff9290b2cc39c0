from odoo import api, fields, models
from odoo.tools import ormcache


class CrmServiceTeam(models.Model):
    _inherit = "crm.service.team"

    require_content = fields.Boolean(
        "Closing Needs Content",
        default=True,
        help="An agent solves or closes a ticket only with what was done, its effect and the root cause. Closings by "
        "the customer and by the system are not held up.",
    )
    assign_method = fields.Selection(
        [("manual", "By hand"), ("auto", "Automatic")],
        "Assignment",
        default="manual",
        required=True,
        help="Automatic: a new request goes to the present member with the skill for its question group and the "
        "lowest load. By hand: somebody takes or assigns it.",
    )
    max_open = fields.Integer(
        "Open Tickets per Agent at Most",
        help="Automatic assignment stops there; 0: no limit. An agent may have his own.",
    )

    _check_max_open = models.Constraint("CHECK (max_open >= 0)", "The number of tickets must not be negative.")

    @api.model
    @ormcache()
    def _auto_team_ids(self):
        """Return the ids of the teams that assign automatically, of all companies."""
        return frozenset(self.sudo().search([("assign_method", "=", "auto")]).ids)

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        if any(values.get("assign_method") == "auto" for values in vals_list):
            self.env.registry.clear_cache()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if {"assign_method", "active"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
