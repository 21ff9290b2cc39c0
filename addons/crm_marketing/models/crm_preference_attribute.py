from odoo import api, fields, models


class CrmPreferenceAttribute(models.Model):
    """What an offer is made of: size, price, delivery ..."""

    _name = "crm.preference.attribute"
    _description = "Attribute of an Offer"
    _order = "survey_id, sequence, id"

    survey_id = fields.Many2one("crm.preference.survey", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="survey_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    level_ids = fields.One2many("crm.preference.level", "attribute_id", "Levels", copy=True)
    level_text = fields.Char(
        "Levels, separated by commas", compute="_compute_level_text", inverse="_inverse_level_text"
    )

    @api.depends("level_ids.name")
    def _compute_level_text(self):
        for attribute in self:
            attribute.level_text = ", ".join(attribute.level_ids.mapped("name"))

    def _inverse_level_text(self):
        for attribute in self:
            names = list(
                dict.fromkeys(part.strip() for part in (attribute.level_text or "").split(",") if part.strip())
            )
            attribute.level_ids.filtered(lambda level, names=names: level.name not in names).unlink()
            known = {level.name: level for level in attribute.level_ids}
            for index, name in enumerate(names):
                if name in known:
                    known[name].sequence = index
                else:
                    known[name] = attribute.level_ids.create(
                        {"attribute_id": attribute.id, "name": name, "sequence": index}
                    )
