from odoo import fields, models


class ResCompany(models.Model):
    """Settings of the voice of the customer."""

    _inherit = "res.company"

    crm_rating_days = fields.Integer("One Request per Contact in", default=30, help="Days.", prefetch="crm")
    crm_rating_reminder_days = fields.Integer(
        "Reminder after", default=5, help="Days; 0 sends no reminder.", prefetch="crm"
    )
    crm_rating_window = fields.Integer("Ask within", default=14, help="Days after the solution.", prefetch="crm")
    crm_voice_min_answers = fields.Integer(
        "Answers Needed", default=5, help="With fewer answers a figure is shown as not enough data.", prefetch="crm"
    )
    crm_detractor_max = fields.Integer("Unhappy up to", default=2, help="Rating on the scale 1-5.", prefetch="crm")
    crm_follow_up_hours = fields.Float(
        "Follow up within", default=8.0, help="Working hours of the company's calendar.", prefetch="crm"
    )
    crm_satisfaction_goal = fields.Float(
        "Goal", default=5.0, help="Percent above the baseline's satisfaction rate.", prefetch="crm"
    )
    crm_winback_days = fields.Integer(
        "Orders again within", default=90, help="Days after the complaint.", prefetch="crm"
    )
    crm_churn_days = fields.Integer(
        "Churn Period",
        default=180,
        help="Days looked back; orders are compared with as many days before.",
        prefetch="crm",
    )

    _check_crm_voice = models.Constraint(
        """CHECK (crm_rating_days >= 0 AND crm_rating_reminder_days >= 0 AND crm_rating_window > 0
           AND crm_voice_min_answers > 0 AND crm_detractor_max BETWEEN 0 AND 4 AND crm_follow_up_hours > 0
           AND crm_winback_days > 0 AND crm_churn_days > 0)""",
        "Days, answers and hours must be positive; unhappy ratings lie between 0 and 4.",
    )
