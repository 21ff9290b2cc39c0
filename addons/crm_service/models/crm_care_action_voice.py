from odoo import api, fields, models

from . import crm_care_action  # noqa: F401  # its model must be there first
from .voice_selections import ASPECTS

ASPECT_OF_KIND = {"maintenance": "after_sales"}
"""Aspect of a kind of care act; all others are service."""


class CrmCareAction(models.Model):
    """Which of the four aspects of care an act belongs to."""

    _inherit = "crm.care.action"

    aspect = fields.Selection(ASPECTS, "Aspect of Care", compute="_compute_aspect", store=True, readonly=False)

    @api.depends("kind")
    def _compute_aspect(self):
        for action in self:
            action.aspect = action.aspect or ASPECT_OF_KIND.get(action.kind, "service")
