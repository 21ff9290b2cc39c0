from odoo import fields, models


class CrmTicket(models.Model):
    """The field visits of a ticket."""

    _inherit = "crm.ticket"

    visit_ids = fields.One2many("crm.service.visit", "ticket_id", "Visits", readonly=True)
    visit_count = fields.Integer("Number of Visits", compute="_compute_visit_count")

    def _compute_visit_count(self):
        counts = {}
        visits = self.env["crm.service.visit"]
        if visits.has_access("read"):
            domain = [("ticket_id", "in", self.ids), ("state", "!=", "cancelled")]
            counts = dict(visits._read_group(domain, ["ticket_id"], ["__count"]))
        for ticket in self:
            ticket.visit_count = counts.get(ticket._origin, 0)

    def action_open_visits(self):
        """Open the visits of the ticket; the form of the first one while there is none."""
        self.ensure_one()
        maintenance = self.category_kind == "maintenance"
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_service_visit_action")
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {"default_ticket_id": self.id, "default_kind": "maintenance" if maintenance else "repair"}
        if not self.visit_count:
            action.update(view_mode="form", views=[(False, "form")], name=self.env._("Plan a Visit"))
        return action
