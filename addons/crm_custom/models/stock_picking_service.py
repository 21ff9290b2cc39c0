from odoo import api, fields, models


class StockPicking(models.Model):
    """A shipment carries the delivery services of its customer."""

    _inherit = "stock.picking"

    delivery_service_ids = fields.Many2many(
        "crm.delivery.service",
        string="Delivery services",
        compute="_compute_delivery_service_ids",
        compute_sudo=True,
        help="Agreed with this customer: labels, slots, stock kept for him.",
    )

    @api.depends("partner_id", "picking_type_id", "company_id")
    def _compute_delivery_service_ids(self):
        """Of outgoing shipments, one query for a list."""
        outgoing = self.filtered(lambda picking: picking.picking_type_id.code == "outgoing")
        customers = outgoing.partner_id.commercial_partner_id
        services = self.env["crm.delivery.service"].search([("partner_id", "in", customers.ids)])
        nothing = self.env["crm.delivery.service"]
        for picking in self:
            customer = picking.partner_id.commercial_partner_id
            picking.delivery_service_ids = (
                services.filtered(
                    lambda service, picking=picking, customer=customer: (
                        service.partner_id == customer and service.company_id == picking.company_id
                    )
                )
                if picking in outgoing
                else nothing
            )
