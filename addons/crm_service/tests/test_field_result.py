from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestAgreementResult(ServiceCommon):
    def test_what_an_agreement_brings_in(self):
        """R090: revenue is what was posted for its orders, less credit notes; less the cost of the work: the margin."""
        order, other = self._deliver(), self._deliver()
        self.env["crm.agent.profile"].create(
            {"user_id": self.agent.id, "company_id": self.company.id, "hourly_cost": 30}
        )
        record = self.env["crm.service.agreement"].create(
            {
                "title": "Glass care",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "date_end": "2099-12-31",
                "order_ids": order.ids,
                "state": "active",
            }
        )
        ticket = self._ticket(partner_id=self.customer.id)
        self.assertEqual(ticket.agreement_id, record)
        self.env["crm.ticket.work"].with_user(self.agent).create(
            {"ticket_id": ticket.id, "minutes": 40, "kind": "remote", "content": "Explained"}
        )
        self.assertRecordValues(record, [{"revenue": 125, "time_cost": 20, "margin": 105}])
        other.invoice_ids.button_draft()
        refund = order.invoice_ids._reverse_moves()
        refund.invoice_line_ids.filtered("product_id").quantity = 4
        refund.action_post()
        record.invalidate_recordset()
        self.assertRecordValues(record, [{"revenue": 75, "margin": 55}])
        with self.assertRaises(AccessError):
            record.with_user(self.agent).read(["revenue"])
