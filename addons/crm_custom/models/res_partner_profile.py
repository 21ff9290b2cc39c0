from odoo import fields, models


class ResPartner(models.Model):
    """Where a customer came from."""

    _inherit = "res.partner"

    crm_source_id = fields.Many2one(
        "utm.source", string="Source", ondelete="restrict", index="btree_not_null", help="How this record came to us."
    )
    crm_source_note = fields.Char(string="Where", help="e.g. the fair, the event, who introduced them")
