from odoo import fields, models

CHOICE_KINDS = [
    ("class", "Customer class"),
    ("lifecycle", "Lifecycle"),
    ("payer", "Payer class"),
    ("pattern", "Buying pattern"),
    ("rfm", "RFM group"),
]


class CrmSegmentChoice(models.Model):
    """A value that a condition can ask for: class A, being lost, late payer. Data records, no user writes them."""

    _name = "crm.segment.choice"
    _description = "Value of a Segment Condition"
    _order = "kind, sequence, id"

    kind = fields.Selection(CHOICE_KINDS, required=True)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)

    _kind_code_unique = models.UniqueIndex("(kind, code)", "This value is there already.")
