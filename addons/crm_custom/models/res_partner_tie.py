from odoo import fields, models


class ResPartner(models.Model):
    """Maintenance levels 3 and 4: personalised service and services built into the delivery."""

    _inherit = "res.partner"

    service_style = fields.Selection(
        [("overall", "Overall: one solution for customers like this"), ("one_to_one", "One-to-one: made for him")],
        string="Personalised service",
        tracking=True,
        help="Maintenance level 3.",
        prefetch="crm",
    )
    solution_plan = fields.Text(help="The solution assigned to the customer; sales and service see it.", prefetch="crm")
    delivery_service_ids = fields.One2many(
        "crm.delivery.service",
        "partner_id",
        string="Delivery services",
        help="Maintenance level 4: services built into the delivery; every shipment carries them.",
    )
