from odoo import fields, models


class CrmContactLog(models.Model):
    _inherit = "crm.contact.log"

    ticket_id = fields.Many2one("crm.ticket", ondelete="set null", index="btree_not_null", check_company=True)
