from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .collect_common import CollectCommon

CONFIRM = "crm_finance_bridge.mail_activity_type_dispute_confirm"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestDisputeConfirm(CollectCommon):
    """Who logs a dispute does not lift a hold with it; somebody inside owns it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls._user("confirm_agent", "crm_service.group_service_user")
        cls.portal = cls._user("confirm_portal", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.customer

    def _hold(self):
        """Why a new order of the salesperson is held, if it is."""
        order = self._order(10.0).with_user(self.salesman)
        return order._confirmation_error_message() or ""

    def _portal_dispute(self, move=None):
        """As the page of the portal makes it: for the system, by the customer's user."""
        Dispute = self.env["crm.dispute"].with_user(self.portal).sudo().with_context(tracking_disable=False)
        return Dispute.create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "cause_id": self.cause.id,
                "origin": "portal",
                "line_ids": Dispute._line_commands(self._item(move or self.second)),
            }
        )

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_salesperson_lifts_no_hold(self):
        """Out of the overdue figures at once, and yet held until accounting confirms; more of it waits anew."""
        self._limit(overdue_limit=50.0)
        self.assertIn("overdue", self._hold())
        disputes = self._dispute(self.first, 100.0, user=self.salesman)
        disputes |= self._dispute(self.second, 180.0, user=self.salesman)
        self.assertEqual(sum(self._disputed("2026-03-02").values()), 280.0)
        self.assertEqual((self._row()["overdue"], disputes.mapped("to_confirm")), (300.0, [True, True]))
        self.assertIn(disputes[0].name, self._hold())
        for user in (self.salesman, self.agent):
            with self.assertRaises(AccessError):
                disputes.with_user(user).action_confirm()
        with self.assertRaises(UserError):
            disputes.with_user(self.salesman).write({"to_confirm": False})
        self.assertEqual(disputes.sudo().activity_ids.user_id, self.finance)
        disputes.with_user(self.biller).action_confirm()
        self.assertEqual((self._row()["overdue"], self._hold()), (20.0, ""))
        self.assertEqual(disputes.confirmed_by_id, self.biller)
        self.assertEqual(disputes[0].date_confirmed, fields.Datetime.now())
        self.assertFalse(disputes.sudo().activity_ids)
        disputes[0].with_user(self.biller).line_ids.amount = 90.0
        self.assertFalse(disputes[0].to_confirm)
        disputes[0].with_user(self.salesman).line_ids.amount = 100.0
        self.assertTrue(disputes[0].to_confirm)
        self.assertEqual(self._row()["overdue"], 120.0)
        disputes[0].with_user(self.salesman).action_cancel()
        self.assertEqual((disputes[0].state, disputes[0].sudo().activity_ids.ids), ("cancelled", []))

    def test_who_needs_no_confirmation(self):
        """Accounting, and the service desk on its tickets; neither the desk without a ticket nor the customer."""
        by_accounting = self._dispute(self.first, 100.0)
        self.assertEqual((by_accounting.to_confirm, by_accounting.confirmed_by_id), (False, self.biller))
        self.assertFalse(by_accounting.sudo().activity_ids)
        category = self.env["crm.ticket.category"].search([("kind", "=", "dispute")], limit=1)
        values = {"name": "Price", "partner_id": self.customer.id, "company_id": self.company.id}
        values |= {"move_id": self.second.id, "category_id": category.id}
        ticket = self.env["crm.ticket"].with_user(self.agent).create(values)
        by_desk = self.env["crm.dispute"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual((by_desk.to_confirm, by_desk.confirmed_by_id), (False, self.agent))
        self.assertEqual(self._row()["overdue"], 0.0)
        third = self._invoice(50.0, "2026-01-01", "2026-02-01")
        self.assertTrue(self._dispute(third, 50.0, user=self.agent, origin="ticket").to_confirm)
        by_customer = self._portal_dispute(self._invoice(60.0, "2026-01-01", "2026-02-01"))
        self.assertTrue(by_customer.to_confirm)
        self.assertEqual(self._row()["overdue"], 110.0)
        found = self.env["crm.dispute"].search([("to_confirm", "=", True)])
        self.assertIn(by_customer, found)

    def test_a_mail_confirms_nothing(self):
        """The mail gateway runs as the system, or as the employee whom the mail says it is from."""
        category = self.env["crm.ticket.category"].search([("kind", "=", "dispute")], limit=1)
        mail = {"subject": "Wrong price", "body": "<p>Too much.</p>", "email_from": "buyer@riverside.example.com"}
        values = {"partner_id": self.customer.id, "category_id": category.id}
        for user, move in ((self.env.ref("base.user_root"), self.first), (self.agent, self.second)):
            Ticket = self.env["crm.ticket"].with_user(user).sudo().with_context(allowed_company_ids=self.company.ids)
            ticket = Ticket.message_new(mail, {**values, "move_id": move.id})
            dispute = self.env["crm.dispute"].search([("ticket_id", "=", ticket.id)])
            self.assertEqual((dispute.to_confirm, dispute.confirmed_by_id.ids), (True, []), user.login)
        self.assertEqual(self._row()["overdue"], 300.0)
        dispute.with_user(self.agent).action_confirm()
        self.assertEqual(dispute.confirmed_by_id, self.agent)

    def test_a_ticket_is_named_by_its_own_step(self):
        """No agent confirms a dispute by naming some ticket, nor ends or dates one by a default of the call."""
        ticket = self.env["crm.ticket"].with_user(self.agent).create({"name": "Lost", "partner_id": self.customer.id})
        dispute = self._dispute(self.first, 100.0, user=self.agent, ticket_id=ticket.id)
        self.assertEqual((dispute.to_confirm, dispute.ticket_id.ids), (True, []))
        with self.assertRaises(UserError):
            dispute.write({"ticket_id": ticket.id})
        Dispute = self.env["crm.dispute"].with_user(self.agent)
        forged = {"default_ticket_id": ticket.id, "default_state": "won", "default_amounts_set": True}
        forged |= {"default_date_open": "2020-01-01 00:00:00", "default_deadline": "2030-01-01 00:00:00"}
        dispute = Dispute.with_context(**forged).create(
            {
                "partner_id": self.customer.id,
                "cause_id": self.cause.id,
                "line_ids": Dispute._line_commands(self._item(self.second)),
            }
        )
        self.assertEqual((dispute.state, dispute.ticket_id.ids, dispute.amounts_set), ("open", [], False))
        self.assertEqual(dispute.date_open, fields.Datetime.now())
        self.assertTrue(dispute.to_confirm)

    def test_promise_without_forged_end(self):
        """A promise is open until its own last day, whatever defaults the call brings."""
        forged = {"default_state": "kept", "default_deadline": "2030-01-01", "default_date_closed": "2026-03-02"}
        Promise = self.env["crm.payment.promise"].with_user(self.salesman).with_context(**forged)
        promise = Promise.create({"partner_id": self.customer.id, "date": "2026-03-10", "amount": 50.0})
        self.assertEqual((promise.state, promise.date_closed), ("open", False))
        self.assertEqual(promise.deadline, fields.Date.to_date("2026-03-13"))

    def test_reopened_by_accounting_is_confirmed(self):
        dispute = self._dispute(self.first, 100.0, user=self.salesman)
        dispute.action_cancel()
        dispute.with_user(self.biller).action_reopen()
        self.assertEqual((dispute.to_confirm, dispute.confirmed_by_id), (False, self.biller))

    def test_portal_dispute_has_an_owner_inside(self):
        """Cause, collector, controller, salesperson, administrator: whoever is there, never the customer."""
        self.assertEqual(self._portal_dispute(self.first).user_id, self.finance, "the controller")
        self.company.crm_credit_controller_id = False
        dispute = self._portal_dispute()
        self.assertEqual(dispute.user_id, self.salesman)
        self.assertIn(self.salesman.partner_id, dispute.message_partner_ids)
        asked = dispute.activity_ids
        self.assertEqual(asked.activity_type_id, self.env.ref(CONFIRM))
        self.assertTrue(asked.user_id.has_group("account.group_account_manager"))
        task = self.env["crm.collection.task"].sudo().search([("partner_id", "=", self.customer.id)])
        task.user_id = self.biller
        third = self._invoice(50.0, "2026-01-01", "2026-02-01")
        self.assertEqual(self._portal_dispute(third).user_id, self.biller)
        task.user_id = False
        self.customer.user_id = self.portal
        owner = self._portal_dispute(self._invoice(60.0, "2026-01-01", "2026-02-01")).user_id
        self.assertEqual(owner, self.company._crm_credit_releasers()[:1])
        self.assertFalse(owner.share)

    def test_late_notice_stays_inside(self):
        """A dispute without owner from earlier versions: its late notice finds somebody inside."""
        self.company.crm_credit_controller_id = False
        dispute = self._portal_dispute()
        dispute.write({"user_id": False})
        with freeze_time("2026-06-01 10:00:00"):
            self.env["crm.dispute"]._process_late()
        late = dispute.activity_ids.filtered(lambda activity: activity.activity_type_id != self.env.ref(CONFIRM))
        self.assertEqual((late.user_id, dispute.user_id), (self.salesman, self.salesman))
