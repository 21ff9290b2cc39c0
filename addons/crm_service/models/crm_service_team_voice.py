from odoo import fields, models


class CrmServiceTeam(models.Model):
    _inherit = "crm.service.team"

    ask_rating = fields.Boolean(
        "Ask for a Rating",
        default=True,
        help="After the solution the customer's contact is asked for a rating from 1 to 5, at most once in the days "
        "that the company sets, with one reminder.",
    )
