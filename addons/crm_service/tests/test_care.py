from datetime import date, datetime, timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .light import LightCommon

MONDAY = datetime(2026, 3, 2, 10)


@tagged("post_install", "-at_install")
class CareCommon(LightCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.care.rule"].search([]).active = False
        cls.company.partner_id.tz = "UTC"
        cls.lamp = cls.env["product.product"].create(
            {"name": "Lamp", "is_storable": True, "list_price": 100, "taxes_id": [Command.clear()], "sale_delay": 0}
        )
        cls.vip = cls.env["res.partner"].create({"name": "Prime Optics", "email": "prime@optics.test"})
        cls._classes({cls.vip: "a", cls.customer: "c"})

    @classmethod
    def _classes(cls, classes):
        """Give customers their class as a scorecard run would."""
        month = cls.env["crm.company.scorecard"].create({"company_id": cls.company.id, "period": "2090-01-01"})
        cls.env["crm.scorecard"].search([("company_id", "=", cls.company.id)]).is_latest = False
        cls.env["crm.scorecard"].create(
            [
                {
                    "month_id": month.id,
                    "company_id": cls.company.id,
                    "partner_id": partner.id,
                    "period": "2090-01-01",
                    "date": "2090-01-31",
                    "is_latest": True,
                    "customer_class": name,
                }
                for partner, name in classes.items()
            ]
        )

    @classmethod
    def _order(cls, partner, quantity=5, ordered=MONDAY, due=None, deliver=False):
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": cls.lamp.id, "product_uom_qty": quantity})],
            }
        )
        order.commitment_date = due
        order.action_confirm()
        order.date_order = ordered
        if deliver:
            picking = order.picking_ids
            picking.move_ids.quantity = quantity
            picking.move_ids.picked = True
            picking.button_validate()
            picking.date_done = deliver
        return order


@tagged("post_install", "-at_install")
class TestCare(CareCommon):
    """Scheduled care: made once by the rules, recorded in one click."""

    def _rule(self, **values):
        return self.env["crm.care.rule"].create({"name": "Call", "company_id": self.company.id, **values})

    def _plan(self, now=MONDAY):
        self.env["crm.care.action"]._process_plan(now)
        return self.env["crm.care.action"].search([("company_id", "=", self.company.id)])

    def test_call_some_days_after_delivery(self):
        """R105: N days after delivery the agent has a call on the list, once, and records the result."""
        order = self._order(self.contact, deliver=datetime(2026, 3, 1, 9))
        self._order(self.customer, deliver=datetime(2026, 3, 1, 15))  # the same day: one call
        self._order(self.stranger, deliver=datetime(2026, 2, 1, 9))  # long ago, before the rule
        rule = self._rule(days=5, user_ids=[Command.set(self.agent.ids)])
        action = self._plan()
        self.assertEqual(self._plan(), action)
        self.assertRecordValues(
            action,
            [{"partner_id": self.customer.id, "date": date(2026, 3, 6), "user_id": self.agent.id, "kind": "delivery"}],
        )
        mine = [("state", "=", "open"), ("date", "<=", date(2026, 3, 6)), ("user_id", "in", (self.agent.id, False))]
        action = self.env["crm.care.action"].with_user(self.agent).search([*mine, ("rule_id", "=", rule.id)])
        action.note = "All lamps shine"
        with freeze_time(MONDAY + timedelta(days=4)):
            action.action_satisfied()
        self.assertRecordValues(action, [{"state": "done", "outcome": "satisfied"}])
        log = action.sudo().log_id
        self.assertRecordValues(log, [{"partner_id": self.customer.id, "channel": "call", "user_id": self.agent.id}])
        self.assertIn(action.order_id, (order | order.search([("partner_id", "=", self.customer.id)])))
        self.assertIn("All lamps shine", log.content)
        with self.assertRaises(UserError):
            action.action_satisfied()
        self.assertEqual(self._plan(MONDAY + timedelta(days=6)), action)

    def test_outcomes(self):
        """R083: a problem opens a ticket; who is not reached is called again, and not for ever."""
        self._order(self.vip, deliver=datetime(2026, 3, 1, 9))
        self._order(self.customer, deliver=datetime(2026, 3, 1, 9))
        self._rule(days=0, attempts=2, retry_days=3)
        actions = self._plan().with_user(self.agent)
        first = actions.filtered(lambda item: item.partner_id == self.vip)
        second = actions - first
        first.note = "One is broken"
        opened = first.action_problem()
        self.assertEqual(opened["res_id"], first.ticket_id.id)
        self.assertRecordValues(
            first.ticket_id, [{"name": "One is broken", "commercial_partner_id": self.vip.id, "channel": "phone"}]
        )
        self.assertTrue(first.ticket_id.sale_order_id)
        with freeze_time(MONDAY):
            second.action_not_reached()
        self.assertRecordValues(second, [{"state": "open", "date": date(2026, 3, 5), "tries": 1}])
        second.action_not_reached()
        self.assertRecordValues(second, [{"state": "done", "outcome": "missed"}])
        self.assertFalse(second.sudo().log_id)

    def test_anniversary_and_classes(self):
        """R083: the anniversary of the first order, once a year, for the classes of the rule."""
        for partner in (self.vip, self.customer):
            self._order(partner, ordered=datetime(2024, 3, 10, 9))
            self._order(partner, ordered=datetime(2025, 6, 1, 9))
        self._rule(kind="anniversary", days=14, customers="a")
        action = self._plan()
        self.assertEqual(self._plan(), action)
        self.assertRecordValues(action, [{"partner_id": self.vip.id, "date": date(2026, 3, 10)}])
        self.assertIn("2 years", action.name)
        self.assertEqual(len(self._plan(datetime(2027, 3, 5, 10))), 2)

    def test_maintenance_notice(self):
        """R083: a product of a customer whose maintenance is near gives a notice, once for each date."""
        if "crm.customer.asset" not in self.env:
            self.skipTest("the customers' products are not installed")
        asset = self.env["crm.customer.asset"].create(
            {"partner_id": self.vip.id, "product_id": self.lamp.id, "next_maintenance": date(2026, 3, 20)}
        )
        self._rule(kind="maintenance", days=30)
        action = self._plan()
        self.assertRecordValues(self._plan(), [{"partner_id": self.vip.id, "date": date(2026, 3, 20)}])
        asset.next_maintenance = date(2026, 3, 28)
        self.assertEqual(len(self._plan() - action), 1)

    def test_other_company_sees_nothing(self):
        """R083: care stays within the company."""
        self._order(self.vip, deliver=datetime(2026, 3, 1, 9))
        self._rule(days=0)
        actions = self._plan()
        self.assertTrue(actions.with_user(self.agent).search([("id", "in", actions.ids)]))
        company = self.env["res.company"].create({"name": "Care House"})
        other = self._user("care_other", "crm_service.group_service_user")
        other.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        self.assertFalse(actions.with_user(other).search([("id", "in", actions.ids)]))


@tagged("post_install", "-at_install")
class TestDeliveryNotice(CareCommon):
    """Valuable customers hear of a delay before the promised day."""

    def _run(self, now=MONDAY):
        with freeze_time(now):
            self.env["crm.delivery.notice"]._process_notices(now)
        return self.env["crm.delivery.notice"].search([("company_id", "=", self.company.id)])

    def test_short_line_of_a_valuable_customer(self):
        """R114: a confirmed line without supply: mail and ticket before the promised day, once; others nothing."""
        due = MONDAY + timedelta(days=3)
        with freeze_time(MONDAY - timedelta(days=5)):
            order = self._order(self.vip, due=due)
            self._order(self.customer, due=due)
            later = self._order(self.vip, due=MONDAY + timedelta(days=30))
        notice = self._run()
        self.assertRecordValues(
            notice, [{"order_id": order.id, "kind": "short", "promised_day": due.date(), "mailed": True}]
        )
        ticket = notice.ticket_id
        self.assertLess(ticket.date_open.date(), notice.promised_day)
        self.assertRecordValues(
            ticket, [{"sale_order_line_id": order.order_line.id, "commercial_partner_id": self.vip.id}]
        )
        message = ticket.message_ids.filtered(lambda item: self.vip in item.partner_ids)
        self.assertIn(order.name, message.body)
        self.assertEqual(message.message_type, "auto_comment")
        self.assertEqual(self._run(), notice)
        self.assertEqual(self._run(MONDAY + timedelta(hours=5)), notice)
        # A new promise is a new notice; a line that comes within reach, too.
        order.commitment_date = due + timedelta(days=2)
        self.assertEqual(len(self._run()), 2)
        self.assertEqual((self._run(MONDAY + timedelta(days=25)) - notice).order_id, order | later)

    def test_late_line_names_the_new_day(self):
        """R114: a receipt after the promised day makes the line late; with enough stock nobody is told."""
        due, arrival = MONDAY + timedelta(days=3), MONDAY + timedelta(days=8)
        vendor = self.env["res.partner"].create({"name": "Lampmaker"})
        with freeze_time(MONDAY - timedelta(days=5)):
            order = self._order(self.vip, due=due)
            purchase = self.env["purchase.order"].create(
                {
                    "partner_id": vendor.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.lamp.id, "product_qty": 50, "price_unit": 1, "date_planned": arrival}
                        )
                    ],
                }
            )
            purchase.button_confirm()
        notice = self._run()
        self.assertRecordValues(
            notice, [{"order_id": order.id, "kind": "late", "expected_day": arrival.date(), "promised_day": due.date()}]
        )
        self.assertIn(purchase.name, notice.reason)
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(self.lamp, warehouse.lot_stock_id, 100)
        with freeze_time(MONDAY - timedelta(days=5)):
            self._order(self.vip, due=due)
        self.assertEqual(self._run(), notice)

    def test_settings_and_addresses(self):
        """R114: the company says who is told; without address the ticket says to call."""
        self.vip.email = False
        with freeze_time(MONDAY - timedelta(days=5)):
            self._order(self.vip, due=MONDAY + timedelta(days=3))
            self._order(self.customer, due=MONDAY + timedelta(days=3))
        self.company.crm_notice_to = "none"
        self.assertFalse(self._run())
        self.company.crm_notice_to = "all"
        notices = self._run()
        self.assertEqual(notices.partner_id, self.vip | self.customer)
        self.assertEqual(notices.filtered("mailed").partner_id, self.customer)

    def test_two_runs_at_once_and_a_kill(self):
        """R114: what one run told stays told; the same promise twice is refused by the database."""
        with freeze_time(MONDAY - timedelta(days=5)):
            orders = self.env["sale.order"].union(
                *(self._order(self.vip, quantity=n, due=MONDAY + timedelta(days=3)) for n in (1, 2, 3))
            )
        Notice = self.env["crm.delivery.notice"].with_company(self.company).with_context(tz="UTC")
        with freeze_time(MONDAY):
            first = Notice._tell(orders[0].order_line, MONDAY, MONDAY.date())  # and killed here
        self.assertEqual(len(first), 1)
        self.assertEqual(len(self._run()), 3)
        self.assertEqual(len(self.env["crm.ticket"].search([("sale_order_id", "in", orders.ids)])), 3)


@tagged("post_install", "-at_install")
class TestRecovery(CareCommon):
    """What an agent may offer, by the customer's class."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.recovery.option"].search([]).active = False
        currency = cls.company.currency_id
        cls.apology, cls.voucher, cls.gift = cls.env["crm.recovery.option"].create(
            [
                {"name": "Say sorry", "kind": "apology"},
                {
                    "name": "Voucher",
                    "kind": "compensation",
                    "limit_ids": [
                        Command.create({"customer_class": "a", "amount": 100, "currency_id": currency.id}),
                        Command.create({"amount": 20, "currency_id": currency.id}),
                    ],
                },
                {
                    "name": "Basket",
                    "kind": "service",
                    "limit_ids": [Command.create({"customer_class": "a", "amount": 0, "currency_id": currency.id})],
                },
            ]
        )
        cls.team.user_id = cls.supervisor

    def _use(self, ticket, option, amount=0):
        use = self.env["crm.recovery.use"].with_user(self.agent)
        return use.create({"ticket_id": ticket.id, "option_id": option.id, "amount": amount})

    def test_options_of_the_class_are_on_the_ticket(self):
        """R113: the agent sees what the customer's class allows, with the limit."""
        prime = self._ticket(partner_id=self.vip.id).with_user(self.agent)
        common = self._ticket(partner_id=self.contact.id).with_user(self.agent)
        self.assertEqual((prime.customer_class, common.customer_class), ("a", "c"))
        self.assertEqual(prime.recovery_option_ids, self.apology | self.voucher | self.gift)
        self.assertEqual(common.recovery_option_ids, self.apology | self.voucher)
        self.assertIn("100.00", prime.recovery_text)
        self.assertIn("20.00", common.recovery_text)
        self.assertIn("Basket, with approval", prime.recovery_text)
        with self.assertRaises(UserError):
            self._use(common, self.gift).action_give()

    def test_limit_and_approval(self):
        """R113: up to the limit at once, above it a manager decides; the cost is kept."""
        ticket = self._ticket(partner_id=self.contact.id)
        within, above = self._use(ticket, self.voucher, 20), self._use(ticket, self.voucher, 20.01)
        (within | above).action_give()
        self.assertRecordValues(
            within | above,
            [
                {"state": "given", "customer_class": "c", "limit_amount": 20, "amount_company": 20},
                {"state": "approval", "customer_class": "c", "limit_amount": 20, "amount_company": 20.01},
            ],
        )
        self.assertEqual(ticket.activity_ids.user_id, self.supervisor)
        for act in (
            lambda: above.action_approve(),
            lambda: above.write({"state": "given"}),
        ):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(UserError):
            within.amount = 5
        above.with_user(self.supervisor).action_approve()
        self.assertRecordValues(above, [{"state": "given", "approver_id": self.supervisor.id}])
        cost = self.env["crm.recovery.use"]._read_group(
            [("ticket_id", "=", ticket.id), ("state", "=", "given")], [], ["amount_company:sum"]
        )
        self.assertAlmostEqual(cost[0][0], 40.01)
        self.assertIn("Voucher", " ".join(ticket.message_ids.mapped("body")))

    def test_limit_in_another_currency(self):
        """R113: a limit counts in the ticket's currency: its own line first, else converted."""
        other = self.env["res.currency"].create(
            {"name": "TKN", "symbol": "T", "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4})]}
        )
        today = fields.Date.today()
        allowed = self.voucher._allowed("a", self.company, other, today)
        base = self.company.currency_id._convert(100, other, self.company, today)
        self.assertAlmostEqual(allowed[self.voucher], base)
        self.voucher.limit_ids = [Command.create({"customer_class": "a", "amount": 7, "currency_id": other.id})]
        self.assertEqual(self.voucher._allowed("a", self.company, other, today)[self.voucher], 7)

    def test_classes_of_many_tickets_in_few_queries(self):
        """R113: the class on a list costs the same for 10 and for 100 tickets."""
        tickets = self.env["crm.ticket"].browse(self._ticket(partner_id=self.vip.id).id)
        tickets |= self.env["crm.ticket"].create(
            [{"name": f"T{n}", "team_id": self.team.id, "partner_id": self.vip.id} for n in range(99)]
        )
        counts = []
        for part in (tickets[:10], tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            part.mapped("customer_class")
            part.mapped("recovery_text")
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
