from odoo import fields, models


class ResPartner(models.Model):
    """The segments of a customer."""

    _inherit = "res.partner"

    crm_segment_member_ids = fields.One2many(
        "crm.segment.member",
        "partner_id",
        "Segments",
        groups="mass_mailing.group_mass_mailing_user,sales_team.group_sale_salesman",
    )
