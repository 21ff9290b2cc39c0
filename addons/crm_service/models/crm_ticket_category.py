from odoo import fields, models


class CrmTicketCategory(models.Model):
    _name = "crm.ticket.category"
    _description = "Ticket Category"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    kind = fields.Selection(
        [
            ("question", "Question"),
            ("defect", "Defective Goods"),
            ("delivery", "Delivery"),
            ("dispute", "Dispute"),
            ("other", "Other"),
        ],
        required=True,
        default="question",
        help="A dispute shows its amount to the people who collect the invoice.",
    )
    portal = fields.Boolean("Offered on the Portal", default=True)
    company_id = fields.Many2one("res.company", help="Empty: all companies use this category.")
