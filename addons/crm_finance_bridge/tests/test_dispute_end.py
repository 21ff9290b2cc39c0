from freezegun import freeze_time
from odoo.tests import tagged

from .collect_common import CollectCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestDisputeEnd(CollectCommon):
    """Who says over how much a dispute is, and how it ended."""

    def _ticket(self):
        agent = self._user("dispute_agent", "crm_service.group_service_user")
        category = self.env["crm.ticket.category"].search([("kind", "=", "dispute")], limit=1)
        ticket = (
            self.env["crm.ticket"]
            .with_user(agent)
            .create(
                {
                    "name": "Price",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "move_id": self.second.id,
                    "category_id": category.id,
                }
            )
        )
        return ticket, self.env["crm.dispute"].search([("ticket_id", "=", ticket.id)])

    def test_amounts_of_finance_stay(self):
        """Finance lowers what is disputed: no change of the ticket overwrites that, sorted or not."""
        ticket, dispute = self._ticket()
        dispute.with_user(self.biller).line_ids.amount = 60.0
        for kind in ("open", "waiting"):
            ticket._move_to(kind)
        self.assertEqual(dispute.amount, 60.0)
        ticket.disputed_amount = 90.0
        self.assertEqual(dispute.amount, 60.0)

    def test_sorted_dispute_stays(self):
        """Once finance has named the cause, the ticket changes no amount any more."""
        ticket, dispute = self._ticket()
        ticket.disputed_amount = 90.0
        self.assertEqual(dispute.amount, 90.0)
        dispute.with_user(self.biller).cause_id = self.cause
        ticket.disputed_amount = 70.0
        self.assertEqual(dispute.amount, 90.0)
