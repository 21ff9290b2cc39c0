from odoo import fields, models


class CrmTicketCategory(models.Model):
    _inherit = "crm.ticket.category"

    kind = fields.Selection(
        selection_add=[("maintenance", "Maintenance"), ("other",)], ondelete={"maintenance": "set default"}
    )
