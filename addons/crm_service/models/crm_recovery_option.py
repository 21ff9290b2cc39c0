from odoo import fields, models

from ..tools import after_sales

KINDS = [
    ("apology", "Apology"),
    ("replacement", "Replacement"),
    ("compensation", "Compensation"),
    ("service", "Free service"),
]


class CrmRecoveryOption(models.Model):
    """What an agent may offer a customer after a failure. Without limits: to everybody, at no cost.

    With limits: to the classes named, each up to an amount; above it somebody approves.
    """

    _name = "crm.recovery.option"
    _description = "Recovery Option"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, required=True, default="apology")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")
    description = fields.Text("What to Do", translate=True)
    limit_ids = fields.One2many("crm.recovery.limit", "option_id", "Limits by Class")

    def _limits_for(self, company, currency, day):
        """{option: {class or False: amount in `currency`}}: its own limit in the currency before a converted one."""
        result = {option: {} for option in self}
        for option in self:
            for limit in option.limit_ids.sorted(lambda item: item.currency_id == currency):
                amount = limit.currency_id._convert(limit.amount, currency, company, day)
                result[option][limit.customer_class or False] = amount
        return result

    def _allowed(self, customer_class, company, currency, day):
        """{option: amount without approval} for a customer's class; None stands for an option without cost."""
        found = {}
        for option, limits in self._limits_for(company, currency, day).items():
            amount = after_sales.allowed_amount(limits, customer_class) if limits else None
            if not limits or amount is not None:
                found[option] = amount
        return found
