from odoo import fields, models

CARE_KINDS = [
    ("delivery", "Call after delivery"),
    ("anniversary", "Anniversary of the first order"),
    ("maintenance", "Maintenance notice"),
]


class CrmCareRule(models.Model):
    """Whom to look after, when, and who does it. Days are of the company's time zone."""

    _name = "crm.care.rule"
    _description = "Care Rule"
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(CARE_KINDS, required=True, default="delivery")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    days = fields.Integer(
        default=7,
        help="After delivery: days until the call. Maintenance and anniversary: days before the day on which the "
        "action is put on the list.",
    )
    customers = fields.Selection(
        [("all", "All customers"), ("ab", "Classes A and B"), ("a", "Class A")], required=True, default="all"
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Agents",
        domain=[("share", "=", False)],
        help="They share the calls; empty: whoever takes them.",
    )
    question = fields.Text("What to Ask", translate=True)
    retry_days = fields.Integer("Try Again After", default=1, help="Days, when the customer was not reached.")
    attempts = fields.Integer(default=3, help="After so many the action is closed as not reached.")

    _check_days = models.Constraint("CHECK (days >= 0)", "The days cannot be negative.")
    _check_retry = models.Constraint(
        "CHECK (retry_days > 0 AND attempts > 0)", "Try at least once, and again after a day at the earliest."
    )
