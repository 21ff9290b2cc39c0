from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestSalesChannels(ShopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.make_customer("Buyer", user=cls.salesman)
        cls.agent = cls.make_customer("Agent", role="agent", user=cls.colleague)
        cls.counter = cls.env["crm.team"].create({"name": "Counter", "crm_channel": "counter"})
        cls.shares = cls.env["crm.channel.share"].with_user(cls.manager)

    @classmethod
    def sell(cls, partner, product, quantity, day, **vals):
        """A confirmed order billed and posted on the day."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
                **vals,
            }
        )
        order.action_confirm()
        move = order._create_invoices()
        move.invoice_date = day
        move.action_post()
        return order

    def rows(self, month):
        return {
            row.channel: row
            for row in self.shares.search([("company_id", "=", self.company.id), ("month", "=", month)])
        }

    def test_derived(self):
        """R078: the channel of an order follows the customer's role and the team, and can be set by hand."""
        make = self.env["sale.order"].create
        self.assertEqual(make({"partner_id": self.buyer.id}).crm_channel, "direct")
        self.assertEqual(make({"partner_id": self.agent.id}).crm_channel, "indirect")
        order = make({"partner_id": self.buyer.id, "team_id": self.counter.id})
        self.assertEqual(order.crm_channel, "counter")
        order.partner_id = self.agent
        self.assertEqual(order.crm_channel, "indirect")
        online = make({"partner_id": self.agent.id, "crm_channel": "online"})
        online.partner_id = self.buyer
        self.assertEqual(online.crm_channel, "online")

    def test_shares(self):
        """R078, R078.2: sales and share by month and channel with response time and selling cost, sales a day."""
        with freeze_time(self.today):
            direct = self.sell(self.buyer, self.cake, 10, "2026-05-11")
            self.sell(self.agent, self.cake, 20, "2026-05-12")
            self.sell(self.agent, self.cake, 10, "2026-05-20", crm_channel="online")
            self.baskets((self.agent, [self.cake], 45, -1))  # a credit note of 2026-05-16 without an order
            self.sell(self.agent, self.cake, 15, "2026-06-30", crm_channel="online")
            rows = self.rows("2026-05-01")
            amounts = {channel: row.amount for channel, row in rows.items()}
            self.assertEqual(amounts, {"direct": 400, "counter": 0, "online": 400, "indirect": 760})
            self.assertAlmostEqual(sum(row.share for row in rows.values()), 100, 2)
            self.assertAlmostEqual(rows["online"].per_day, 400 / 31, 2)
            june = self.rows("2026-06-01")["online"]
            self.assertEqual((june.per_day, june.share), (20, 100), "600 in the 30 days so far")
        self.assertEqual({row.cost_state for row in rows.values()}, {"none"}, "no cost yet is said")
        self.env["crm.channel.cost"].with_user(self.manager).create(
            {"company_id": self.company.id, "channel": "indirect", "month": "2026-05-17", "amount": 76}
        )
        self.shares.invalidate_model()
        self.assertEqual((rows["indirect"].cost, rows["indirect"].cost_share), (76, 10))
        self.assertEqual(rows["direct"].cost_state, "none")
        opened = rows["indirect"].action_open_sales()
        lines = self.env["crm.product.sale"].with_user(self.manager).search(opened["domain"])
        self.assertEqual(sum(lines.mapped("amount")), 760)
        lead = self.env["crm.lead"].create({"name": "Asked", "partner_id": self.buyer.id})
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2026-05-10 08:00' WHERE id = %s", [lead.id])
        direct.opportunity_id = lead
        direct.crm_answered_on = datetime(2026, 5, 10, 14, 0)
        self.env.flush_all()
        self.shares.invalidate_model()
        self.assertEqual((rows["direct"].answered, rows["direct"].response_hours), (1, 6))
        with self.assertRaises(AccessError):
            self.env["crm.channel.share"].with_user(self.salesman).search([])

    def test_answer_is_kept(self):
        """R078: the first answer counts, not the last."""
        order = self.env["sale.order"].create({"partner_id": self.buyer.id})
        self.assertFalse(order.crm_answered_on)
        with freeze_time("2026-05-01 10:00:00"):
            order.action_quotation_sent()
        with freeze_time("2026-05-03 10:00:00"):
            order.action_confirm()
        self.assertEqual(order.crm_answered_on, datetime(2026, 5, 1, 10))

    def test_target(self):
        """R078.1: the manager sets a target share of direct and online sales and sees the month against it."""
        self.sell(self.buyer, self.cake, 6, "2026-05-11")
        self.sell(self.agent, self.cake, 4, "2026-05-12")
        row = self.rows("2026-05-01")["direct"]
        self.assertEqual((row.on_target, row.target), ("none", 0))
        settings = self.env["res.config.settings"].with_context(allowed_company_ids=self.company.ids).create({})
        settings.crm_direct_target = 60
        settings.execute()
        self.shares.invalidate_model()
        self.assertEqual((row.direct_share, row.target, row.on_target), (60, 60, "yes"))
        self.company.crm_direct_target = 61
        self.env.flush_all()
        self.shares.invalidate_model()
        self.assertEqual(row.on_target, "no")
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.company.crm_direct_target = 101
            self.env.flush_all()

    def test_sales_by_category_channel_and_place(self):
        """R044: customer sales by category, channel and place equal the posted items to the cent, in each company."""
        france, belgium = self.env.ref("base.fr"), self.env.ref("base.be")
        self.buyer.write({"country_id": france.id, "city": " paris "})
        site = self.env["res.partner"].create(
            {
                "name": "Site",
                "parent_id": self.buyer.id,
                "type": "other",
                "country_id": self.env.ref("base.be").id,
                "city": "Gent",
            }
        )
        self.sell(self.buyer, self.cake, 3, "2026-05-11")
        self.sell(self.buyer, self.sage, 2, "2026-05-11", partner_shipping_id=site.id)
        self.sell(self.agent, self.lamp, 7, "2026-05-11")
        refund = self.baskets((self.buyer, [self.cake], 20, -1))
        draft = self.env["account.move"].create(self._basket_vals(self.buyer, [self.cake], 3))
        other = self.setup_other_currency("HRK")
        foreign = self._basket_vals(self.buyer, [self.fork], 12, 7)
        moves = self.env["account.move"].create({**foreign, "currency_id": other.id})
        moves.action_post()
        company = self.setup_other_company()["company"]
        self.manager.company_ids |= company
        self.bill(self.buyer, 99, company=company)
        facts = (
            self.env["crm.product.sale"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=(self.company | company).ids)
        )
        for one in (self.company, company):
            [(ours,)] = facts._read_group([("company_id", "=", one.id)], [], ["amount:sum"])
            domain = [
                ("company_id", "=", one.id),
                ("parent_state", "=", "posted"),
                ("display_type", "=", "product"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ]
            [(ledger,)] = self.env["account.move.line"]._read_group(domain, [], ["balance:sum"])
            self.assertEqual(round(ours * 100), round(-ledger * 100))
        groups = facts._read_group(
            [("company_id", "=", self.company.id)],
            ["product_categ_id", "channel", "country_id", "city"],
            ["amount:sum"],
        )
        figures = {(categ, channel, country, city): amount for categ, channel, country, city, amount in groups}
        self.assertEqual(figures[self.herbs, "direct", belgium, "Gent"], 24)
        self.assertEqual(figures[self.cakes, "indirect", self.agent.country_id, False], 210)
        paris = 3 * 40 - 40 - moves.invoice_line_ids.balance
        self.assertAlmostEqual(figures[self.cakes, "direct", france, "Paris"], paris, 2)
        self.assertFalse(facts.search([("move_id", "=", draft.id)]))
        self.assertLess(facts.search([("move_id", "=", refund.id)]).quantity, 0)

    def test_own_sales_only(self):
        """R044: a salesperson sees sales of own customers, accountants all, colleagues nothing of them."""
        self.sell(self.buyer, self.cake, 1, "2026-05-11", user_id=self.salesman.id)
        domain = [("partner_id", "=", self.buyer.id)]
        facts = self.env["crm.product.sale"]
        self.assertEqual(len(facts.with_user(self.salesman).search(domain)), 1)
        self.assertFalse(facts.with_user(self.colleague).search(domain))
        self.assertEqual(len(facts.with_user(self.manager).search(domain)), 1)
        with self.assertRaises(AccessError):
            facts.with_user(self.clerk).search(domain)
