from ast import literal_eval

from odoo import fields, models
from odoo.exceptions import UserError


class CrmPanelJoin(models.TransientModel):
    """Add all contacts that fit a filter to a panel, in one statement."""

    _name = "crm.panel.join"
    _description = "Add Panel Members"

    panel_id = fields.Many2one("crm.panel", required=True, ondelete="cascade")
    domain = fields.Char("Contacts", required=True, default="[('is_company', '=', False), ('email', '!=', False)]")

    def action_join(self):
        """The user sees which contacts may join by their own rights."""
        self.ensure_one()
        self.panel_id.check_access("write")
        try:
            query = self.env["res.partner"]._search(literal_eval(self.domain))
        except (ValueError, SyntaxError, KeyError) as error:
            raise UserError(self.env._("This filter cannot be read: %s", error)) from error
        count = self.panel_id._add_members(query)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s contacts joined.", count=count),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
