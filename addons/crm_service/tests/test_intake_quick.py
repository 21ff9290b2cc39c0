from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .light import LightCommon


@tagged("post_install", "-at_install")
class TestIntakeQuick(LightCommon):
    def _quick(self, user=None, **values):
        return self.env["crm.ticket.quick"].with_user(user or self.agent).create(values)

    def _ticket_of(self, quick):
        return self.env["crm.ticket"].browse(quick.action_create_ticket()["res_id"])

    def _order(self):
        product = self.env["product.product"].create({"name": "Lamp", "default_code": "LMP-1", "type": "consu"})
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": product.id})]}
        )
        order.state = "sale"
        return order

    def test_six_channels_make_the_same_kind_of_ticket(self):
        """R096, R096.1, R097.1: each channel gives one ticket with its number, promise and the same customer."""
        channels = ("visit", "phone", "fax", "email", "web", "partner")
        tickets = self.env["crm.ticket"]
        for channel in channels:
            quick = self._quick(channel=channel, partner_id=self.contact.id, name=f"By {channel}", mine=False)
            tickets |= self._ticket_of(quick)
        self.assertEqual(tickets.mapped("channel"), list(channels))
        self.assertEqual(tickets.commercial_partner_id, self.customer)
        self.assertEqual(len(set(tickets.mapped("number")) - {""}), 6, "one reference each")
        self.assertEqual(tickets.policy_id, self.policy)
        self.assertEqual(self.customer.with_user(self.agent).crm_ticket_count, 6)

    def test_customer_is_found_by_what_he_says(self):
        """R091, R096: by name, telephone, mail, order number, ticket number; nothing else finds him."""
        self.contact.write({"phone": "030 901820", "country_id": self.env.ref("base.de").id})
        order = self._order()
        ticket = self.env["crm.ticket"].create({"name": "x", "partner_id": self.contact.id, "team_id": self.team.id})
        find = self.env["res.partner"].with_user(self.agent).with_context(crm_find_by_record=True).name_search
        for text, partner in (
            ("Lena", self.contact),
            ("+4930901820", self.contact),
            ("lena@lichtblick.test", self.contact),
            (order.name, self.customer),
            (ticket.number.lower(), self.contact),
        ):
            self.assertIn(partner.id, [item[0] for item in find(text)], text)
        self.assertNotIn(self.customer.id, [item[0] for item in find("S9999999")])
        plain = self.env["res.partner"].with_user(self.agent).name_search(order.name)
        self.assertFalse(plain, "elsewhere a customer is not found by orders")

    def test_serial_number_finds_customer_line_and_lot(self):
        """R091: the number of the piece leads to who got it, by which line."""
        order = self._order()
        product = order.order_line.product_id
        product.is_storable = True
        product.tracking = "serial"
        lot = self.env["stock.lot"].create({"name": "SN-00077", "product_id": product.id})
        stock = self.env["stock.location"].search([("usage", "=", "internal")], limit=1)
        away = self.env.ref("stock.stock_location_customers")
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "location_id": stock.id,
                "location_dest_id": away.id,
                "sale_line_id": order.order_line.id,
            }
        )
        move._action_confirm()
        self.env["stock.move.line"].create(
            {
                "move_id": move.id,
                "lot_id": lot.id,
                "quantity": 1,
                "product_id": product.id,
                "picked": True,
                "location_id": stock.id,
                "location_dest_id": away.id,
            }
        )
        move.picked = True
        move._action_done()
        find = self.env["res.partner"].with_user(self.agent).with_context(crm_find_by_record=True).name_search
        self.assertEqual([item[0] for item in find("sn-00077")], [self.customer.id])
        ticket = self._ticket_of(self._quick(partner_id=self.contact.id, description="The lamp SN-00077 is dark."))
        self.assertRecordValues(
            ticket, [{"lot_id": lot.id, "sale_order_line_id": order.order_line.id, "sale_order_id": order.id}]
        )
        action = lot.with_user(self.agent).action_new_crm_ticket()
        self.assertEqual(action["context"]["default_sale_order_line_id"], order.order_line.id)

    def test_form_shows_open_tickets_and_takes_the_contact(self):
        """R091, R097: while the customer speaks, his open tickets are seen; number and mail are filled in."""
        known = self.env["crm.ticket"].create({"name": "x", "partner_id": self.contact.id, "team_id": self.team.id})
        with Form(self.env["crm.ticket.quick"].with_user(self.agent)) as form:
            form.partner_id = self.contact
            self.assertIn(known.id, form.open_ticket_ids.ids)
            self.assertEqual(form.email, "lena@lichtblick.test")
            form.description = "Another lamp is dark.\nPlease call."
        ticket = self._ticket_of(form.record)
        self.assertRecordValues(
            ticket, [{"name": "Another lamp is dark.", "user_id": self.agent.id, "channel": "phone"}]
        )
        self.assertTrue(ticket.date_first_response, "spoken with: answered")

    def test_empty_request_is_refused(self):
        """A ticket needs a word of what is wanted."""
        with self.assertRaises(UserError):
            self._quick(partner_id=self.contact.id).action_create_ticket()

    def test_scans_become_tickets(self):
        """R096.1, R097: each dropped file is a ticket of the channel fax with its scan; the name tells the order."""
        order = self._order()
        files = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create([{"name": name, "raw": b"%PDF-1.4"} for name in (f"Complaint {order.name}.pdf", "Letter.pdf")])
        )
        scan = (
            self.env["crm.ticket.scan"]
            .with_user(self.agent)
            .create({"team_id": self.team.id, "attachment_ids": [Command.set(files.ids)]})
        )
        tickets = self.env["crm.ticket"].search(scan.action_create_tickets()["domain"], order="id")
        self.assertEqual(tickets.mapped("channel"), ["fax", "fax"])
        self.assertEqual(tickets[0].sale_order_id, order)
        self.assertEqual(tickets[0].partner_id, self.customer)
        self.assertFalse(tickets[1].partner_id)
        self.assertEqual(files.mapped("res_id"), tickets.ids)

    def test_new_ticket_from_partner_product_order(self):
        """R096: the record in front of the agent is in the new ticket."""
        order = self._order()
        action = self.contact.with_user(self.agent).action_new_crm_ticket()
        self.assertEqual(action["context"]["default_partner_id"], self.contact.id)
        product = order.order_line.product_id
        action = product.with_user(self.agent).action_new_crm_ticket()
        self.assertEqual(action["context"]["default_product_id"], product.id)
        action = product.product_tmpl_id.with_user(self.agent).action_new_crm_ticket()
        self.assertEqual(action["context"]["default_product_id"], product.id)

    def test_queue_shows_what_a_request_is(self):
        """R091: an agent sees of each request number, channel, owner, priority, status and deadline."""
        ticket = self._ticket_of(self._quick(partner_id=self.contact.id, name="Dark", priority="2"))
        view = self.env.ref("crm_service.crm_ticket_view_list_queue")
        arch = self.env["crm.ticket"].with_user(self.agent).get_view(view.id)["arch"]
        for name in ("number", "channel", "user_id", "priority", "stage_id", "deadline"):
            self.assertIn(f'name="{name}"', arch)
            self.assertTrue(ticket.with_user(self.agent)[name], name)

    def test_one_queue_in_priority_order(self):
        """R097: phone, web and fax requests stand in one list, the most urgent first, and are taken from its top."""
        self.env["crm.ticket"].search([("user_id", "=", False)]).write({"user_id": self.supervisor.id})
        tickets = self.env["crm.ticket"]
        for channel, priority in (("fax", "1"), ("web", "3"), ("phone", "2"), ("email", "0")):
            tickets |= tickets.create(
                {
                    "name": channel,
                    "channel": channel,
                    "priority": priority,
                    "team_id": self.team.id,
                    "user_id": False,
                    "partner_id": self.contact.id,
                }
            )
        action = self.env.ref("crm_service.crm_ticket_action_queue")
        Ticket = self.env["crm.ticket"].with_user(self.agent)
        domain = [("stage_kind", "in", ("new", "open")), "|", ("user_id", "=", False), ("user_id", "=", self.agent.id)]
        self.assertIn("stage_kind", action.domain)
        queue = Ticket.search(domain, order="priority desc, deadline, id") & tickets
        self.assertEqual(queue.mapped("channel"), ["web", "phone", "fax", "email"])
        taken = [Ticket.action_take_next()["res_id"] for _number in range(4)]
        self.assertEqual(Ticket.browse(taken).mapped("channel"), ["web", "phone", "fax", "email"])
        self.assertEqual(Ticket.browse(taken).user_id, self.agent)
        self.assertEqual(Ticket.action_take_next()["tag"], "display_notification")

    # === CHAT === #

    def test_chat_is_kept_on_the_customer_and_the_ticket(self):
        """R096.2: an agent chats with a portal customer and with a guest; what was said is on customer and ticket."""
        user = self._user("chat_customer", "base.group_portal")
        user.partner_id.parent_id = self.customer
        ticket = self.env["crm.ticket"].create(
            {"name": "Dark", "team_id": self.team.id, "partner_id": user.partner_id.id, "channel": "web"}
        )
        channel = ticket.with_user(self.agent)._open_chat()
        self.assertEqual(channel, ticket.with_user(self.agent)._open_chat(), "one chat a ticket")
        self.assertIn(user.partner_id, channel.sudo().channel_partner_ids)
        say = dict(message_type="comment", subtype_xmlid="mail.mt_comment")
        channel.with_user(user).message_post(body="My lamp is dark", **say)
        channel.with_user(self.agent).message_post(body="Turn it on <script>", **say)
        self.assertTrue(ticket.date_first_response, "the agent's words in the chat are an answer")
        guest = self.env["mail.guest"].create({"name": "Guest Gustav"})
        channel.sudo()._add_members(guests=guest)
        channel.sudo().with_user(self.env.ref("base.public_user")).with_context(guest=guest).sudo().message_post(
            body="I am here, too", **say
        )
        ticket.with_user(self.agent).action_chat_store()
        log = self.env["crm.contact.log"].search([("ticket_id", "=", ticket.id)])
        self.assertRecordValues(log, [{"channel": "im", "partner_id": self.customer.id, "direction": "in"}])
        for words in ("My lamp is dark", "Turn it on", "I am here, too"):
            self.assertIn(words, log.content)
            self.assertIn(words, "".join(ticket.message_ids.mapped("body")))
        self.assertNotIn("<script>", log.content)
        ticket.with_user(self.agent).action_chat_store()
        self.assertEqual(log.content.count("My lamp is dark"), 1, "stored twice, kept once")
        event = self.env["crm.customer.event"].search([("res_model", "=", "crm.contact.log"), ("res_id", "=", log.id)])
        self.assertTrue(event, "on the customer's timeline")

    def test_idle_chats_are_kept_by_themselves(self):
        """R096.2: a chat from the customer's page that rests is stored by the cron's work, once."""
        channel = self.env["discuss.channel"].with_user(self.agent)._crm_open_chat("Lena", self.contact)
        channel.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        now = fields.Datetime.now()
        self.assertNotIn(channel.id, channel._crm_idle_ids(now))
        later = fields.Datetime.add(now, minutes=20)
        self.assertIn(channel.id, channel._crm_idle_ids(later))
        channel.sudo()._crm_store_transcript()
        self.assertNotIn(channel.id, channel._crm_idle_ids(later))
        log = self.env["crm.contact.log"].search([("partner_id", "=", self.customer.id), ("channel", "=", "im")])
        self.assertRecordValues(log, [{"direction": "out", "user_id": self.agent.id}])
