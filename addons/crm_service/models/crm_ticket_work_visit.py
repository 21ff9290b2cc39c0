from odoo import fields, models

from . import crm_ticket_work  # noqa: F401 - the model extended here is made first


class CrmTicketWork(models.Model):
    _inherit = "crm.ticket.work"

    visit_id = fields.Many2one(
        "crm.service.visit", "Field Visit", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )

    _visit_uniq = models.UniqueIndex("(visit_id) WHERE visit_id IS NOT NULL", "The work of this visit is written.")
