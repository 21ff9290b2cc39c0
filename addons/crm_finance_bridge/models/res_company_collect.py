from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_promise_grace_days = fields.Integer(
        "Grace Days",
        default=3,
        help="Days after the promised date until a promise to pay counts as broken.",
        prefetch="crm",
    )
    crm_promise_max_days = fields.Integer(
        "Longest Promise", default=60, help="Days ahead that a promise may lie at most. 0 = no limit", prefetch="crm"
    )
    crm_collector_capacity = fields.Integer(
        "Customers per Collector and Day",
        default=25,
        help="How many customers one collector works on in a day.",
        prefetch="crm",
    )

    _crm_promise_days_positive = models.Constraint(
        "CHECK (crm_promise_grace_days >= 0 AND crm_promise_max_days >= 0 AND crm_collector_capacity >= 0)",
        "Days and customers per day cannot be negative.",
    )
