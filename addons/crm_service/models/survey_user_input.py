from odoo import fields, models


class SurveyUserInput(models.Model):
    """Who was asked, for which company, about what."""

    _inherit = "survey.user_input"

    crm_company_id = fields.Many2one("res.company", "Company", readonly=True, index="btree_not_null")
    crm_product_id = fields.Many2one("product.product", "Product", readonly=True)
    crm_user_id = fields.Many2one("res.users", "Agent", readonly=True)
    crm_wave_id = fields.Many2one(
        "crm.panel.wave", "Panel Wave", readonly=True, ondelete="set null", index="btree_not_null"
    )
    crm_invited = fields.Datetime("Invited On", readonly=True)
