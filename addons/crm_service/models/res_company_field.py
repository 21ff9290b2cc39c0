from odoo import fields, models


class ResCompany(models.Model):
    """Settings of maintenance and field service."""

    _inherit = "res.company"

    crm_maintenance_days = fields.Integer(
        "Maintenance Notice", default=14, help="Days before a maintenance that its reminder is made.", prefetch="crm"
    )
    crm_maintenance_reminder = fields.Selection(
        [("ticket", "Ticket"), ("activity", "Activity"), ("care", "Care calls only")],
        "Maintenance Reminder",
        default="ticket",
        required=True,
        help="Care calls only: nothing is made here, switch on the care rule for maintenance.",
        prefetch="crm",
    )
    crm_travel_minutes = fields.Integer(
        "Travel Before a Visit", default=30, help="Minutes kept free before each visit on site.", prefetch="crm"
    )

    _check_crm_field = models.Constraint(
        "CHECK (crm_maintenance_days >= 0 AND crm_travel_minutes >= 0)", "Days and minutes must not be negative."
    )
