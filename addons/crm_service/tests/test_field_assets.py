from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tests.common import warmup

from .field_common import FieldCommon


@tagged("post_install", "-at_install")
class TestCustomerAssets(FieldCommon):
    """Customers' products from deliveries, their dates and reminders, as a warehouse worker and a service agent."""

    def test_deliveries_make_customers_products(self):
        """R125: one record for each serial number delivered, with warranty end and maintenance; others none."""
        with freeze_time("2026-01-31 12:00:00"):
            order = self._deliver(self.machine, lots=("M-1", "M-2"))
            self._deliver(self.beans, quantity=5)
        assets = self.env["crm.customer.asset"].with_user(self.agent).search([("partner_id", "=", self.contact.id)])
        self.assertEqual(assets.mapped("serial"), ["M-1", "M-2"])
        self.assertRecordValues(
            assets,
            [
                {
                    "product_id": self.machine.id,
                    "date_delivered": date(2026, 1, 31),
                    "warranty_end": date(2028, 1, 31),
                    "next_maintenance": date(2026, 7, 31),
                    "sale_order_line_id": order.order_line.id,
                    "state": "in_use",
                    "commercial_partner_id": self.customer.id,
                }
            ]
            * 2,
        )
        self.assertFalse(self.env["crm.customer.asset"].search([("product_id", "=", self.beans.id)]))

    def test_returned_products_are_no_longer_in_use(self):
        """R125: a machine that came back, with or without serial number, is not the customer's any more."""
        order = self._deliver(self.machine, lots=("R-1", "R-2"))
        grinders = self._deliver(self.grinder, quantity=3)
        self._return(order.picking_ids, lots=("R-1",))
        self._return(grinders.picking_ids, quantity=2)
        assets = self.env["crm.customer.asset"].search([("partner_id", "=", self.contact.id)])
        states = {asset.serial: asset.state for asset in assets if asset.serial}
        self.assertEqual(states, {"R-1": "returned", "R-2": "in_use"})
        left = assets.filtered(lambda asset: asset.product_id == self.grinder)
        self.assertRecordValues(left, [{"quantity": 1, "state": "in_use"}])

    def test_deliveries_without_marked_product_ask_nothing(self):
        """R125: while no product is marked, a delivery is not looked at."""
        self.env["product.template"].search([("service_asset", "=", True)]).service_asset = False
        moves = self._deliver(self.beans).picking_ids.move_ids
        self.env["product.template"]._crm_keeps_assets()
        with self.assertQueryCount(0):
            self.env["product.template"]._crm_keeps_assets()
        self.assertFalse(self.env["crm.customer.asset"]._from_moves(moves))

    def test_back_fill_is_repeatable(self):
        """R125: a product marked late: one button records what was delivered and not returned, once."""
        late = self.env["product.product"].create(
            {"name": "Late Machine", "is_storable": True, "tracking": "serial", "warranty_months": 12}
        )
        order = self._deliver(late, lots=("L-1", "L-2"))
        self._return(order.picking_ids, lots=("L-2",))
        self.assertFalse(self.env["crm.customer.asset"].search([("product_id", "=", late.id)]))
        late.service_asset = True
        with self.assertRaises(AccessError):
            self.env["crm.customer.asset"].with_user(self.outsider)._backfill(late)
        for _run in range(2):
            late.product_tmpl_id.with_user(self.supervisor).action_crm_backfill_assets()
            assets = self.env["crm.customer.asset"].search([("product_id", "=", late.id)])
            self.assertEqual({asset.serial: asset.state for asset in assets}, {"L-1": "in_use", "L-2": "returned"})

    def test_maintenance_due_makes_one_ticket(self):
        """R125: the reminder comes once for each date, as a ticket on the machine; solved, the next date counts on."""
        asset = self._asset(date_delivered="2026-01-10")
        self.company.crm_maintenance_days = 14
        Asset = self.env["crm.customer.asset"]
        self.assertEqual(Asset._process_maintenance(date(2026, 6, 20)), 0)
        self.assertEqual(Asset._process_maintenance(date(2026, 6, 26)), 1)
        self.assertEqual(Asset._process_maintenance(date(2026, 6, 26)), 0)
        ticket = asset.ticket_ids
        self.assertRecordValues(
            ticket,
            [
                {
                    "partner_id": self.contact.id,
                    "product_id": self.machine.id,
                    "category_id": self.env.ref("crm_service.crm_ticket_category_maintenance").id,
                }
            ],
        )
        with freeze_time("2026-07-15 09:00:00"):
            ticket.with_user(self.agent).with_context(crm_ticket_automatic=True)._move_to("solved")
        self.assertRecordValues(asset, [{"last_maintenance": date(2026, 7, 15), "next_maintenance": date(2027, 1, 15)}])
        self.assertEqual(Asset._process_maintenance(date(2026, 7, 16)), 0)
        self.assertEqual(Asset._process_maintenance(date(2027, 1, 2)), 1)

    def test_maintenance_due_makes_one_activity(self):
        """R125: a company that prefers activities gets one on the product."""
        self.company.crm_maintenance_reminder = "activity"
        self.customer.user_id = self.agent
        asset = self._asset(date_delivered="2026-01-10")
        for _run in range(2):
            self.env["crm.customer.asset"]._process_maintenance(date(2026, 7, 10))
        self.assertRecordValues(asset.activity_ids, [{"user_id": self.agent.id, "date_deadline": date(2026, 7, 10)}])
        self.assertFalse(asset.ticket_ids)

    def test_care_calls_only_leave_the_reminder_to_the_care_rule(self):
        """R125: nobody is reminded twice: the care rule is off at first, and where it reminds, the product does not."""
        self.assertFalse(self.env.ref("crm_service.crm_care_rule_maintenance").active)
        self.company.crm_maintenance_reminder = "care"
        asset = self._asset(date_delivered="2026-01-10")
        self.assertEqual(self.env["crm.customer.asset"]._process_maintenance(date(2026, 7, 10)), 0)
        self.assertFalse(asset.activity_ids | asset.ticket_ids.activity_ids)
        self.assertFalse(asset.ticket_ids)

    def test_the_ticket_shows_all_products_and_asks_for_the_others(self):
        """R125.1: the agent sees every product the customer owns and bought, and is reminded to ask until he did."""
        asset = self._asset(serial="S-1")
        self._asset(product_id=self.grinder.id)
        self._deliver(self.beans)
        self._asset(partner_id=self.stranger.id)
        ticket = self._ticket(asset_id=asset.id).with_user(self.agent)
        self.assertEqual(ticket.owned_ids.product_id, self.machine | self.grinder)
        self.assertEqual(ticket.bought_ids, self.beans)
        self.assertIn(self.grinder.display_name, ticket.ask_text)
        self.assertNotIn("S-1", ticket.ask_text)
        ticket.action_asked()
        self.assertFalse(ticket.ask_text)

    def test_the_product_of_a_ticket_is_found(self):
        """R125: by serial number, or by product when the customer has only one; another customer's is refused."""
        first = self._asset(lot_id=self._lot("F-1").id)
        second = self._asset(lot_id=self._lot("F-2").id)
        grinder = self._asset(product_id=self.grinder.id)
        foreign = self._asset(partner_id=self.stranger.id)
        make = self._ticket
        self.assertEqual(make(product_id=self.machine.id, lot_id=second.lot_id.id).asset_id, second)
        self.assertFalse(make(product_id=self.machine.id).asset_id)
        self.assertEqual(make(product_id=self.grinder.id).asset_id, grinder)
        opened = self.env["crm.ticket"].with_user(self.agent).create({"name": "Leaks", "asset_id": first.id})
        self.assertRecordValues(opened, [{"partner_id": self.contact.id, "lot_id": first.lot_id.id}])
        with self.assertRaises(ValidationError):
            opened.asset_id = foreign

    @warmup
    def test_lists_cost_the_same_for_ten_and_a_hundred(self):
        """R125: what a list of customers' products shows costs a fixed number of queries."""
        self._agreement()
        assets = self.env["crm.customer.asset"].create(
            [{"partner_id": self.contact.id, "product_id": self.machine.id} for _number in range(100)]
        )
        self.env.flush_all()
        fields = ["display_name", "agreement_id", "warranty_text", "ticket_count", "next_maintenance"]
        for count in (10, 100):
            self.env.invalidate_all()
            with self.assertQueryCount(9):
                assets[:count].read(fields)

    def test_companies_and_salespeople_see_their_own(self):
        """R125, R090: other companies' records stay hidden; a salesperson sees those of own customers."""
        other = self.env["res.company"].create({"name": "Other Service"})
        foreign = self._asset(company_id=other.id)
        own, deal = self._asset(), self._agreement()
        self.assertNotIn(foreign, self.env["crm.customer.asset"].with_user(self.agent).search([]))
        seller = self._user("field_seller", "sales_team.group_sale_salesman")
        self.assertFalse(self.env["crm.customer.asset"].with_user(seller).search([("id", "=", own.id)]))
        self.assertFalse(self.env["crm.service.agreement"].with_user(seller).search([("id", "=", deal.id)]))
        self.customer.user_id = seller
        self.assertTrue(self.env["crm.customer.asset"].with_user(seller).search([("id", "=", own.id)]))
        self.assertTrue(self.env["crm.service.agreement"].with_user(seller).search([("id", "=", deal.id)]))
        with self.assertRaises(AccessError):
            own.with_user(seller).location = "Attic"
        with self.assertRaises(AccessError):
            deal.with_user(self.agent).date_end = "2030-01-01"

    def test_serial_number_of_another_product_is_refused(self):
        """R125: a serial number belongs to its product."""
        with self.assertRaises(ValidationError):
            self._asset(product_id=self.grinder.id, lot_id=self._lot("X-1").id)
