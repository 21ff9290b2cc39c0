from odoo import api, fields, models


class ResPartner(models.Model):
    """What the customer is visited and reminded by."""

    _inherit = "res.partner"

    crm_order_cycle = fields.Integer(
        string="Order cycle", help="Days between orders. Empty: measured from the customer's own orders."
    )
    crm_visit_count = fields.Integer(string="Visits", compute="_compute_crm_visit_count")

    _check_crm_order_cycle = models.Constraint("CHECK (crm_order_cycle >= 0)", "The order cycle cannot be negative.")

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_visit_count(self):
        """Visits that the user may open."""
        visits, counts = self.env["crm.visit"], {}
        if visits.has_access("read"):
            domain = [("partner_id", "in", self.commercial_partner_id.ids), ("state", "!=", "cancelled")]
            groups = visits._read_group(domain, ["partner_id"], ["__count"])
            counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.crm_visit_count = counts.get(partner.commercial_partner_id.id, 0)

    def action_crm_visits(self):
        """The visits to the customer; a new one starts with this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visits"),
            "res_model": "crm.visit",
            "views": [(False, "list"), (False, "calendar"), (False, "form")],
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
