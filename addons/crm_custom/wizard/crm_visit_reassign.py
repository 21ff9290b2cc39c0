from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.crm_visit import OPEN_STATES


class CrmVisitReassign(models.TransientModel):
    """Give the open visits of one salesperson to another: the selected ones, or all of a range of days."""

    _name = "crm.visit.reassign"
    _description = "Reassign Visits"

    visit_ids = fields.Many2many("crm.visit", string="Selected visits")
    from_user_id = fields.Many2one("res.users", string="From", domain="[('share', '=', False)]")
    user_id = fields.Many2one("res.users", string="To", required=True, domain="[('share', '=', False)]")
    date_from = fields.Date(default=fields.Date.context_today)
    date_to = fields.Date()
    with_customers = fields.Boolean(
        string="Customers too", help="The new salesperson becomes the salesperson of these customers."
    )
    visit_count = fields.Integer(string="Visits to move", compute="_compute_visit_count")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "crm.visit" and "visit_ids" in fields:
            values["visit_ids"] = [(6, 0, self.env.context.get("active_ids", []))]
        return values

    def _visits(self):
        """Open visits only: what took place stays with whom it was."""
        self.ensure_one()
        if self.visit_ids:
            return self.visit_ids.filtered(lambda visit: visit.state in OPEN_STATES)
        if not self.from_user_id:
            return self.env["crm.visit"]
        domain = Domain([("user_id", "=", self.from_user_id.id), ("state", "in", OPEN_STATES)])
        if self.date_from:
            domain &= Domain("start", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("start", "<", fields.Date.add(self.date_to, days=1))
        return self.env["crm.visit"].search(domain)

    @api.depends("visit_ids", "from_user_id", "date_from", "date_to")
    def _compute_visit_count(self):
        for wizard in self:
            wizard.visit_count = len(wizard._visits())

    def action_reassign(self):
        """Move the visits with their appointments; nobody is sent an invitation for each of them."""
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise UserError(self.env._("Only a sales administrator reassigns visits."))
        visits = self._visits()
        if not visits:
            raise UserError(self.env._("There is no open visit to move."))
        visits.write({"user_id": self.user_id.id})
        if self.with_customers:
            visits.partner_id.write({"user_id": self.user_id.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visits of %(user)s", user=self.user_id.name),
            "res_model": "crm.visit",
            "views": [(False, "list"), (False, "calendar"), (False, "form")],
            "domain": [("id", "in", visits.ids)],
        }
