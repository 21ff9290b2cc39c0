from odoo import api, fields, models

from ..tools import agreement

KINDS = [("tickets", "Tickets"), ("hours", "Hours of Work"), ("visits", "Visits")]
PLACES = [("any", "Anywhere"), ("remote", "Remote"), ("site", "On Site")]


class CrmServiceEntitlement(models.Model):
    """How much of one kind an agreement grants. What is used is counted from the records: nothing is used twice."""

    _name = "crm.service.entitlement"
    _description = "Service Entitlement"
    _order = "agreement_id, sequence, id"
    _rec_name = "kind"

    agreement_id = fields.Many2one("crm.service.agreement", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, precompute=True, index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, default="tickets")
    place = fields.Selection(PLACES, required=True, default="any", help="Counts for hours of work only.")
    quantity = fields.Float("Granted", help="For the whole time of the agreement; 0: as many as needed.")
    used = fields.Float(compute="_compute_used", help="Counted from tickets, work and visits.")
    left = fields.Float(compute="_compute_used")

    _kind_uniq = models.Constraint(
        "UNIQUE (agreement_id, kind, place)", "An agreement grants each kind once; put the quantities together."
    )
    _check_quantity = models.Constraint("CHECK (quantity >= 0)", "An entitlement must not be negative.")

    @api.depends("kind", "place", "quantity", "agreement_id")
    def _compute_used(self):
        """A fixed number of queries for a list of agreements; as superuser, the figures are the agreement's own."""
        used = self.agreement_id._used()
        for line in self:
            line.used = used.get((line.agreement_id._origin.id, line.kind, line.place), 0)
            left = agreement.left(line.quantity, line.used)
            line.left = 0 if left is None else left

    def _sentence(self):
        """Say what is left: '3 of 10 hours of work left'; nothing of what has no limit."""
        self.ensure_one()
        names = dict(self._fields["kind"]._description_selection(self.env))
        return self.env._(
            "%(left)g of %(granted)g left (%(kind)s)",
            left=round(self.left, 2),
            granted=self.quantity,
            kind=names[self.kind].lower(),
        )
