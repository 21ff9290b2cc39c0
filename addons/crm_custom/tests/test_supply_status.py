"""The deal's supply chain on lead and order: goods, purchases, possible delivery, reminders, receipts."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .supply_common import SupplyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 09:00:00")
class TestSupplyStatus(SupplyCommon):
    def fresh(self, record):
        self.env.flush_all()
        record.env.invalidate_all()
        return record

    # === STATUS === #

    def test_goods_and_purchase_on_order_and_lead(self):
        lead = self.env["crm.lead"].create(
            {"name": "Lamps", "type": "opportunity", "partner_id": self.agent.id, "user_id": self.salesman.id}
        )
        to_order = self.env.ref("stock.route_warehouse0_mto")
        to_order.active = True
        made = self.goods("Made to order", route_ids=[(6, 0, (to_order + self.warehouse.buy_pull_id.route_id).ids)])
        order = self.order(self.agent, (made, 3), opportunity_id=lead.id)
        lead = lead.with_user(self.salesman)
        self.fresh(order)
        self.assertEqual((order.flow_goods, order.flow_purchase), ("waiting", "to_order"))
        self.assertEqual((lead.flow_goods, lead.flow_purchase), ("waiting", "to_order"))
        purchase = order.sudo().order_line.move_ids._crm_bought()[order.sudo().order_line.move_ids].order_id
        purchase = purchase.with_user(self.buyer)
        purchase.button_confirm()
        self.fresh(order)
        self.assertEqual((order.flow_goods, order.flow_purchase), ("waiting", "ordered"))
        self.assertIn(purchase.name, lead.flow_supply_text)
        with freeze_time("2026-07-30 09:00:00"):
            self.fresh(order)
            self.assertEqual(order.flow_purchase, "late")
        self.receive(purchase)
        self.fresh(order)
        self.assertEqual((order.flow_goods, order.flow_purchase), ("ready", "received"))
        order.sudo().picking_ids.button_validate()
        self.fresh(order)
        self.assertEqual((lead.flow_goods, lead.flow_purchase), ("shipped", "received"))

    def test_possible_delivery_follows_the_receipt(self):
        """R074: the day on which goods can leave moves with the purchase, and says why."""
        purchase = self.purchase((self.lamp, 10))
        order = self.order(self.agent, (self.lamp, 4), commitment_date="2026-07-08 12:00:00")
        line = self.fresh(order).order_line
        self.assertEqual(line.crm_promised_date, date(2026, 7, 10))
        self.assertIn(purchase.name, line.crm_promise_reason)
        self.assertTrue(line.crm_promise_late, "agreed on the 8th")
        purchase.order_line.date_planned = "2026-07-20 12:00:00"
        self.assertEqual(self.fresh(line).crm_promised_date, date(2026, 7, 20))
        self.receive(purchase, 4)
        order.sudo().picking_ids.action_assign()
        self.fresh(line)
        self.assertFalse(line.crm_promise_late)
        self.assertLessEqual(line.crm_promised_date, date(2026, 7, 8))

    def test_stock_and_receipts_are_given_once(self):
        self.put(self.lamp, 2)
        self.purchase((self.lamp, 5))
        first = self.order(self.direct, (self.lamp, 4))
        second = self.order(self.direct, (self.lamp, 2))
        third = self.order(self.direct, (self.lamp, 9))
        self.fresh(first)
        self.assertEqual(first.order_line.crm_promised_date, date(2026, 7, 10))
        self.assertEqual(second.order_line.crm_promised_date, date(2026, 7, 10))
        self.assertFalse(third.order_line.crm_promised_date)
        self.assertIn("No supply planned for 8", third.order_line.crm_promise_reason)

    def test_status_of_a_list_in_a_fixed_number_of_queries(self):
        orders = self.env["sale.order"]
        for number in range(12):
            orders |= self.order(self.direct, (self.lamp, number + 1))
        orders = orders.sudo()
        self.purchase((self.lamp, 30))
        self.fresh(orders)
        counts = []
        for part in (orders[:2], orders):
            orders.invalidate_recordset()
            self.env.invalidate_all()
            self.env.user.has_group("base.group_user")
            before = self.env.cr.sql_log_count
            part.mapped("flow_supply_text")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, "no query for each order")

    # === REMINDERS === #

    def test_due_today_this_week_and_late(self):
        """R074: a sales assistant sees what is due today, this week and late."""
        days = {"2026-06-26": "1_late", "2026-06-30": "2_today", "2026-07-05": "3_week", "2026-07-06": "4_later"}
        orders = {
            due: self.order(self.direct, (self.lamp, 1), commitment_date=f"{day} 12:00:00") for day, due in days.items()
        }
        flow = self.fresh(self.env["crm.order.flow"].with_user(self.salesman))
        for due, order in orders.items():
            found = flow.search([("due", "=", due), ("order_id", "in", [order.id for order in orders.values()])])
            self.assertEqual(found.order_id, order)
        done = orders["2_today"].sudo()
        done.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        done.picking_ids.button_validate()
        self.assertFalse(self.fresh(flow).search([("due", "=", "2_today"), ("order_id", "=", done.id)]))
        with self.assertRaises(AccessError):
            self.env["crm.order.flow"].with_user(self.clerk).search([])

    def test_reminded_once_n_days_before(self):
        """R074: the reminder comes N days before, once, to the salesperson of the order."""
        self.company.crm_delivery_reminder_days = 3
        order = self.order(self.direct, (self.lamp, 1), commitment_date="2026-07-04 12:00:00")
        model = self.env["sale.order"]
        model._crm_process_reminders()
        self.assertFalse(order.activity_ids, "four days before")
        with freeze_time("2026-07-01 09:00:00"):
            model._crm_process_reminders()
            model._crm_process_reminders()
        activity = order.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.salesman))
        self.assertEqual(activity.date_deadline, date(2026, 7, 4))
        order.sudo().commitment_date = "2026-07-03 12:00:00"
        with freeze_time("2026-07-02 09:00:00"):
            model._crm_process_reminders()
            self.assertEqual(len(order.activity_ids), 2, "the day has changed")
        self.company.crm_delivery_reminder_days = -1
        late = self.order(self.direct, (self.lamp, 1), commitment_date="2026-07-01 12:00:00")
        model._crm_process_reminders()
        self.assertFalse(late.activity_ids)

    # === SHIPMENT AND RECEIPT === #

    def test_shipment_has_the_lines_of_the_order(self):
        """R072, R072.1: confirming makes the delivery; date, warehouse and lines are there, nothing is typed."""
        chair = self.goods("Chair", 40, stock=10)
        self.put(self.lamp, 10)
        order = self.order(self.agent, (self.lamp, 2), (chair, 3), commitment_date="2026-07-03 12:00:00")
        form = Form(order.picking_ids.with_user(self.salesman))
        self.assertEqual(form.crm_warehouse_id, self.warehouse)
        self.assertEqual(form.scheduled_date[:10], "2026-07-03")
        ordered = [(line.product_id, line.product_uom_qty, line.product_uom_id) for line in order.order_line]
        moves = order.picking_ids.move_ids
        self.assertEqual([(move.product_id, move.product_uom_qty, move.product_uom) for move in moves], ordered)
        order.picking_ids.sudo().button_validate()
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2, 3])

    def test_short_and_over_receipts_are_flagged(self):
        """R076: the receipt comes from the purchase order; what is short or over says so."""
        short, over, full = (self.purchase((self.lamp, 10)) for _number in range(3))
        receipt = short.picking_ids
        self.assertEqual((receipt.move_ids.product_id, receipt.move_ids.quantity), (self.lamp, 10), "filled in")
        self.assertEqual(short.crm_receipt_flag, "open")
        self.assertEqual(self.receive(short, 8).crm_receipt_flag, "short")
        self.assertEqual(self.receive(over, 12).crm_receipt_flag, "over")
        self.assertFalse(self.receive(full).crm_receipt_flag)
        self.fresh(short)
        self.assertEqual((short + over + full).mapped("crm_receipt_flag"), ["short", "over", "full"])
        lines = self.env["purchase.order.line"].with_user(self.buyer)
        for flag, purchase in (("short", short), ("over", over), ("full", full)):
            found = lines.search([("crm_receipt_flag", "=", flag), ("order_id", "in", (short + over + full).ids)])
            self.assertEqual(found.order_id, purchase)

    def test_rest_on_a_back_order_is_not_short(self):
        purchase = self.purchase((self.lamp, 10))
        self.receive(purchase, 4, backorder=True)
        self.assertEqual(self.fresh(purchase).crm_receipt_flag, "open")
        self.receive(purchase)
        self.assertEqual(self.fresh(purchase).crm_receipt_flag, "full")
