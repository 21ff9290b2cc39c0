from odoo import fields, models
from odoo.tools import plaintext2html


class CrmVisitProblem(models.Model):
    """A problem met on a visit that service has to solve becomes a ticket."""

    _inherit = "crm.visit.problem"

    follow_up = fields.Selection(selection_add=[("ticket", "Ticket")], ondelete={"ticket": "set default"})

    def _follow_up_ticket(self):
        """In sudo: the salesperson reports, service owns the ticket."""
        self.ensure_one()
        visit = self.visit_id
        return (
            self.env["crm.ticket"]
            .sudo()
            .with_company(visit.company_id)
            .create(
                {
                    "name": self.name,
                    "description": plaintext2html(self.solution or ""),
                    "company_id": visit.company_id.id,
                    "partner_id": (visit.contact_id or visit.partner_id).id,
                    "channel": "visit",
                }
            )
        )
