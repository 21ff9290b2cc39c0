"""Demand beside supply with the shortage date; earlier quotations; times of the chain against a baseline."""

import random
from datetime import date, datetime, timedelta

from odoo import Command
from odoo.addons.crm_custom.tools import supply
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .supply_common import SupplyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 09:00:00")
class TestSupplyDemand(SupplyCommon):
    def fresh(self, model, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[model].with_user(user)

    def deal(self, probability, quantity, closing="2026-07-15", product=None, **values):
        lead = self.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": self.agent.id,
                "user_id": self.salesman.id,
                "date_deadline": closing,
            }
        )
        lead.probability = probability
        return self.order(self.agent, (product or self.lamp, quantity), confirm=False, opportunity_id=lead.id, **values)

    def product_row(self, product=None):
        return self.fresh("crm.demand.product", self.buyer).search([("product_id", "=", (product or self.lamp).id)])

    # === DEMAND === #

    def test_demand_beside_supply_with_the_shortage_date(self):
        """R080: weighted pipeline and open orders beside stock and purchases to come, and the day it runs short."""
        self.put(self.lamp, 10)
        self.order(self.direct, (self.lamp, 6), commitment_date="2026-07-05 12:00:00")
        self.purchase((self.lamp, 5), planned="2026-07-20 12:00:00")
        self.deal(50, 10)
        self.deal(0.0, 40)
        lost = self.deal(50, 30)
        lost.opportunity_id.action_set_lost()
        row = self.product_row()
        self.assertEqual((row.qty_stock, row.qty_incoming, row.qty_order, row.qty_pipeline), (10, 5, 6, 5))
        self.assertEqual((row.qty_left, row.qty_to_buy), (4, 1))
        self.assertFalse(row.date_short_firm, "orders alone are covered")
        self.assertEqual(row.date_short, date(2026, 7, 15))
        lines = self.env["crm.demand.line"].with_user(self.buyer).search(row.action_open_document()["domain"])
        self.assertEqual(sum(lines.mapped("quantity")), row.qty_left, "each figure opens its rows")
        months = self.env["crm.demand.line"]._read_group(
            [("product_id", "=", self.lamp.id)], ["date:month"], ["qty_pipeline:sum", "qty_order:sum"]
        )
        self.assertEqual([group[1:] for group in months if group[0].month == 7], [(5, 6)])

    def test_orders_alone_run_short(self):
        """R080: an order beyond stock is short on its day; overdue demand counts today."""
        self.put(self.lamp, 3)
        self.order(self.direct, (self.lamp, 5), commitment_date="2026-06-20 12:00:00")
        self.purchase((self.lamp, 5), planned="2026-07-20 12:00:00")
        row = self.product_row()
        self.assertEqual((row.date_short_firm, row.date_short), (date(2026, 6, 30), date(2026, 6, 30)))
        self.assertEqual(row.qty_to_buy, 2)

    def test_units_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.deal(100, 1)
        order.order_line.product_uom_id = dozen
        order.opportunity_id.probability = 25
        self.assertEqual(self.product_row().qty_pipeline, 3)

    def test_sql_equals_the_rule(self):
        """R080: the date in SQL is that of the pure rule, on random demand and supply."""
        rng = random.Random(7)
        for number in range(8):
            product = self.goods(f"Random {number}", stock=rng.randrange(0, 30))
            for _each in range(rng.randrange(1, 4)):
                day = date(2026, 6, 25) + timedelta(days=rng.randrange(30))
                self.order(self.direct, (product, rng.randrange(1, 15)), commitment_date=f"{day} 12:00:00")
            for _each in range(rng.randrange(0, 3)):
                day = date(2026, 6, 25) + timedelta(days=rng.randrange(30))
                self.purchase((product, rng.randrange(1, 15)), planned=f"{day} 12:00:00")
            row = self.product_row(product)
            lines = self.env["crm.demand.line"].search([("product_id", "=", product.id), ("kind", "!=", "1_stock")])
            events = [(line.date, line.quantity) for line in lines]
            expected = supply.shortage_day(row.qty_stock, events, date(2026, 6, 30))
            self.assertEqual(row.date_short_firm or None, expected)

    def test_demand_is_for_buyers(self):
        for user in (self.clerk, self.salesman):
            with self.assertRaises(AccessError):
                self.env["crm.demand.product"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["crm.demand.line"].with_user(user).search([])
        other = self.setup_other_company(name="Other demand")["company"]
        self.put(self.lamp, 10)
        self.env.flush_all()
        self.buyer.write({"company_ids": [Command.link(other.id)]})
        rows = self.env["crm.demand.product"].with_user(self.buyer).with_context(allowed_company_ids=other.ids)
        self.assertFalse(rows.search([("product_id", "=", self.lamp.id)]))

    # === HISTORY === #

    def test_history_of_quotations(self):
        """R068.2: all earlier quotations of a customer or product, with price and result."""
        won = self.order(self.agent, (self.lamp, 2))
        lost = self.order(self.agent, (self.lamp, 3), confirm=False)
        lost.order_line.write({"price_unit": 90, "discount": 10})
        lost._action_cancel()
        expired = self.order(self.agent, (self.lamp, 4), confirm=False, validity_date="2026-06-01")
        still = self.order(self.agent, (self.lamp, 5), confirm=False, validity_date="2026-07-30")
        model = self.fresh("crm.quotation.history", self.salesman)
        action = self.agent.with_user(self.salesman).action_crm_quotation_history()
        self.assertEqual(action["context"], {"search_default_partner_id": self.agent.id})
        rows = model.search([("partner_id", "child_of", self.agent.id)])
        results = {row.order_id: (row.result, row.price_net, row.quantity) for row in rows}
        self.assertEqual(
            results,
            {won: ("won", 100, 2), lost: ("lost", 81, 3), expired: ("expired", 100, 4), still: ("open", 100, 5)},
        )
        rates = model._read_group([("product_tmpl_id", "=", self.lamp.product_tmpl_id.id)], [], ["won_rate:avg"])
        self.assertAlmostEqual(rates[0][0], 100 / 3)
        self.assertFalse(self.fresh("crm.quotation.history", self.colleague).search([("order_id", "=", won.id)]))

    # === TIMES === #

    def ship_after(self, days, hours_before=0):
        order = self.deal(50, 1)
        moment = datetime(2026, 6, 30, 9)
        lead = order.opportunity_id
        self.env.flush_all()
        for table, record, when in (
            ("crm_lead", lead, moment - timedelta(hours=hours_before)),
            ("sale_order", order, moment),
        ):
            self.env.cr.execute(
                SQL("UPDATE %s SET create_date = %s WHERE id = %s", SQL.identifier(table), when, record.id)
            )
        self.env.invalidate_all()
        with freeze_time(moment + timedelta(hours=12)):
            order.action_confirm()
        with freeze_time(moment + timedelta(hours=12, days=days)):
            picking = order.sudo().picking_ids
            picking.move_ids.write({"quantity": 1, "picked": True})
            picking.button_validate()
        return order

    def test_times_of_the_chain(self):
        """R077: hours from the request to quotation, to confirmation, to shipment; an order not shipped has none."""
        self.put(self.lamp, 50)
        orders = self.ship_after(2, hours_before=6) + self.ship_after(4, hours_before=12)
        waiting = self.order(self.agent, (self.lamp, 1))
        model = self.fresh("crm.response.time", self.manager)
        [figures] = model._read_group(
            [("order_id", "in", orders.ids)], [], ["hours_quote:avg", "hours_confirm:avg", "hours_ship:avg"]
        )
        self.assertEqual([round(figure, 2) for figure in figures], [9, 12, 72])
        [(shipped,)] = model._read_group([("order_id", "in", (orders + waiting).ids)], [], ["hours_ship:avg"])
        self.assertEqual(round(shipped, 2), 72, "what is not shipped does not count as fast")
        row = model.search([("order_id", "=", waiting.id)])
        self.assertFalse(row.date_shipped)
        self.assertEqual(row.hours_ship, 0)

    def test_median_days_by_month_against_a_baseline(self):
        """R077.1: the median, not the average, by month, beside the stored baseline."""
        self.put(self.lamp, 50)
        orders = self.env["sale.order"].union(*(self.ship_after(days) for days in (1, 2, 9)))
        self.company.crm_ship_baseline = 21
        model = self.fresh("crm.response.time", self.manager)
        domain = [("order_id", "in", orders.ids)]
        [group] = model._read_group(
            domain, ["date:month"], ["median_days_ship:avg", "days_ship:avg", "baseline_days:avg"]
        )
        self.assertEqual([round(figure, 2) for figure in group[1:]], [2, 4, 21])
        web = model.formatted_read_group(domain, ["date:month"], ["median_days_ship:avg"])
        self.assertEqual(round(web[0]["median_days_ship:avg"], 2), 2, "as the pivot asks")
        with freeze_time("2026-07-31 09:00:00"):
            self.company._crm_measure_ship_baseline()
        self.assertEqual(self.company.crm_ship_baseline, 2.0)
        self.assertIn("3 orders", self.company.crm_ship_baseline_note)
