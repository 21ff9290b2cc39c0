from odoo import fields, models


class CrmPreferenceLevel(models.Model):
    """One value of an attribute: large, small."""

    _name = "crm.preference.level"
    _description = "Level of an Attribute"
    _order = "attribute_id, sequence, id"

    attribute_id = fields.Many2one("crm.preference.attribute", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="attribute_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
