"""What may leave the warehouse: more than was ordered or paid, by whatever way it leaves."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditDelivery(CreditCommon):
    def _extra_goods(self):
        values = {"type": "consu", "invoice_policy": "delivery", "taxes_id": [Command.clear()]}
        return self.env["product.product"].create({"name": "Extra goods", "list_price": 70.0, **values})

    def _add_goods(self, order, product):
        """The storekeeper, who may sell as well, puts another product on the open delivery of an order."""
        self.storekeeper.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        picking = order.sudo().picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        self.env["stock.move"].with_user(self.storekeeper).create(
            {
                "picking_id": picking.id,
                "product_id": product.id,
                "product_uom_qty": 1.0,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )

    # === MORE THAN ORDERED === #

    def test_prepaid_order_ships_no_more_than_is_paid(self):
        """R195: of 10 at 100 paid in advance 15 do not leave, nor another product with them; the 10 do."""
        self._limit(hold_rule="prepaid")
        order = self._order(100.0)
        order.order_line.write({"product_id": self.goods.id, "price_unit": 100.0, "product_uom_qty": 10.0})
        order.with_user(self.salesman).action_confirm()
        self._receipt(1000.0)
        self.assertIn("500.00", self._refused(self._ship, order, 15.0))
        extra = self._extra_goods()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._add_goods(order, extra)
            self.assertIn("70.00", self._refused(self._ship, order, 1.0))
            raise ZeroDivisionError  # takes the product off again
        order.invalidate_recordset()
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 10.0)

    def test_prepaid_by_draft_and_posted_invoice_ships_no_more(self):
        """R195: what is delivered beyond a paid invoice is unpaid, with and without a draft invoice of it."""
        self._limit(hold_rule="prepaid")
        self.goods.invoice_policy = "order"
        order = self._order(100.0)
        order.order_line.write({"product_id": self.goods.id, "price_unit": 100.0, "product_uom_qty": 10.0})
        order.with_user(self.salesman).action_confirm()
        invoice = order._create_invoices()
        self._receipt(1000.0)
        self.assertIn("500.00", self._refused(self._ship, order, 15.0))
        invoice.action_post()
        self.assertIn("500.00", self._refused(self._ship, order, 15.0))
        self._ship(order)

    def test_order_paid_in_advance_passes_the_limit_only_as_ordered(self):
        """R193: what is paid leaves beyond the limit, what is shipped on top of it does not."""
        self._limit(amount=100.0)
        self.goods.invoice_policy = "order"
        order = self._confirmed(50.0, self.goods)
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice, 50.0)
        self._invoice(100.01)
        self._refused(self._ship, order, 2.0)
        self._ship(order)

    # === MONEY THAT IS NOT THERE === #

    def test_online_payment_that_was_cancelled_pays_nothing(self):
        """R195: an online transaction counts until it has a payment, then the payment does: not once it is undone."""
        self._limit(hold_rule="prepaid")
        order = self._confirmed(100.0, self.goods)
        transaction = self._transaction(order, 100.0)
        self.assertEqual(order._credit_unpaid(), 0)
        payment = self._receipt(100.0)
        transaction.payment_id = payment
        row = self.env["crm.credit.exposure"]._rows(self.company, self.customer, whole=True)[self.customer.id]
        self.assertEqual(order._credit_unpaid(row), 0)
        for undo in (payment.action_draft, payment.action_cancel):
            undo()
            self.assertIn("100.00", self._refused(self._ship, order))

    def test_online_payment_captured_in_parts_counts_once(self):
        """R195: of 100 of which 40 are captured with a payment 60 count online; a part given up does not count."""
        self._limit(hold_rule="prepaid")
        order = self._confirmed(140.0, self.goods)
        whole = self._transaction(order, 100.0, operation="online_direct")
        values = {"operation": "online_direct", "source_transaction_id": whole.id, "sale_order_ids": False}
        part = self._transaction(order, 40.0, reference="test-part", **values)
        self.assertEqual(order._credit_paid(), 100.0)
        part.payment_id = self._receipt(40.0)
        self.assertEqual(order._credit_paid(), 60.0)
        self.assertIn("40.00", self._refused(self._ship, order))
        self._transaction(order, 60.0, reference="test-void", state="cancel", **values)
        self.assertEqual(order._credit_paid(), 0.0)

    def test_draft_credit_note_pays_no_order(self):
        """R195: a credit note that is not posted pays nothing, a draft invoice of the customer claims money."""
        self._limit(hold_rule="prepaid")
        order = self._confirmed(100.0, self.goods)
        refund = self._invoice(100.0, move_type="out_refund", post=False)
        self.assertIn("100.00", self._refused(self._ship, order))
        self._receipt(100.0)
        draft = self._invoice(30.0, post=False)
        self.assertIn("30.00", self._refused(self._ship, order))
        draft.unlink()
        refund.unlink()
        self._ship(order)

    # === RELEASE === #

    def test_release_in_a_foreign_currency_outlives_a_new_rate(self):
        """R193: a released order in a currency that has risen since is confirmed and delivered; more of it is not."""
        rates = [("2016-01-01", 2.0), ("2026-03-02", 1.9)]
        currency = self.setup_other_currency("EUR", rates=rates)
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": currency.id})
        self._limit(amount=50.0)
        order = self._order(200.0, pricelist_id=pricelist.id)
        order.order_line.write({"product_id": self.goods.id, "price_unit": 200.0})
        self._release(order)
        release = order.credit_decision_ids.filtered(lambda decision: decision.kind == "release")
        self.assertEqual((release.order_amount, release.order_total), (100.0, 200.0))
        with freeze_time("2026-03-03"):
            order.with_user(self.salesman).action_confirm()
            self.assertAlmostEqual(order.currency_rate, 1.9)
            self._refused(order.order_line.with_user(self.salesman).write, {"price_unit": 200.01})
            self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 1.0)

    def test_release_without_the_currency_of_its_order(self):
        """R193: a release from before the order's currency was kept is good up to its amount as it was."""
        self._limit(amount=10.0)
        order = self._order(11.0)
        self._release(order)
        order.credit_decision_ids.flush_recordset()
        self.env.cr.execute("UPDATE crm_credit_decision SET order_currency_id = NULL, order_total = NULL")
        self.env.invalidate_all()
        self.assertTrue(order._credit_release())
        order.order_line.price_unit = 11.01
        self.assertFalse(order._credit_release())

    # === OTHER WAYS OUT === #

    def _delivery(self, partner):
        """A delivery that the storekeeper makes by hand."""
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        places = {
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        move = {"product_id": self.goods.id, "product_uom_qty": 1.0, "quantity": 1.0, "picked": True, **places}
        values = {"picking_type_id": warehouse.out_type_id.id, "partner_id": partner.id, **places}
        return (
            self.env["stock.picking"].with_user(self.storekeeper).create({**values, "move_ids": [Command.create(move)]})
        )

    def test_stopped_customer_gets_nothing_by_hand(self):
        """R193: a delivery without an order is stopped too, for any contact of the customer and for it alone."""
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        terms = self._limit(stop="orders", stop_reason="Court case")
        self._delivery(contact).button_validate()
        terms.stop = "deliveries"
        delivery = self._delivery(contact)
        message = self._refused(delivery.button_validate)
        self.assertIn("Court case", message)
        self.assertIn(delivery.name, message)
        self._delivery(self._customer("Free Company")).button_validate()
        terms.stop = False
        delivery.button_validate()
        self.assertEqual(delivery.state, "done")

    def test_goods_for_another_company_are_checked(self):
        """R193: goods that leave by the transit between companies have left."""
        order = self._confirmed(10.0, self.goods)
        self._limit(stop="deliveries")
        transit = self.env.ref("stock.stock_location_inter_company")
        transit.sudo().active = True
        order.sudo().picking_ids.move_ids.location_dest_id = transit
        self.assertIn("stopped", self._refused(self._ship, order))

    def test_goods_added_to_a_delivery_and_shipped_alone(self):
        """R195: another product on the delivery of an unpaid order does not leave before the order does."""
        self._limit(hold_rule="prepaid")
        order = self._confirmed(100.0, self.goods)
        self._add_goods(order, self._extra_goods())
        picking = order.sudo().picking_ids.with_user(self.storekeeper)
        extra = picking.move_ids.filtered(lambda move: move.product_id != self.goods)
        extra.write({"quantity": 1.0, "picked": True})
        self.assertIn("100.00", self._refused(picking.with_context(skip_backorder=True).button_validate))
