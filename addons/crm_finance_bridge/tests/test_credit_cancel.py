"""What an order, a delivery or a draft takes off the exposure without money or goods coming back."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditCancel(CreditCommon):
    def _cancel(self, order, user=None):
        return order.with_user(user or self.salesman).action_cancel()

    def test_delivered_goods_stay_owed(self):
        """R193: an order delivered and not invoiced is not cancelled away; finance may, and other orders are free."""
        self._limit(amount=100.0)
        order = self._goods((10.0, 10.0))
        self._ship(order, 6.0)
        message = self._refused(self._cancel, order)
        self.assertIn("60.00", message)
        self._refused(order.with_user(self.salesman).write, {"state": "cancel"})
        self._refused(order.with_user(self.salesman).write, {"state": "draft"})
        groups = "sales_team.group_sale_manager,account.group_account_invoice"
        with self.env.cr.savepoint() as savepoint:
            order.with_user(self.salesman)._create_invoices()
            message = self._refused(self._cancel, order, self._user("fin_seller_biller", groups))
            self.assertIn("60.00", message, "its draft invoice goes with the order")
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual((order.state, self._row()["exposure"]), ("sale", 100.0))
        other = self._goods((10.0, 10.0), partner_id=self._customer("No limit").id)
        self._ship(other)
        self._cancel(other)
        self.assertEqual(other.state, "cancel")

    def test_nothing_owed_is_cancelled(self):
        """R193: before the delivery, after the invoice, or with the goods back, a salesperson calls an order off."""
        self._limit(amount=1000.0)
        fresh, invoiced, back, released = (self._goods((10.0, 10.0)) for _number in range(4))
        for order in (invoiced, back, released):
            self._ship(order)
        invoiced._create_invoices().action_post()
        picking = back.picking_ids
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create({"picking_id": picking.id})
        wizard.product_return_moves.write({"quantity": 10.0, "to_refund": True})
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        returned.move_ids.write({"quantity": 10.0, "picked": True})
        returned.button_validate()
        for order in (fresh, invoiced, back):
            self._cancel(order)
        seller = self._user("fin_releaser", "sales_team.group_sale_manager,account.group_account_manager")
        self._cancel(released, seller)
        self.assertEqual({order.state for order in fresh + invoiced + back + released}, {"cancel"})
        self.assertEqual(self._row()["exposure"], 100.0)

    def test_goods_are_delivered_by_their_moves(self):
        """R193: nobody calls delivered goods not delivered; a service is marked by hand, both ways."""
        self._limit(amount=1000.0)
        order = self._goods((10.0, 10.0), (1.0, 50.0, {"product_id": self.service.id}))
        self._ship(order)
        goods, service = order.order_line.with_user(self.salesman)
        for values in ({"qty_delivered": 0.0}, {"qty_delivered_method": "manual"}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                goods.write(values)
        goods.write({"qty_delivered": 10.0})
        service.qty_delivered = 1.0
        service.qty_delivered = 0.0
        self.assertEqual((goods.qty_delivered, self._row()["uninvoiced"]), (10.0, 150.0))

    def test_more_on_a_delivery_that_is_done(self):
        """R193, R195: what is put down afterwards leaves as the delivery did; less may always be put down."""
        self._limit(amount=100.0)
        order = self._goods((10.0, 10.0))
        picking = self._ship(order, 8.0)
        line = picking.move_line_ids
        self._refused(line.write, {"quantity": 10.01})
        self._refused(picking.move_ids.write, {"quantity": 11.0})
        values = {"move_id": picking.move_ids.id, "picking_id": picking.id, "product_id": self.goods.id}
        self._refused(line.create, {**values, "quantity": 3.0})
        self.assertEqual(order.order_line.qty_delivered, 8.0)
        line.quantity = 7.0
        line.create({**values, "quantity": 1.0})
        self._release(order, amount=500.0)
        line.quantity = 20.0
        prepaid = self._customer("Prepaid")
        self._limit(prepaid, hold_rule="prepaid")
        self._receipt(100.0, partner=prepaid)
        order = self._goods((10.0, 10.0), partner_id=prepaid.id)
        line = self._ship(order).move_line_ids
        self._refused(line.write, {"quantity": 10.01})

    def test_draft_credit_note_lowers_nothing(self):
        """R193: a credit note that is not posted is no money; one of an order takes off what the order has again."""
        self._limit(amount=100.0)
        self._invoice(80.0)
        self._invoice(500.0, move_type="out_refund", post=False)
        row = self._row()
        self.assertEqual((row["draft"], row["exposure"]), (0.0, 80.0))
        self._refused(self._confirmed, 20.01)
        other = self._customer("Credited")
        order = self._goods((10.0, 10.0), partner_id=other.id)
        self._ship(order)
        invoice = order._create_invoices()
        invoice.action_post()
        self._reverse_invoice(invoice, post=False)
        row = self.env["crm.credit.exposure"]._rows(self.company, other)[other.id]
        self.assertEqual((row["receivable"], row["exposure"]), (100.0, 100.0))

    def test_drafted_invoice_hides_no_goods(self):
        """R193: where draft invoices do not count, those of orders do: goods do not vanish from the exposure."""
        self.company.crm_credit_with_drafts = False
        self._limit(amount=100.0)
        order = self._goods((10.0, 10.0))
        self._ship(order)
        invoice = order.with_user(self.salesman)._create_invoices()
        self.assertEqual(self._row()["exposure"], 100.0)
        self._refused(self._confirmed, 0.01)
        self._invoice(30.0, post=False)
        self.assertEqual(self._row()["draft"], 100.0)
        invoice.with_user(self.finance).action_post()
        self.assertEqual((self._row()["receivable"], self._row()["draft"]), (100.0, 0.0))

    def test_reason_of_a_request_is_text(self):
        """R193: what is written as a reason reaches the approver as text, with its lines."""
        self._limit(amount=100.0)
        values = {"partner_id": self.customer.id, "amount": 200.0, "reason": "<img src='x'>\nSeason"}
        request = self.env["crm.credit.request"].with_user(self.salesman).create(values)
        request.action_ask()
        note = request.sudo().activity_ids.note
        self.assertIn("&lt;img", note)
        self.assertIn("<br>", note.replace("<br/>", "<br>"))
