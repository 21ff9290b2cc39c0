from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_bucket_1 = fields.Integer(
        "First Aging Limit",
        default=30,
        help="Days overdue: the first bucket holds 1 day up to this many days.",
    )
    crm_bucket_2 = fields.Integer("Second Aging Limit", default=60, help="Days overdue: last day of the second bucket.")
    crm_bucket_3 = fields.Integer("Third Aging Limit", default=90, help="Days overdue: last day of the third bucket.")
    crm_bucket_4 = fields.Integer(
        "Fourth Aging Limit",
        default=180,
        help="Days overdue: last day of the fourth bucket; the fifth holds everything older.",
    )

    @api.constrains("crm_bucket_1", "crm_bucket_2", "crm_bucket_3", "crm_bucket_4")
    def _check_crm_bucket_limits(self):
        for company in self:
            limits = company._crm_bucket_limits()
            if limits[0] < 1 or any(low >= high for low, high in zip(limits, limits[1:], strict=False)):
                raise ValidationError(self.env._("The aging limits must be positive and grow from one to the next."))

    def _crm_bucket_limits(self):
        """Return the four limits in days overdue, each the last day of its bucket. Those of the root company count."""
        self.ensure_one()
        return (self.crm_bucket_1, self.crm_bucket_2, self.crm_bucket_3, self.crm_bucket_4)
