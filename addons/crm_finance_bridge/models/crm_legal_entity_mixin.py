from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLegalEntityMixin(models.AbstractModel):
    """What belongs to a legal entity (root company), never to one of its branches."""

    _name = "crm.legal.entity.mixin"
    _description = "Company"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
        ondelete="cascade",
    )

    @api.constrains("company_id")
    def _check_root_company(self):
        for record in self:
            if record.company_id.parent_id:
                raise ValidationError(record._text_branch(record.company_id.root_id.name))

    def _text_branch(self, name):
        """What is said to whoever chose a branch of the legal entity `name`."""
        raise NotImplementedError
