from odoo import fields, models
from odoo.addons.crm_custom.models.crm_scorecard import CLASSES


class CrmRecoveryLimit(models.Model):
    """Up to which amount a recovery option is given to customers of a class without approval."""

    _name = "crm.recovery.limit"
    _description = "Recovery Limit"
    _order = "option_id, customer_class, currency_id"
    _rec_name = "option_id"

    option_id = fields.Many2one("crm.recovery.option", required=True, ondelete="cascade", index=True)
    customer_class = fields.Selection(CLASSES, string="Class", help="Empty: every other class, and customers without.")
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    amount = fields.Monetary("Without Approval Up To", help="0: every amount is approved by somebody.")

    _class_unique = models.UniqueIndex(
        "(option_id, COALESCE(customer_class, ''), currency_id)", "This class has a limit in this currency already."
    )
    _check_amount = models.Constraint("CHECK (amount >= 0)", "A limit cannot be negative.")
