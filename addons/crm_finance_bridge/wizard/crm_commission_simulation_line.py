from odoo import api, fields, models


class CrmCommissionSimulationLine(models.TransientModel):
    """A person and month of a simulation."""

    _name = "crm.commission.simulation.line"
    _description = "Result of a Commission Simulation"
    _order = "month, user_id"

    simulation_id = fields.Many2one("crm.commission.simulation", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    user_id = fields.Many2one("res.users", "Person", help="Empty: documents without a salesperson.")
    month = fields.Date()
    source_amount = fields.Monetary("Money")
    base_amount = fields.Monetary("Base")
    amount = fields.Monetary("Would Pay")
    current = fields.Monetary("Paid Now", help="By the plans in force, provisional amounts too.")
    difference = fields.Monetary(compute="_compute_difference")

    @api.depends("amount", "current")
    def _compute_difference(self):
        for line in self:
            line.difference = line.amount - line.current
