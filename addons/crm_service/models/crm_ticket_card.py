from odoo import models


class CrmTicket(models.Model):
    _inherit = "crm.ticket"

    def action_customer_card(self):
        self.ensure_one()
        return self.env["crm.customer.card"]._open(self.partner_id, self.company_id)
