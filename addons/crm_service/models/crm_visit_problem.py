from odoo import fields, models


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
                    "description": self.solution,
                    "company_id": visit.company_id.id,
                    "partner_id": (visit.contact_id or visit.partner_id).id,
                    "channel": "visit",
                }
            )
        )
