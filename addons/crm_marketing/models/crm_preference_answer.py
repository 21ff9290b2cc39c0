from odoo import fields, models


class CrmPreferenceAnswer(models.Model):
    """How a customer rated one offer."""

    _name = "crm.preference.answer"
    _description = "Rating of an Offer"
    _order = "survey_id, partner_id, profile_id"
    _rec_name = "profile_id"

    profile_id = fields.Many2one(
        "crm.preference.profile",
        "Offer",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('survey_id', '=', survey_id)]",
    )
    survey_id = fields.Many2one(related="profile_id.survey_id", store=True, index=True)
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    rating = fields.Integer(
        default=0, aggregator="avg", help="1 = would not buy, 10 = would surely buy, 0 = no answer."
    )

    _answer_unique = models.UniqueIndex("(profile_id, partner_id)", "This customer has rated this offer already.")
    _check_rating = models.Constraint("CHECK (rating BETWEEN 0 AND 10)", "A rating lies between 1 and 10.")
