from odoo import fields, models


class RepairOrder(models.Model):
    """Repairs in the workshop stand on the technicians' calendar beside the visits."""

    _inherit = "repair.order"

    crm_visit_ids = fields.One2many("crm.service.visit", "repair_id", "Jobs")
    crm_visit_count = fields.Integer("Jobs Planned", compute="_compute_crm_visit_count")

    def _compute_crm_visit_count(self):
        counts = {}
        visits = self.env["crm.service.visit"]
        if visits.has_access("read"):
            counts = dict(visits._read_group([("repair_id", "in", self.ids)], ["repair_id"], ["__count"]))
        for repair in self:
            repair.crm_visit_count = counts.get(repair._origin, 0)

    def action_crm_schedule(self):
        """Open the jobs of this repair; while there is none, the form of a new one in the workshop."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_service_visit_action")
        action["domain"] = [("repair_id", "=", self.id)]
        ticket = self.ticket_id.id if "ticket_id" in self._fields else False
        action["context"] = {
            "default_repair_id": self.id,
            "default_place": "workshop",
            "default_partner_id": self.partner_id.id,
            "default_company_id": self.company_id.id,
            "default_ticket_id": ticket,
            "default_task": self.env._(
                "Repair %(repair)s: %(product)s", repair=self.name, product=self.product_id.display_name or ""
            ),
        }
        if not self.crm_visit_count:
            action.update(view_mode="form", views=[(False, "form")], name=self.env._("Plan a Repair"))
        return action
