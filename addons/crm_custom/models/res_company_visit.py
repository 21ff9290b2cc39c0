from odoo import fields, models


class ResCompany(models.Model):
    """Settings of visits and of the daily screen; days and visits are whole numbers."""

    _inherit = "res.company"

    crm_alarm_id = fields.Many2one(
        "calendar.alarm",
        string="Reminder before appointments",
        default=lambda self: self.env.ref("calendar.alarm_notif_2", raise_if_not_found=False),
        help="Goes with each new appointment of a salesperson.",
        prefetch="crm",
    )
    crm_visits_per_day = fields.Integer(
        string="Visits a day", default=6, help="Most visits of one salesperson a day.", prefetch="crm"
    )
    crm_dormant_days = fields.Integer(
        string="Dormant after", default=90, help="Days without order, payment or contact.", prefetch="crm"
    )
    crm_rhythm_method = fields.Selection(
        [("mean", "Average gap"), ("median", "Middle gap (median)")],
        string="Order rhythm",
        default="mean",
        required=True,
        help="How a customer's usual gap between orders is measured.",
        prefetch="crm",
    )
    crm_executive_ids = fields.Many2many(
        "res.users",
        "res_company_crm_executive_rel",
        string="Executives who call",
        domain="[('share', '=', False)]",
        help="Share the monthly list of top customers among them.",
    )
    crm_executive_customers = fields.Integer(
        string="Customers to call", default=20, help="Largest sales first.", prefetch="crm"
    )

    _check_crm_visits_per_day = models.Constraint("CHECK (crm_visits_per_day > 0)", "At least one visit a day.")
    _check_crm_dormant_days = models.Constraint(
        "CHECK (crm_dormant_days > 0)", "A customer is dormant after one day at the earliest."
    )
    _check_crm_executive_customers = models.Constraint(
        "CHECK (crm_executive_customers >= 0)", "The number of customers to call cannot be negative."
    )
