from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_experiment_member_ids = fields.One2many(
        "crm.experiment.member", "partner_id", string="Tests", groups="mass_mailing.group_mass_mailing_user"
    )
