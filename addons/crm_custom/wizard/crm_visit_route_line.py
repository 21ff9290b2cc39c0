from odoo import fields, models


class CrmVisitRouteLine(models.TransientModel):
    """One stop of the route."""

    _name = "crm.visit.route.line"
    _description = "Stop of a Route"
    _order = "sequence, id"

    route_id = fields.Many2one("crm.visit.route", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(string="Stop")
    visit_id = fields.Many2one("crm.visit", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="visit_id.partner_id")
    start = fields.Datetime(related="visit_id.start")
    is_placed = fields.Boolean()
    leg_km = fields.Float(string="Leg (km)", digits=(10, 1))
    total_km = fields.Float(string="So far (km)", digits=(10, 1))
