from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import MONDAY, ServiceCommon


@tagged("post_install", "-at_install")
class TestAfterSales(ServiceCommon):
    """Returns from the proposal to the credit note, by an agent, a leader, a manager and a warehouse user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls._user("store", "stock.group_stock_user")
        cls.leader = cls._user("leader", "crm_service.group_service_user")
        cls.chief = cls._user("chief", "crm_service.group_service_manager")
        cls.team.write({"user_id": cls.leader.id, "return_limit": 50, "return_leader_limit": 100})
        cls.reason = cls.env.ref("crm_service.crm_return_reason_defect")
        cls.vendor = cls.env["res.partner"].create({"name": "Glashütte"})
        cls.glass.seller_ids = [(0, 0, {"partner_id": cls.vendor.id, "price": 5})]

    def _case(self, quantity=3, **order):
        """A ticket on a delivered line and the return that its button opens, saved by the agent."""
        order = self._deliver(**order)
        line = order.order_line[:1]
        ticket = self._ticket(sale_order_line_id=line.id, category_id=self.defect.id)
        ticket.quantity = quantity
        return ticket, line, self._propose(ticket)

    def _propose(self, ticket, **values):
        context = ticket.action_new_return()["context"]
        Return = self.env["crm.return"].with_user(self.agent).with_context(**context)
        form = Form(Return)
        form.reason_id = self.reason
        for name, value in values.items():
            form[name] = value
        return form.save().with_env(self.env)

    def _receive(self, back, quantity=None, rest=False):
        """The warehouse user validates the receipt as Odoo has it; `rest`: what is missing comes later."""
        receipt = back.with_user(self.store).receipt_id
        for move in receipt.move_ids:
            move.quantity = move.product_uom_qty if quantity is None else quantity
            move.picked = True
        no_rest = [] if rest else receipt.ids
        receipt.with_context(skip_backorder=True, picking_ids_not_to_backorder=no_rest).button_validate()

    def _inspect(self, back, good, bad, **values):
        line = back.with_user(self.store).line_ids
        line.write({"quantity_good": good, "quantity_bad": bad, "result": "fault", **values})
        back.with_user(self.store).action_inspected()

    def test_return_from_ticket_to_credit_note(self):
        """R085: an agent's defect ticket on a delivered line: return, receipt, inspection, scrap, credit note."""
        ticket, line, back = self._case(3)
        self.assertRecordValues(back.line_ids, [{"product_id": self.glass.id, "quantity": 3, "quantity_free": 10}])
        self.assertEqual((back.amount, back.partner_id, back.state), (37.5, self.customer, "draft"))
        with freeze_time(MONDAY):
            back.action_submit()  # 37.50 is within the team's 50
        self.assertEqual((back.state, ticket.return_ids), ("approved", back.receipt_id))
        receipt = back.receipt_id.with_env(self.env)
        self.assertRecordValues(
            receipt.move_ids,
            [{"product_uom_qty": 3, "sale_line_id": line.id, "origin_returned_move_id": line.move_ids[0].id}],
        )
        with freeze_time(MONDAY + timedelta(days=2)):
            self._receive(back)
        self.assertEqual((back.state, back.line_ids.quantity_received, line.qty_delivered), ("received", 3, 7))
        with self.assertRaisesRegex(UserError, "were judged"):
            back.with_user(self.store).action_inspected()
        with freeze_time(MONDAY + timedelta(days=3)):
            self._inspect(back, 1, 2, disposition="scrap")
        scrap = back.line_ids.scrap_id.with_env(self.env)
        self.assertRecordValues(scrap, [{"state": "done", "scrap_qty": 2, "product_id": self.glass.id}])
        self.assertEqual(scrap.location_id, receipt.location_dest_id)
        with freeze_time(MONDAY + timedelta(days=4)):
            back.action_refund()
        refund = back.refund_ids.with_env(self.env)
        self.assertRecordValues(refund, [{"state": "draft", "amount_total": 37.5, "ticket_id": ticket.id}])
        self.assertEqual((back.state, back.outcome), ("done", "refund"))
        facts = self.env["crm.return.analysis"].with_user(self.agent).search([("return_id", "=", back.id)])
        self.assertRecordValues(
            facts,
            [
                {
                    "days_approval": 0,
                    "days_receipt": 2,
                    "days_inspection": 1,
                    "days_settlement": 1,
                    "days_total": 4,
                    "amount": 37.5,
                }
            ],
        )
        refund.action_post()
        self.assertEqual(line.qty_invoiced, 7)

    def test_replacement_is_shipped_and_counted(self):
        """R085: exchange: what was accepted is shipped again on the order line, and is not invoiced again."""
        ticket, line, back = self._case(2, invoice=True)
        back.wanted = "exchange"
        back.action_submit()
        self._receive(back)
        self._inspect(back, 0, 2, disposition="vendor")
        to_vendor = back.line_ids.vendor_picking_id.with_env(self.env)
        self.assertEqual((to_vendor.partner_id, to_vendor.move_ids.product_uom_qty), (self.vendor, 2))
        self.assertEqual(to_vendor.location_dest_id.usage, "supplier")
        back.action_replace()
        again = back.replacement_ids.with_env(self.env)
        self.assertRecordValues(again.move_ids, [{"product_uom_qty": 2, "sale_line_id": line.id}])
        self.assertEqual((again.partner_id, again.ticket_id), (line.order_id.partner_shipping_id, ticket))
        again.move_ids.quantity = 2
        again.move_ids.picked = True
        again.button_validate()
        self.assertEqual((line.qty_delivered, line.qty_to_invoice), (10, 0))
        self.assertEqual((back.state, back.outcome), ("done", "exchange"))

    def test_repair_order_of_what_came(self):
        """R085: bad goods that are repaired get Odoo's repair order, linked to ticket and receipt."""
        ticket, _line, back = self._case(1)
        back.wanted = "repair"
        back.action_submit()
        self._receive(back)
        back.with_user(self.store).line_ids.disposition = "repair"
        back.with_user(self.store).line_ids.action_all_bad()
        back.with_user(self.store).action_inspected()
        self.assertRecordValues(
            back.line_ids.repair_id.with_env(self.env),
            [
                {
                    "product_id": self.glass.id,
                    "product_qty": 1,
                    "picking_id": back.receipt_id.id,
                    "ticket_id": ticket.id,
                    "under_warranty": True,
                }
            ],
        )
        back.action_finish()
        self.assertEqual(back.outcome, "repair")

    def test_goods_in_two_receipts_are_inspected_together(self):
        """R085: while a part is still expected the inspection waits; with the second receipt all of it is judged."""
        _ticket, _line, back = self._case(3)
        back.action_submit()
        self._receive(back, quantity=1, rest=True)
        self.assertRecordValues(back, [{"state": "received"}])
        self.assertEqual(back.line_ids.quantity_received, 1)
        with self.assertRaisesRegex(UserError, "2 are still expected"):
            self._inspect(back, good=1, bad=0)
        rest = back.receipt_id.backorder_ids.with_user(self.store)
        rest.move_ids.write({"quantity": 2, "picked": True})
        rest.button_validate()
        self.assertEqual(back.line_ids.quantity_received, 3)
        self._inspect(back, good=3, bad=0, disposition="restock")
        self.assertEqual(back.state, "inspected")

    def test_no_more_than_was_delivered(self):
        """R085: never more than was delivered and has not come back; what others asked for counts."""
        ticket, line, back = self._case(10)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.env["crm.return.line"].with_user(self.agent).create(
                {"return_id": back.id, "move_id": self._deliver(self.stranger).picking_ids.move_ids.id, "quantity": 1}
            )
        back.line_ids.quantity = 10.01
        with self.assertRaisesRegex(UserError, "only 10 of"):
            back.action_submit()
        back.line_ids.quantity = 7
        back.action_submit()
        self.assertEqual(back.state, "approval")  # 87.50 is above the agents' 50
        ticket.quantity = 10
        second = self._propose(ticket)
        self.assertEqual(second.line_ids.quantity, 3)
        second.line_ids.quantity = 3.5
        with self.assertRaisesRegex(UserError, "only 3 of"):
            second.action_submit()
        second.line_ids.quantity = 3
        second.action_submit()
        self.assertEqual(second.state, "approved")
        with self.assertRaises(UserError):
            ticket.action_new_return()
        # Odoo's wizard, too, gives an agent no more; a refused return gives the goods free.
        back.with_user(self.leader).action_refuse()
        self.assertEqual(line.move_ids[0]._crm_free_to_return()[line.move_ids[0]], 7)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            back.line_ids.sudo().quantity = 0
            back.line_ids.flush_recordset()

    def test_who_may_do_what(self):
        """R085: an agent proposes, the leader or a manager approves by amount, the warehouse receives and inspects."""
        _ticket, _line, back = self._case(8)  # 100.00: the leader's limit itself
        with self.assertRaises(AccessError):
            back.state = "approved"
        with self.assertRaises(AccessError):
            self.env["crm.return"].with_user(self.agent).create(
                {
                    "ticket_id": back.ticket_id.id,
                    "picking_id": back.picking_id.id,
                    "reason_id": self.reason.id,
                    "state": "done",
                }
            )
        back.action_submit()
        self.assertEqual(back.activity_ids.user_id, self.leader)
        for user in (self.agent, self.store):
            self.assertFalse(back.with_user(user).may_approve)
            with self.assertRaises(AccessError):
                back.with_user(user).action_approve()
        with self.assertRaises(UserError):
            back.line_ids.quantity = 1
        self.assertTrue(back.with_user(self.leader).may_approve)
        back.with_user(self.leader).action_approve()
        self.assertRecordValues(back, [{"state": "approved", "approver_id": self.leader.id}])
        self.assertFalse(back.activity_ids)
        with self.assertRaises(UserError):
            back.line_ids.with_user(self.store).quantity_good = 8  # before it came
        self._receive(back, 5)
        self.assertEqual(back.line_ids.quantity_received, 5)
        with self.assertRaises(UserError):
            back.line_ids.with_user(self.store).quantity_received = 8
        # What the customer damaged is not credited.
        self._inspect(back, 0, 5, disposition="scrap", result="misuse")
        self.assertEqual(back.line_ids.quantity_accepted, 0)
        with self.assertRaisesRegex(UserError, "Nothing is left to credit"):
            back.action_refund()
        with self.assertRaises(AccessError):
            back.with_user(self.store).action_finish()
        back.action_finish()
        self.assertEqual(back.outcome, "none")
        # Above the leader's limit: a manager.
        _ticket, _line, large = self._case(9)
        large.action_submit()
        with self.assertRaises(AccessError):
            large.with_user(self.leader).action_approve()
        large.with_user(self.chief).action_approve()
        large.action_cancel()
        self.assertEqual((large.state, large.receipt_id.state), ("cancel", "cancel"))

    def test_agents_wizard_ends_at_the_limit(self):
        """R085: Odoo's wizard does not lead an agent past the approval."""
        order = self._deliver(invoice=False)
        ticket = self._ticket(sale_order_line_id=order.order_line.id)
        context = ticket.action_return()["context"]
        for quantity, allowed in ((4, True), (5, False)):  # 50.00 and 62.50
            ticket.quantity = quantity
            wizard = Form(self.env["stock.return.picking"].with_user(self.agent).with_context(**context)).save()
            if allowed:
                wizard.action_create_returns()
            else:
                with self.assertRaisesRegex(AccessError, "above the limit"):
                    wizard.action_create_returns()

    def test_credit_note_never_above_what_is_invoiced(self):
        """R085: two returns of one line credit together no more than was invoiced."""
        ticket, line, first = self._case(4, quantities=((self.glass, 10), (self.jug, 1)))
        first.action_submit()
        self._receive(first)
        self._inspect(first, 4, 0)
        # Finance has credited 8 of 10 on its own meanwhile.
        invoice = line.order_id.invoice_ids
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        reversal.create({"journal_id": invoice.journal_id.id}).refund_moves()
        draft = invoice.reversal_move_ids
        draft.invoice_line_ids.filtered(lambda item: item.product_id == self.jug).unlink()
        draft.invoice_line_ids.quantity = 8
        first.action_refund()
        self.assertRecordValues(
            first.refund_ids.with_env(self.env).invoice_line_ids, [{"product_id": self.glass.id, "quantity": 2}]
        )

    def test_return_rate_by_product_and_customer(self):
        """R085: the rate is the share of deliveries with a return; the certain part of it stands beside."""
        moves = self.env["crm.return.rate"]
        _ticket, _line, back = self._case(2)
        self._deliver(invoice=False)
        back.action_submit()
        self._receive(back)
        domain = [("product_id", "=", self.glass.id), ("company_id", "=", self.company.id)]
        for field, key in (("product_id", self.glass), ("partner_id", self.customer)):
            [(found, rate, low, quantity, returned)] = moves.with_user(self.agent)._read_group(
                domain, [field], ["rate:avg", "rate_low:avg", "quantity:sum", "quantity_returned:sum"]
            )
            self.assertEqual((found, rate, quantity, returned), (key, 50, 20, 2))
            self.assertAlmostEqual(low, 9.45, 1)
        events = self.env["crm.customer.event"].search([("res_model", "=", "crm.return"), ("res_id", "=", back.id)])
        self.assertRecordValues(events, [{"partner_id": self.customer.id, "kind": "crm_return", "amount": 25}])

    def test_other_companies_do_not_see_returns(self):
        """R085: returns and their figures stay within the company."""
        _ticket, _line, back = self._case(2)
        back.action_submit()
        company = self.env["res.company"].create({"name": "Other House"})
        other = self._user("other_agent", "crm_service.group_service_user", company=company)
        for model in ("crm.return", "crm.return.line", "crm.return.analysis", "crm.return.rate"):
            self.assertFalse(self.env[model].with_user(other).search([("company_id", "=", self.company.id)]))
            self.assertTrue(self.env[model].with_user(self.agent).search([("company_id", "=", self.company.id)]))
        with self.assertRaises(AccessError):
            back.with_user(other).action_cancel()
