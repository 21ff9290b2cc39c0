from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # The profit of one customer reads the customer's documents: through this index, instead of all of the company's.
    _crm_commercial_partner_idx = models.Index("(commercial_partner_id)")
