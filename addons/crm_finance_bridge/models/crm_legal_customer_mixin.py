from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLegalCustomerMixin(models.AbstractModel):
    """What stands between a legal entity (root company) and a customer that owes (commercial partner)."""

    _name = "crm.legal.customer.mixin"
    _inherit = ["crm.legal.entity.mixin"]
    _description = "Customer"

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )

    @api.constrains("partner_id")
    def _check_commercial_partner(self):
        for record in self:
            customer = record.partner_id.commercial_partner_id
            if customer != record.partner_id:
                raise ValidationError(record._text_contact(customer.name))

    def _text_contact(self, name):
        """What is said to whoever chose a contact of the customer `name`."""
        raise NotImplementedError
