import re

from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestPortal(ServiceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._user("portal", "base.group_portal", password="portal.service", email="anna@bergmann.test")
        cls.portal.partner_id.parent_id = cls.customer
        cls.order = cls._deliver()
        cls.foreign = cls._deliver(cls.stranger)
        cls.own = cls.env["crm.ticket"].create(
            {"name": "Own one", "partner_id": cls.customer.id, "team_id": cls.team.id, "company_id": cls.company.id}
        )
        cls.other = cls.env["crm.ticket"].create(
            {"name": "Foreign one", "partner_id": cls.stranger.id, "team_id": cls.team.id, "company_id": cls.company.id}
        )

    def _login(self):
        self.authenticate(self.portal.login, "portal.service")

    def _token(self):
        page = self.url_open("/my/tickets/new").text
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)

    def _post(self, files=None, token=None, **data):
        data = {"name": "Broken", "description": "Two\n<b>broken</b>", **data}
        if token is not False:
            data["csrf_token"] = token or self._token()
        return self.url_open("/my/tickets/create", data=data, files=files)

    def _new(self):
        return self.env["crm.ticket"].search([("channel", "=", "portal")], order="id desc", limit=1)

    def test_list_and_page_show_own_tickets_only(self):
        """R091: the customer sees his company's tickets with their status, and no others."""
        self._login()
        page = self.url_open("/my/tickets")
        self.assertIn(self.own.number, page.text)
        self.assertNotIn(self.other.number, page.text)
        self.assertNotIn("Foreign one", self.url_open("/my/tickets?search=Foreign&filterby=nonsense&sortby=x").text)
        page = self.url_open(f"/my/tickets/{self.own.id}")
        self.assertIn("Own one", page.text)
        self.assertIn("Received", page.text)
        page = self.url_open(f"/my/tickets/{self.other.id}")
        self.assertNotIn("Foreign one", page.text)
        self.assertTrue(page.url.endswith("/my"))
        self.assertNotIn("Foreign one", self.url_open(f"/my/tickets/{self.other.id}?access_token=nonsense").text)

    def test_internal_notes_are_not_on_the_page(self):
        """R091: notes of the agents stay inside."""
        self.own.with_user(self.agent).message_post(body="He is lying", subtype_xmlid="mail.mt_note")
        self._login()
        self.assertNotIn("He is lying", self.url_open(f"/my/tickets/{self.own.id}").text)
        result = self.make_jsonrpc_request(
            "/mail/thread/messages", {"thread_model": "crm.ticket", "thread_id": self.own.id, "fetch_params": {}}
        )
        self.assertNotIn("He is lying", str(result))

    def test_form_offers_only_own_delivered_lines(self):
        """R085, R091: the lines to choose from are those delivered to the customer."""
        waiting = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [(0, 0, {"product_id": self.jug.id, "product_uom_qty": 1})]}
        )
        waiting.action_confirm()
        self._login()
        page = self.url_open("/my/tickets/new").text.split('name="line_id"')[1].split("</select>")[0]
        values = set(re.findall(r'<option value="(\d+)"', page))
        self.assertIn(str(self.order.order_line.id), values)
        self.assertNotIn(str(self.foreign.order_line.id), values)
        self.assertNotIn(str(waiting.order_line.id), values)

    def test_new_ticket_on_a_delivered_line(self):
        """R085, R091: the form makes a ticket whose goods come from the line, with text, file and number."""
        self._login()
        response = self._post(
            files=[("attachment", ("a.html", b"<script>alert(1)</script>", "text/html"))],
            line_id=self.order.order_line.id,
            category_id=self.defect.id,
        )
        ticket = self._new()
        self.assertTrue(response.url.endswith(f"/my/tickets/{ticket.id}"))
        self.assertRecordValues(
            ticket,
            [
                {
                    "partner_id": self.portal.partner_id.id,
                    "product_id": self.glass.id,
                    "sale_order_id": self.order.id,
                    "category_id": self.defect.id,
                    "channel": "portal",
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "user_id": False,
                    "sla_state": "running",
                }
            ],
        )
        self.assertIn("&lt;b&gt;", ticket.description)
        message = ticket.message_ids.filtered(lambda item: item.author_id == self.portal.partner_id)
        self.assertEqual(message.attachment_ids.name, "a.html")
        self.assertEqual(message.attachment_ids.mimetype, "text/plain")
        self.assertEqual(ticket.stage_kind, "new")

    def test_foreign_ids_are_refused(self):
        """R085, R091: the line or category of somebody else makes no ticket."""
        self.env["crm.ticket.category"].browse(self.dispute.id).portal = False
        self._login()
        count = self.env["crm.ticket"].search_count([])
        for data in (
            {"line_id": self.foreign.order_line.id},
            {"line_id": 999999999},
            {"line_id": "1 OR 1=1"},
            {"line_id": "-1"},
            {"category_id": self.dispute.id},
            {"name": "   "},
            {"description": ""},
        ):
            response = self._post(**data)
            self.assertEqual(response.status_code, 400, data)
        self.assertEqual(self.env["crm.ticket"].search_count([]), count)

    def test_form_ignores_what_it_does_not_ask(self):
        """R091: stage, owner, customer and company cannot be smuggled in."""
        self._login()
        self._post(partner_id=self.stranger.id, user_id=self.agent.id, stage_id=self._stage("closed").id, company_id=1)
        ticket = self._new()
        self.assertEqual(ticket.partner_id, self.portal.partner_id)
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.stage_kind, "new")

    def test_post_without_a_token_is_refused(self):
        """R091: the form is protected against forged requests."""
        self._login()
        count = self.env["crm.ticket"].search_count([])
        with self.assertLogs("odoo.http", "WARNING"):
            self.assertEqual(self._post(token=False).status_code, 400)
        self.assertEqual(self.env["crm.ticket"].search_count([]), count)

    def test_stranger_from_the_street_is_sent_to_the_login(self):
        """R091: without a log-in nothing is listed and nothing is created."""
        self.authenticate(None, None)
        for path in ("/my/tickets", "/my/tickets/new"):
            self.assertIn("/web/login", self.url_open(path).url)
        page = self.url_open(f"/my/tickets/{self.own.id}")
        self.assertNotIn("Own one", page.text)
        self.own._portal_ensure_token()
        page = self.url_open(f"/my/tickets/{self.own.id}?access_token={self.own.access_token}")
        self.assertIn("Own one", page.text)

    def test_portal_user_cannot_write_tickets_by_rpc(self):
        """R091: the portal reads; changes go through its forms only."""
        self._login()
        with self.assertRaises(JsonRpcException), self.assertLogs("odoo.http", "WARNING"):
            self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {"model": "crm.ticket", "method": "write", "args": [[self.own.id], {"name": "x"}], "kwargs": {}},
            )
        self.assertEqual(self.own.name, "Own one")

    def test_reply_on_the_portal_reopens(self):
        """R091: a customer's message on the page of a solved ticket opens it again."""
        self.own.action_solve()
        self._login()
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "crm.ticket",
                "thread_id": self.own.id,
                "post_data": {"body": "Still broken", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
            },
        )
        self.assertEqual(self.own.stage_kind, "open")
