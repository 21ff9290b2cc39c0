from odoo import fields, models


class CrmTicketClassification(models.Model):
    """The category guessed for an incoming request, how sure, and which words decided."""

    _name = "crm.ticket.classification"
    _description = "Guessed Category"
    _order = "id desc"
    _rec_name = "category_id"

    ticket_id = fields.Many2one("crm.ticket", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    category_id = fields.Many2one(
        "crm.ticket.category", "Guessed", required=True, ondelete="cascade", readonly=True, index=True
    )
    confidence = fields.Float(readonly=True, aggregator="avg", help="Probability from 0 to 1.")
    threshold = fields.Float(readonly=True, aggregator=None, help="The team's threshold at that time.")
    words = fields.Char("Because", readonly=True)
    applied = fields.Boolean("Set", readonly=True, help="The guess was sure enough and became the ticket's category.")
    corrected = fields.Boolean(readonly=True, help="Somebody chose another category than the guessed one.")

    _ticket_uniq = models.UniqueIndex("(ticket_id)", "A ticket is classified once.")
    _confidence_share = models.Constraint(
        "CHECK (confidence >= 0 AND confidence <= 1)", "The confidence lies between 0 and 1."
    )
