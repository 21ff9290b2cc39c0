"""Order lines from confirmation to money: shipments, returns, refunds, services, two currencies."""

from datetime import datetime

from odoo import Command
from odoo.addons.sale.tests.common import TestSaleCommon
from odoo.tests import freeze_time, tagged


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:00:00")
class TestOrderFlow(TestSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_currency("EUR", rates=[("1900-01-01", 1.0), ("2026-01-01", 0.8)])
        cls.goods = cls.company_data["product_delivery_no"]
        cls.service = cls.company_data["product_service_order"]
        (cls.goods + cls.service).taxes_id = False

    def order(self, *lines, **values):
        commands = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "price_unit": price,
                    "tax_ids": [Command.clear()],
                }
            )
            for product, quantity, price in lines
        ]
        order = self.env["sale.order"].create({"partner_id": self.partner_a.id, "order_line": commands, **values})
        order.action_confirm()
        return order

    def ship(self, order, quantity, backorder=True):
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=[] if backorder else picking.ids
        ).button_validate()
        return picking

    def give_back(self, picking, quantity, to_refund=True):
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        )
        wizard = wizard.create({})
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": to_refund})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": quantity, "picked": True})
        back.button_validate()
        return back

    def pay(self, invoice, amount):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"payment_date": "2026-03-05"})
        )
        wizard.amount = amount
        wizard._create_payments()

    def assertFlow(self, line, **values):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(self.env["crm.order.flow"].browse(line.ids), [values])

    def test_partial_shipment_then_rest_invoice_and_payments(self):
        order = self.order((self.goods, 10, 20))
        line = order.order_line
        self.assertFlow(line, status="to_ship", qty_ordered=10, amount_ordered=200, amount_delivered=0, is_late=False)
        with freeze_time("2026-03-04 10:00:00"):
            self.ship(order, 4)
            self.assertFlow(line, status="part_shipped", qty_delivered=4, amount_delivered=80, is_short=False)
        with freeze_time("2026-03-06 10:00:00"):
            self.ship(order, 6)
        self.assertFlow(line, status="shipped", qty_delivered=10, amount_delivered=200, days_to_ship=4)
        flow = self.env["crm.order.flow"].browse(line.id)
        self.assertEqual(flow.date_first_ship, datetime(2026, 3, 4, 10))
        self.assertEqual(flow.date_last_ship, datetime(2026, 3, 6, 10))
        invoice = order._create_invoices()
        self.assertFlow(line, status="shipped", qty_invoiced=0, amount_invoiced=0)  # a draft bills nothing
        invoice.action_post()
        self.assertFlow(line, status="invoiced", qty_invoiced=10, amount_invoiced=200, amount_collected=0)
        self.pay(invoice, 50)
        self.assertFlow(line, status="part_paid", amount_collected=50)
        self.pay(invoice, 150)
        self.assertFlow(line, status="paid", amount_collected=200)

    def test_late_by_the_day_asked_for(self):
        order = self.order((self.goods, 1, 5), commitment_date="2026-03-04 08:00:00")
        line = order.order_line
        with freeze_time("2026-03-04 20:00:00"):
            self.assertFlow(line, is_late=False, date_requested=datetime(2026, 3, 4, 8))
        with freeze_time("2026-03-05 01:00:00"):
            self.assertFlow(line, is_late=True, status="to_ship")
        with freeze_time("2026-03-04 21:00:00"):
            self.ship(order, 1)
        with freeze_time("2026-04-01 01:00:00"):
            self.assertFlow(line, is_late=False)

    def test_closed_short(self):
        order = self.order((self.goods, 10, 20))
        self.ship(order, 7, backorder=False)
        line = order.order_line
        self.assertFlow(line, status="closed_short", is_short=True, qty_delivered=7)
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertFlow(line, status="invoiced", is_short=True, amount_invoiced=140)

    def test_return_with_refund_and_credit_note(self):
        order = self.order((self.goods, 10, 20))
        line = order.order_line
        picking = self.ship(order, 10)
        invoice = order._create_invoices()
        invoice.action_post()
        self.pay(invoice, 200)
        self.give_back(picking, 4)
        self.assertFlow(line, qty_delivered=6, qty_returned=4, qty_invoiced=10, amount_delivered=120, status="paid")
        refund = order._create_invoices(final=True)
        self.assertEqual(refund.move_type, "out_refund")
        refund.action_post()
        self.assertFlow(line, qty_invoiced=6, amount_invoiced=120, amount_collected=200)
        self.pay(refund, 80)
        self.assertFlow(line, amount_collected=120, status="paid")

    def test_everything_came_back(self):
        order = self.order((self.goods, 3, 20))
        picking = self.ship(order, 3)
        self.give_back(picking, 3, to_refund=False)
        self.assertFlow(order.order_line, status="returned", qty_delivered=3, qty_returned=3)

    def test_service_has_no_shipment_and_is_never_late(self):
        order = self.order((self.service, 2, 30), commitment_date="2026-03-03 08:00:00")
        line = order.order_line
        with freeze_time("2026-04-01"):
            self.assertFlow(line, status="to_ship", is_late=False, is_short=False, date_last_ship=False)
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertFlow(line, status="invoiced", amount_invoiced=60)
        self.pay(invoice, 60)
        self.assertFlow(line, status="paid", amount_collected=60)

    def test_foreign_order_in_company_currency(self):
        pricelist = self.env["product.pricelist"].create({"name": "Abroad", "currency_id": self.foreign.id})
        order = self.order((self.goods, 2, 400), pricelist_id=pricelist.id)
        line = order.order_line
        self.assertEqual(order.currency_id, self.foreign)
        self.ship(order, 2)
        invoice = order._create_invoices()
        invoice.invoice_date = "2025-12-31"  # at 1.0; the order's own rate is 0.8
        invoice.action_post()
        self.assertFlow(line, amount_ordered=1000, amount_delivered=1000, amount_invoiced=800)

    def test_down_payment_and_notes_are_no_rows(self):
        order = self.order((self.goods, 1, 100))
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        wizard.create({"advance_payment_method": "percentage", "amount": 30}).create_invoices()
        order.order_line = [Command.create({"display_type": "line_note", "name": "Handle with care"})]
        rows = self.env["crm.order.flow"].search([("order_id", "=", order.id)])
        self.assertEqual(rows.order_line_id.product_id, self.goods)
        self.assertEqual(len(rows), 1)

    def test_quotations_are_no_rows(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.partner_a.id, "order_line": [Command.create({"product_id": self.goods.id})]}
        )
        self.assertFalse(self.env["crm.order.flow"].search([("order_id", "=", order.id)]))

    def test_tax_is_left_out_of_what_was_collected(self):
        order = self.order((self.goods, 1, 100))
        order.order_line.tax_ids = self.company_data["default_tax_sale"]
        self.ship(order, 1)
        invoice = order._create_invoices()
        invoice.action_post()
        self.pay(invoice, invoice.amount_total / 2)
        self.assertGreater(invoice.amount_total, 100)
        self.assertFlow(order.order_line, amount_collected=50, status="part_paid")

    def test_unit_of_the_order_line(self):
        order = self.order((self.goods, 2, 120))
        line = order.order_line
        self.assertEqual(line.product_uom_id, self.goods.uom_id)
        dozens = self.order((self.goods, 1, 120))
        dozens.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.ship(dozens, 12)
        self.assertFlow(dozens.order_line, qty_ordered=1, qty_delivered=1, status="shipped")
