from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .field_common import FieldCommon

FACTS = ["kind", "name", "text", "state", "date"]


@tagged("post_install", "-at_install")
class TestCustomerCard(FieldCommon):
    """One customer on one screen, the same for every department."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.better = cls.env["product.product"].create({"name": "Better Beans", "list_price": 20, "standard_price": 6})
        cls.beans.product_tmpl_id.crm_upsell_ids = cls.better.product_tmpl_id
        cls.customer.write({"street": "Lange Str. 1", "city": "Ulm"})
        cls.order = cls._deliver(cls.beans, 3)
        cls.agreement = cls._agreement(
            line_ids=[Command.create({"kind": "tickets", "quantity": 10})], date_end="2099-12-31"
        )
        cls.seller = cls._user("card_seller", "sales_team.group_sale_salesman")
        cls.mover = cls._user("card_mover", "stock.group_stock_user")
        cls.other_agent = cls._user("card_other_agent", "crm_service.group_service_user")
        cls.order.user_id = cls.seller
        cls.other_team = cls.env["crm.service.team"].create(
            {"name": "Other Station", "member_ids": cls.other_agent.ids}
        )
        cls.customer.property_product_pricelist = cls.env["product.pricelist"].create({"name": "Cafe Prices"})
        cls.env["crm.contact.log"].create(
            {"partner_id": cls.customer.id, "subject": "Opens at six", "content": "<p>Deliver before opening</p>"}
        )
        cls.env["crm.customer.need"].create({"name": "A second grinder", "partner_id": cls.customer.id})
        cls.web = cls._ticket(name="Too bitter", channel="web", description="<p>We use soft water</p>")

    def _card(self, record, user):
        action = record.with_user(user).action_customer_card()
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def _facts(self, card):
        head = card.read(["partner_id", "phone", "email", "address", "pricelist", "customer_class", "salesperson"])[0]
        head.pop("id")
        return head, [tuple(line[name] for name in FACTS) for line in card.line_ids.read(FACTS)]

    def test_web_enquiry_shows_data_orders_and_a_suggestion(self):
        """R102: the agent of a web enquiry sees the customer's data, past orders and a suggested product at once."""
        card = self._card(self.web, self.agent)
        self.assertEqual((card.partner_id, card.email), (self.customer, self.contact.email))
        self.assertIn("Lange Str. 1, Ulm", card.address)
        self.assertNotIn(", ,", card.address)
        self.assertEqual(card.order_line_ids.mapped("name"), [self.order.name])
        self.assertEqual(card.order_line_ids.amount, self.order.amount_total)
        self.assertIn(self.better.display_name, card.offer_line_ids.mapped("name"))
        self.assertIn("Beans", card.offer_line_ids[:1].text)
        self.assertEqual(card.ticket_line_ids.mapped("res_id"), [self.web.id])
        view = card.get_views([(False, "form")])
        shown = {
            name: {"fields": {"name": {}, "can_open": {}}} if name.endswith("line_ids") else {}
            for name in view["models"]["crm.customer.card"]["fields"]
            if f'name="{name}"' in view["views"]["form"]["arch"]
        }
        self.assertTrue(card.web_read(shown))
        for name in ("partner_id", "order_line_ids", "offer_line_ids"):
            self.assertIn(name, shown)

    def test_two_stations_see_the_same(self):
        """R110.1: two agents of different teams see the same entitlement, price list and history of one customer."""
        here, there = self._card(self.web, self.agent), self._card(self.web, self.other_agent)
        self.assertEqual(self._facts(here), self._facts(there))
        self.assertEqual(here.pricelist, self.customer.property_product_pricelist.display_name)
        self.assertIn("9 of 10 left", there.entitlement_line_ids.text)
        amounts = [card.line_ids.mapped("amount") for card in (here, there)]
        self.assertEqual(*amounts)

    def test_sales_warehouse_and_service_open_the_same_card(self):
        """R110.2: from order, delivery and ticket every department opens the same card, before and after delivery."""
        picking = self.order.picking_ids
        cards = [
            self._card(self.order, self.seller),
            self._card(picking, self.mover),
            self._card(self.web, self.agent),
        ]
        facts = [self._facts(card) for card in cards]
        # The contact of the document may differ; the customer's facts are the same.
        self.assertEqual(facts[0], facts[1])
        self.assertEqual(facts[1], facts[2])
        quotation = self.env["sale.order"].create({"partner_id": self.contact.id, "user_id": self.seller.id})
        self.assertEqual(self._facts(self._card(quotation, self.seller)), facts[0])
        for user, model, view in (
            (self.seller, "sale.order", "sale.view_order_form"),
            (self.mover, "stock.picking", "stock.view_picking_form"),
            (self.agent, "crm.ticket", "crm_service.crm_ticket_view_form"),
        ):
            arch = self.env[model].with_user(user).get_view(self.env.ref(view).id, "form")["arch"]
            self.assertIn("action_customer_card", arch, model)

    def test_money_and_records_open_for_whom_they_may(self):
        """R110.2: the warehouse sees no money; a record opens for whom may read it."""
        card = self._card(self.order.picking_ids, self.mover)
        self.assertFalse(card.show_amounts)
        self.assertEqual(set(card.line_ids.mapped("amount")), {0.0})
        ticket = card.ticket_line_ids[:1]
        self.assertFalse(ticket.can_open)
        self.assertFalse(ticket.action_open())
        mine = self._card(self.web, self.agent).ticket_line_ids[:1]
        self.assertEqual(mine.action_open()["res_id"], self.web.id)
        with self.assertRaises(AccessError):
            card.with_user(self.agent).read(["email"])
        for user in (self.outsider, self._user("card_portal", "base.group_portal")):
            with self.assertRaises(AccessError):
                self.env["crm.customer.card"].with_user(user)._make(self.customer.with_user(user))
        elsewhere = self.env["res.company"].create({"name": "Card Elsewhere"})
        with self.assertRaises(AccessError):
            self.env["crm.customer.card"].with_user(self.agent)._make(self.customer.with_user(self.agent), elsewhere)

    def test_nothing_of_another_company_or_customer(self):
        """R110.1: the card is one customer in one company."""
        elsewhere = self.env["res.company"].create({"name": "Card Other"})
        team = self.env["crm.service.team"].create({"name": "Card Team", "company_id": elsewhere.id})
        for values in (
            {"company_id": elsewhere.id, "team_id": team.id, "name": "Not here"},
            {"partner_id": self.stranger.id, "name": "Not his"},
        ):
            self._ticket(**{"user_id": False, **values})
        names = " ".join(self._card(self.web, self.agent).line_ids.mapped("name"))
        self.assertNotIn("Not", names)

    def test_transfer_keeps_everything_and_nobody_asks_again(self):
        """R110: after a transfer the other department reads every answer already given and the whole history."""
        self.web.with_user(self.agent).message_post(body="Try less powder", subtype_xmlid="mail.mt_comment")
        self.web.message_post(
            body="It was better", author_id=self.contact.id, subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        before = self.web.message_ids
        told = self._facts(self._card(self.web, self.agent))
        self.web.with_user(self.agent).write({"team_id": self.other_team.id, "user_id": self.other_agent.id})
        after = self.web.with_user(self.other_agent)
        self.assertEqual(before - after.message_ids, before.browse())
        self.assertIn("soft water", after.description)
        self.assertEqual(after.message_ids.filtered(lambda item: item in before).mapped("body"), before.mapped("body"))
        self.assertEqual(self._facts(self._card(self.web, self.other_agent)), told)
        for user, record in ((self.other_agent, self.web), (self.mover, self.order.picking_ids)):
            texts = " ".join(f"{line.name} {line.text}" for line in self._card(record, user).told_line_ids)
            for answer in ("It was better", "Deliver before opening", "A second grinder"):
                self.assertIn(answer, texts)
