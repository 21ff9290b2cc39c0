from odoo import fields, models

from . import crm_agent_profile  # noqa: F401 - the model extended here is made first


class CrmAgentProfile(models.Model):
    """What a planner must know of an agent who visits customers."""

    _inherit = "crm.agent.profile"

    is_technician = fields.Boolean("Technician", help="Visits customers: can be given jobs and is offered free times.")
    technician_skills = fields.Char("Can Do", help="Separated by commas, for example: gas, electricity.")
    technician_location_id = fields.Many2one(
        "stock.location",
        "Stock of Parts",
        check_company=True,
        domain="[('usage', '=', 'internal'), ('company_id', '=', company_id)]",
        help="Where the parts that are used are taken from, for example the van. Empty: the stock of the warehouse.",
    )
