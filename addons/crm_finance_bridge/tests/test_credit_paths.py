"""Every way by which a customer could come to owe more, and what keeps each from passing the limit."""

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditPaths(CreditCommon):
    # === ORDERS === #

    def test_direct_write_of_the_state_is_held(self):
        """R193: the state written by import or RPC is checked as the button is."""
        self._limit(amount=100.0)
        order = self._order(100.01)
        mine = order.with_user(self.salesman)
        message = self._refused(mine.write, {"state": "sale"})
        self.assertIn("100.01", message)
        self.assertIn(self.finance.name, message)
        forged = mine.with_context(crm_credit_batch=[], crm_credit_passed={order.id: 1}, mail_notrack=True)
        self._refused(forged.write, {"state": "sale"})
        order.order_line.price_unit = 100.0
        mine.write({"state": "sale"})
        self.assertEqual(order.state, "sale")

    def test_created_as_confirmed_is_held(self):
        """R193: an import of orders that are confirmed from the start is held."""
        self._limit(amount=100.0)
        self._refused(self._order, 100.01, state="sale", date_order="2026-03-01")
        self.assertEqual(self._order(100.0, state="sale", date_order="2026-03-01").state, "sale")
        self._refused(self._order, 0.01, state="sale", date_order="2026-03-01")

    def test_quantity_price_and_lines_of_a_confirmed_order(self):
        """R193: a confirmed order grows up to the limit and no cent beyond, however it is made to grow."""
        self._limit(amount=1000.0)
        order = self._confirmed(600.0)
        line = order.order_line.with_user(self.salesman)
        line.price_unit = 1000.0
        line.price_unit = 500.0
        self._refused(line.write, {"product_uom_qty": 3.0})
        self._refused(line.write, {"price_unit": 1000.01})
        new = {"product_id": self.service.id, "price_unit": 500.01, "tax_ids": [Command.clear()]}
        self._refused(line.create, {"order_id": order.id, **new})
        self._refused(order.with_user(self.salesman).write, {"order_line": [Command.create(new)]})
        self.assertEqual(order.amount_total, 500.0)
        line.product_uom_qty = 2.0
        line.discount = 50.0
        self._refused(self._confirmed, 500.01)
        line.discount = 0.0
        self.assertEqual(order.amount_total, 1000.0)

    def test_cost_by_name_only_is_guarded(self):
        """R193: a salesperson's line called a cost counts as any other; the cost of a bill comes on the order."""
        self._limit(amount=100.0)
        order = self._confirmed(100.0)
        Line = self.env["sale.order.line"].with_user(self.salesman)
        values = {"order_id": order.id, "product_id": self.service.id, "tax_ids": [Command.clear()]}
        self._refused(Line.create, {**values, "price_unit": 0.01, "is_expense": True})
        cost = Line.create({**values, "price_unit": 0.0, "is_expense": True})
        self._refused(cost.write, {"price_unit": 0.01})
        self.service.expense_policy = "cost"
        bill = self._invoice(30.0, move_type="in_invoice", post=False)
        bill.invoice_line_ids.product_id = self.service
        bill.invoice_line_ids.write({"price_unit": 30.0, "tax_ids": [Command.clear()]})
        clerk = self._user("fin_clerk", "account.group_account_invoice,sales_team.group_sale_salesman_all_leads")
        lines = bill.invoice_line_ids.with_user(clerk)
        with patch.object(type(lines), "_sale_determine_order", lambda found: dict.fromkeys(found.ids, order)):
            lines._sale_create_reinvoice_sale_line()
        self.assertEqual(order.amount_total, 130.0)
        self._refused(Line.create, {**values, "price_unit": 0.01, "is_expense": True})

    def test_one_save_is_judged_as_a_whole(self):
        """R193: a save that moves money from line to line is no increase, in whatever order the lines come."""
        self._limit(amount=200.0)
        order = self._order(100.0)
        order.order_line.copy({"order_id": order.id})
        order.with_user(self.salesman).action_confirm()
        first, second = order.order_line
        order.with_user(self.salesman).write(
            {
                "order_line": [
                    Command.update(first.id, {"price_unit": 150.0}),
                    Command.update(second.id, {"price_unit": 50.0}),
                ]
            }
        )
        self.assertEqual(order.amount_total, 200.0)

    def test_decrease_passes_beyond_the_limit(self):
        """R193: who is over the limit may still order less."""
        order = self._confirmed(600.0)
        self._limit(amount=100.0)
        order.order_line.with_user(self.salesman).price_unit = 500.0
        self._refused(order.order_line.with_user(self.salesman).write, {"price_unit": 500.01})
        self.assertEqual(order.amount_total, 500.0)

    def test_another_customer_to_invoice(self):
        """R193: a confirmed order cannot be moved onto a customer whose limit it passes."""
        free, order = self._customer("Free Company"), None
        self._limit(amount=10.0)
        order = self._confirmed(11.0, partner=free)
        self._refused(order.with_user(self.salesman).write, {"partner_invoice_id": self.customer.id})
        order.with_user(self.salesman).partner_invoice_id = self._customer("Other")

    def test_copy_and_reopen_are_checked_again(self):
        """R193: a copy, and an order cancelled and reopened, are judged on what is open now."""
        self._limit(amount=1000.0)
        order = self._confirmed(600.0)
        copy = order.with_user(self.salesman).copy()
        self._refused(copy.action_confirm)
        order.with_user(self.salesman).action_cancel()
        copy.action_confirm()
        order.with_user(self.salesman).action_draft()
        self._refused(order.with_user(self.salesman).action_confirm)
        order.with_user(self.salesman).action_cancel()
        self._refused(order.with_user(self.salesman).write, {"state": "sale"})

    def test_release_up_to_an_amount_lets_an_order_grow(self):
        """R193: finance releases a confirmed order up to 150; it grows that far and no further."""
        self._limit(amount=100.0)
        order = self._confirmed(100.0)
        self._release(order, amount=150.0)
        line = order.order_line.with_user(self.salesman)
        line.price_unit = 150.0
        self._refused(line.write, {"price_unit": 150.01})

    def test_cost_of_changes_without_limits(self):
        """R193: without limits a changed quotation costs no query, a grown confirmed order one."""
        order = self._order(10.0)

        def cost(price):
            order.order_line.price_unit = 1.0
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            order.order_line.price_unit = price
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        for state, allowed in (("draft", 0), ("sale", 2)):
            if state == "sale":
                order.action_confirm()
            cost(5.0)
            guarded = cost(7.0)
            with self.subTest(state=state), self._unguarded(order):
                self.assertLessEqual(guarded - cost(6.0), allowed)

    def _unguarded(self, order):
        from contextlib import contextmanager

        @contextmanager
        def nothing(_self):
            yield {}

        return patch.object(type(order), "_credit_guard", nothing)

    # === STATES === #

    def test_stopped_customer(self):
        """R193: a stop holds orders and deliveries whatever the limits say; the seller reads why."""
        order = self._confirmed(10.0, self.goods)
        Limit = self.env["crm.credit.limit"]
        Limit._stop(self.company, self.customer, "Third reminder", stop="orders")
        self.assertEqual(self._row()["state"], "stop")
        self.assertIn("Third reminder", self._refused(self._confirmed, 1.0))
        Limit._resume(self.company, self.customer)
        Limit._stop(self.company, self.customer, "Third reminder", stop="deliveries")
        self._confirmed(1.0)
        self.assertIn("Third reminder", self._refused(self._ship, order))
        Limit._stop(self.company, self.customer, "First reminder", stop="orders")
        self.assertIn("First reminder", self._refused(self._ship, order))  # both kinds now
        Limit._resume(self.company, self.customer)
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 1.0)
        self.assertEqual(self._row()["state"], "none")

    def test_stop_by_hand_is_taken_off_by_hand(self):
        """R193: reminders neither change nor end a stop that the controller has set."""
        Limit = self.env["crm.credit.limit"]
        terms = self._limit()
        terms.with_user(self.finance).write({"stop": "orders", "stop_reason": "Court case"})
        Limit._stop(self.company, self.customer, "Third reminder")
        Limit._resume(self.company, self.customer)
        self.assertEqual((terms.stop, terms.stop_reason), ("orders", "Court case"))
        self.assertIn("Court case", self._refused(self._confirmed, 1.0))
        terms.with_user(self.finance).stop = False
        self._confirmed(1.0)

    def test_one_invoice_at_a_time(self):
        """R193: a new order only when nothing is open."""
        self._limit(hold_rule="one_invoice")
        self.assertEqual(self._row()["state"], "one_invoice")
        order = self._confirmed(10.0)
        self.assertEqual(self._row()["state"], "hold")
        self.assertIn("10.00", self._refused(self._confirmed, 1.0))
        order.order_line.with_user(self.salesman).price_unit = 20.0
        invoice = order._create_invoices()
        invoice.action_post()
        self._refused(self._confirmed, 1.0)
        self._pay(invoice, 20.0)
        self._confirmed(1.0)

    def test_one_invoice_at_a_time_for_orders_confirmed_together(self):
        """R193: of two quotations confirmed in one click the first is open for the second."""
        self._limit(hold_rule="one_invoice")
        orders = self._order(10.0) + self._order(1.0)
        self.assertIn("10.00", self._refused(orders.with_user(self.salesman).action_confirm))
        orders[0].with_user(self.salesman).action_confirm()

    def test_parts_of_the_exposure_are_chosen(self):
        """R193: a company that counts shipped goods only holds the delivery, not the order."""
        self.company.write({"crm_credit_with_orders": False, "crm_credit_with_drafts": False})
        self._limit(amount=100.0)
        self._invoice(60.0)
        self._invoice(500.0, post=False)
        order = self._confirmed(50.0, self.goods)
        row = self._row()
        self.assertEqual((row["uninvoiced"], row["draft"], row["exposure"]), (0.0, 0.0, 60.0))
        self.assertIn("110.00", self._refused(self._ship, order))
        self._receipt(10.0)
        self._ship(order)
        row = self._row()
        self.assertEqual((row["uninvoiced"], row["shipped"], row["exposure"]), (50.0, 50.0, 100.0))
        self.company.crm_credit_with_receipts = False
        self.assertEqual(self._row()["exposure"], 110.0)

    # === DELIVERY === #

    def test_delivery_is_held_until_released_or_paid(self):
        """R178, R193: goods of a customer overdue beyond the limit wait, for a release or for the money."""
        order, second = self._confirmed(10.0, self.goods), self._confirmed(10.0, self.goods)
        self._limit(overdue_limit=100.0)
        overdue = self._invoice(100.01, due="2026-02-01")
        message = self._refused(self._ship, order)
        self.assertIn(order.name, message)
        self.assertIn(self.finance.name, message)
        order.invalidate_recordset()
        self.assertEqual(order.with_user(self.salesman).credit_state, "hold")
        order.with_user(self.salesman).action_credit_ask()
        self.assertEqual(order.activity_ids.user_id, self.finance)
        self._release(order)
        self._ship(order)
        self._refused(self._ship, second)
        self._pay(overdue, 0.01)
        self._ship(second)
        self.assertEqual(second.order_line.qty_delivered, 1.0)

    def test_more_delivered_than_ordered(self):
        """R193: what is shipped beyond the order counts."""
        self._limit(amount=100.0)
        order = self._confirmed(100.0, self.goods)
        self._refused(self._ship, order, 2.0)
        self._ship(order)

    def test_company_may_leave_deliveries_alone(self):
        """R193: with the setting off only orders are held."""
        self.company.crm_credit_hold_delivery = False
        order = self._confirmed(10.0, self.goods)
        self._limit(overdue_limit=100.0)
        self._invoice(100.01, due="2026-02-01")
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 1.0)

    # === PREPAYMENT === #

    def test_prepaid_ships_once_paid_in_full(self):
        """R195: on prepayment nothing ships before the order is paid in full; a cent less holds it."""
        self._limit(hold_rule="prepaid")
        order = self._confirmed(100.0, self.goods)
        self.assertEqual(self._row()["state"], "prepaid")
        self.assertIn("100.00", self._refused(self._ship, order))
        receipt = self._receipt(99.99)
        self.assertIn("0.01", self._refused(self._ship, order))
        self._receipt(0.01)
        receipt.action_draft()
        self._refused(self._ship, order)
        receipt.action_post()
        order.invalidate_recordset()
        self.assertEqual(order.with_user(self.salesman).credit_state, "prepaid")
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 1.0)

    def test_prepaid_money_pays_one_order_only(self):
        """R195: money received once does not ship two orders, before and after the first is invoiced and matched."""
        self._limit(hold_rule="prepaid")
        first, second = self._confirmed(100.0, self.goods), self._confirmed(100.0, self.goods)
        receipt = self._receipt(100.0)
        self._ship(first)
        self._refused(self._ship, second)
        invoice = first._create_invoices()
        self._refused(self._ship, second)
        invoice.action_post()
        self._refused(self._ship, second)
        lines = (invoice.line_ids + receipt.move_id.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        self._refused(self._ship, second)
        self._receipt(100.0)
        self._ship(second)

    def test_prepaid_by_invoice_and_its_reversal(self):
        """R195: a paid invoice of the whole order ships it; reversed and credited it does not."""
        self._limit(hold_rule="prepaid")
        self.goods.invoice_policy = "order"
        order = self._confirmed(100.0, self.goods)
        invoice = order._create_invoices()
        invoice.action_post()
        self._refused(self._ship, order)
        self._pay(invoice, 40.0)
        self.assertIn("60.00", self._refused(self._ship, order))
        payment = self._pay(invoice, 60.0)
        self.assertIn(payment.state, ("in_process", "paid"))
        payment.action_draft()
        self._refused(self._ship, order)
        payment.action_post()
        if invoice.amount_residual:
            (invoice.line_ids + payment.move_id.line_ids).filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            ).reconcile()
        self._ship(order)

    def test_prepaid_down_payment_is_not_enough(self):
        """R195: a paid down payment of 40 leaves 60 to be paid before shipment; finance may release."""
        self._limit(hold_rule="prepaid")
        order = self._confirmed(100.0, self.goods)
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": "fixed", "fixed_amount": 40.0}
        )
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        self._pay(invoice, 40.0)
        self.assertIn("60.00", self._refused(self._ship, order))
        self._release(order)
        self._ship(order)

    def test_prepayment_of_the_company(self):
        """R195: the company's rule holds for customers without terms; a service delivers nothing and is not held."""
        self.company.crm_credit_hold_rule = "prepaid"
        self._confirmed(100.0)
        order = self._confirmed(100.0, self.goods)
        self._refused(self._ship, order)
        self._limit(hold_rule="none")
        self._ship(order)

    def test_portal_user_reads_no_figures(self):
        """R193: what a customer may trigger tells no figures."""
        self._limit(amount=10.0)
        order = self._order(11.0)
        portal = new_test_user(self.env, "fin_portal_path", "base.group_portal", company_id=self.company.id)
        message = self._refused(order.with_user(portal).sudo().write, {"state": "sale"})
        self.assertNotIn("10.00", message)
