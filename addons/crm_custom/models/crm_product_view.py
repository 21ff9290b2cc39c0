from odoo import api, fields, models
from odoo.tools import SQL


class CrmProductView(models.Model):
    """Which products a customer looked at in the portal, and how often."""

    _name = "crm.product.view"
    _description = "Product Viewed in the Portal"
    _order = "last_view desc, id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True, ondelete="cascade")
    count = fields.Integer("Times", readonly=True)
    last_view = fields.Datetime("Last Viewed", readonly=True)

    _view_unique = models.UniqueIndex("(company_id, partner_id, product_id)")

    @api.model
    def _note(self, company, partner, product):
        """Count one look; two at once are both counted."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_product_view AS seen (company_id, partner_id, product_id, count, last_view)
                   VALUES (%s, %s, %s, 1, %s) ON CONFLICT (company_id, partner_id, product_id)
                       DO UPDATE SET count = seen.count + 1, last_view = EXCLUDED.last_view""",
                *(company.id, partner.commercial_partner_id.id, product.id, fields.Datetime.now()),
            )
        )
        self.invalidate_model()
