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

    def _credit(self, amount, day):
        refund = self._invoice(amount, day, move_type="out_refund")
        (self._item(self.second) | self._item(refund)).reconcile()

    def test_credited_with_odoos_own_button(self):
        """A dispute whose amount is credited, by whatever credit note, is credited, not won."""
        dispute = self._dispute(self.second, 80.0)
        self._credit(80.0, "2026-03-02")
        self._pay(self.second, 120.0, "2026-03-03")
        self.assertEqual(self.env["crm.dispute"]._process_settled(), 1)
        self.assertEqual(dispute.state, "credited")

    def test_earlier_or_smaller_credit_is_no_answer(self):
        """Credit given before the dispute, or over less than is disputed, leaves it won once the rest is paid."""
        self._credit(100.0, "2026-02-20")
        dispute = self._dispute(self.second, 100.0)
        self._credit(20.0, "2026-03-02")
        self._pay(self.second, 80.0, "2026-03-03")
        self.assertEqual(self.env["crm.dispute"]._process_settled(), 1)
        self.assertEqual(dispute.state, "won")
