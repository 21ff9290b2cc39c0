import re
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestPortalService(ServiceCommon, HttpCase):
    """The portal as its customer: own ticket with everything he may do, solutions, help with a page, his trail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._user("self", "base.group_portal", password="self.service", email="anna.self@bergmann.test")
        cls.portal.partner_id.parent_id = cls.customer
        cls.order = cls._deliver()
        cls.foreign = cls._deliver(cls.stranger)
        cls.env["crm.solution"].search([]).active = False
        values = {"answer": "<p>Screw the lid down tightly.</p>", "state": "approved", "portal_visible": True}
        cls.solution = cls.env["crm.solution"].create({"name": "The jug leaks at the lid", **values})
        cls.hidden = cls.env["crm.solution"].create(
            {"name": "The jug leaks from the secret crack", **values, "portal_visible": False}
        )
        cls.draft = cls.env["crm.solution"].create({"name": "The jug leaks, draft", **values, "state": "draft"})
        cls.own = cls.env["crm.ticket"].create(
            {"name": "Own one", "partner_id": cls.portal.partner_id.id, "team_id": cls.team.id, "user_id": cls.agent.id}
        )

    def setUp(self):
        super().setUp()
        self.authenticate(self.portal.login, "self.service")

    def _page(self, path):
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200, path)
        return page.text

    def _token(self, path="/my/tickets/new"):
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self._page(path)).group(1)

    def _do(self, action, files=None, **data):
        return self.url_open(
            f"/my/tickets/{self.own.id}/{action}", data={"csrf_token": self._token(), **data}, files=files
        )

    def _visits(self):
        return self.env["crm.portal.visit"].search([("partner_id", "=", self.portal.partner_id.id)], order="id")

    # === TICKET PAGE === #

    def test_status_in_plain_words_with_next_step_and_promise(self):
        """R126: the page says where the ticket stands, what comes next and until when we promised."""
        page = self._page(f"/my/tickets/{self.own.id}")
        self.assertIn("Next: one of us takes it up", page)
        self.assertIn("We promised to act until", page)
        self.own.action_take()
        self.assertIn(f"Next: {self.env.user.name} answers", self._page(f"/my/tickets/{self.own.id}"))
        self.own._move_to("waiting")
        self.assertIn("Next: please answer below", self._page(f"/my/tickets/{self.own.id}"))
        self.own.waiting_for = "parts"
        page = self._page(f"/my/tickets/{self.own.id}")
        self.assertIn("We wait for parts", page)
        self.assertNotIn("We promised", page)

    def test_answer_with_a_file_wakes_a_waiting_ticket(self):
        """R126: the customer answers with a picture; the ticket goes on."""
        self.own._move_to("waiting")
        page = self._do("reply", body="Here <b>it</b> is", files=[("attachment", ("p.txt", b"x", "text/plain"))])
        self.assertIn("Your answer was sent", page.text)
        message = self.own.message_ids.filtered("attachment_ids")
        self.assertEqual(message.author_id, self.portal.partner_id)
        self.assertIn("&lt;b&gt;", message.body)
        self.assertEqual(message.attachment_ids.name, "p.txt")
        self.assertEqual(self.own.stage_kind, "open")
        self.assertIn("Please write an answer", self._do("reply", body="  ").text)

    def test_close_reopen_and_rate(self):
        """R126: the customer closes his ticket himself, rates it, and reopens it when it comes back."""
        self.team.require_content = True
        self.assertIn("The ticket is closed", self._do("close").text)
        self.assertEqual(self.own.stage_kind, "closed")
        self.assertTrue(self.own.date_solved)
        page = self._page(f"/my/tickets/{self.own.id}")
        self.assertIn("How satisfied are you", page)
        self._do("rate", rate="9")
        self.assertFalse(self.own.rating_ids.filtered("consumed"))
        self.assertIn("Thank you for your rating", self._do("rate", rate="4", feedback="Quick").text)
        rating = self.own.rating_ids.filtered("consumed")
        self.assertRecordValues(rating, [{"rating": 4, "feedback": "Quick", "partner_id": self.portal.partner_id.id}])
        page = self._page(f"/my/tickets/{self.own.id}")
        self.assertIn("You rated our help", page)
        self._do("reopen")
        self.assertRecordValues(self.own, [{"stage_kind": "open", "reopen_count": 1}])

    def test_actions_need_a_token_and_a_post(self):
        """R126: nothing changes by a link or by a forged form."""
        for action in ("reply", "close", "reopen", "rate"):
            path = f"/my/tickets/{self.own.id}/{action}"
            self.assertEqual(self.url_open(path).status_code, 405, path)
            with self.assertLogs("odoo.http", "WARNING"):
                self.assertEqual(self.url_open(path, data={"body": "x", "rate": "5"}).status_code, 400, path)
        self.assertEqual(self.own.stage_kind, "new")
        self.assertFalse(self.own.rating_ids)

    def test_who_has_only_the_link_may_not_close(self):
        """R126: the link of a mail shows the ticket; closing is for the customer who signed in."""
        self.own._portal_ensure_token()
        self.authenticate(None, None)
        page = self._page(f"/my/tickets/{self.own.id}?access_token={self.own.access_token}")
        self.assertIn("Own one", page)
        self.assertNotIn(f"/my/tickets/{self.own.id}/close", page)

    # === SOLUTIONS === #

    def _suggest(self, text, **values):
        return self.make_jsonrpc_request("/my/solutions/suggest", {"text": text, **values})

    def test_only_solutions_for_customers_are_suggested(self):
        """R126: while he types the customer sees approved solutions that are shown to customers, no others."""
        found = self._suggest("my jug leaks")
        self.assertEqual([item["name"] for item in found], [self.solution.name])
        self.assertIn("Screw the lid", found[0]["answer"])
        self.assertEqual(self._suggest("ju"), [])
        self.assertEqual(self._suggest("x' OR 1=1 --"), [])
        self.assertEqual(self._suggest("my jug leaks", line_id=self.foreign.order_line.id)[0]["id"], self.solution.id)

    def test_own_list_of_solutions_with_a_search(self):
        """R126: the list and the pages of solutions show what is for customers only."""
        self.assertIn(self.solution.name, self._page("/my/solutions"))
        self.assertIn(self.solution.name, self._page("/my/solutions?search=leaking+lid"))
        self.assertNotIn(self.solution.name, self._page("/my/solutions?search=bicycle"))
        self.assertNotIn("secret", self._page("/my/solutions?search=jug") + self._page("/my/solutions"))
        self.assertIn("Screw the lid", self._page(f"/my/solutions/{self.solution.id}"))
        for other in (self.hidden, self.draft):
            self.assertTrue(self.url_open(f"/my/solutions/{other.id}").url.endswith("/my/solutions"))

    def test_tickets_spared_are_counted(self):
        """R126: read and not sent is a ticket spared; sent all the same is not; once a form and solution."""
        first, second = "a" * 32, "b" * 32
        for draft in (first, first, second):
            values = {"solution_id": self.solution.id, "draft": draft, "text": "jug leaks"}
            self.assertTrue(self.make_jsonrpc_request("/my/solutions/read", values))
        for values in (
            {"solution_id": self.hidden.id, "draft": first},
            {"solution_id": self.solution.id, "draft": "x"},
        ):
            self.assertFalse(self.make_jsonrpc_request("/my/solutions/read", values))
        self.url_open(
            "/my/tickets/create",
            data={"csrf_token": self._token(), "name": "Leak", "description": "Still leaks", "draft": second},
        )
        ticket = self.env["crm.ticket"].search([("name", "=", "Leak")])
        rows = self.env["crm.solution.deflection"].search([("solution_id", "=", self.solution.id)], order="id")
        self.assertRecordValues(
            rows,
            [
                {"draft": first, "state": "read", "deflected": 100, "ticket_id": False, "question": "jug leaks"},
                {"draft": second, "state": "asked", "deflected": 0, "ticket_id": ticket.id, "question": "jug leaks"},
            ],
        )
        share = self.env["crm.solution.deflection"]._read_group([("id", "in", rows.ids)], [], ["deflected:avg"])
        self.assertEqual(share, [(50.0,)])

    def test_the_log_cannot_be_flooded(self):
        """R126: one customer makes at most 50 rows a day."""
        log = self.env["crm.solution.deflection"]
        drafts = [f"{number:032x}" for number in range(52)]
        made = [bool(log._note_read(self.portal, draft, self.solution)) for draft in drafts]
        self.assertEqual(made.count(True), 50)
        later = fields.Datetime.now() + timedelta(days=2)
        self.assertTrue(log._note_read(self.portal, "f" * 32, self.solution, now=later))

    def test_new_ticket_finds_what_its_text_names(self):
        """R126: the order named in the text stands on the ticket; nothing of another customer."""
        for number, order in enumerate((self.order, self.foreign)):
            self.url_open(
                "/my/tickets/create",
                data={"csrf_token": self._token(), "name": f"Named {number}", "description": f"About {order.name}."},
            )
        tickets = self.env["crm.ticket"].search([("name", "like", "Named")], order="id")
        self.assertEqual([ticket.sale_order_id.id for ticket in tickets], [self.order.id, False])

    def test_orders_invoices_tickets_and_solutions_on_one_page(self):
        """R126: from one page the customer comes to his orders, invoices, tickets and solutions, and no others."""
        page = self._page("/my/service")
        for path, name, other in (
            ("/my/orders", self.order.name, self.foreign.name),
            ("/my/invoices", self.order.invoice_ids.name, self.foreign.invoice_ids.name),
            ("/my/tickets", self.own.number, "secret"),
            ("/my/solutions", self.solution.name, "secret"),
        ):
            self.assertIn(f'href="{path}"', page)
            target = self._page(path)
            self.assertIn(name, target)
            self.assertNotIn(other, target)
        self.assertIn("/my/service", self._page("/my"))

    # === HELP AND TRAIL === #

    def test_help_with_a_page_shows_the_agent_what_the_customer_did(self):
        """R109: pages and actions of the customer stand on the ticket of his help request, its document, too."""
        self.own._move_to("waiting")
        self._page(f"/my/orders/{self.order.id}")
        self._do("reply", body="Hello")
        self.assertIn("/my/help?page=/my/orders", self._page("/my/orders"))
        page = self._page(f"/my/help?page=/my/orders/{self.order.id}")
        self.assertIn(self.order.name, page)
        data = {"csrf_token": self._token(), "page": f"/my/orders/{self.order.id}", "text": "Where is it?"}
        self.url_open("/my/help/send", data={**data, "call": "1", "phone": "+49 30 4711"})
        ticket = self.env["crm.ticket"].search([("channel", "=", "portal")], order="id desc", limit=1)
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": f"Please call me: {self.order.name}",
                    "sale_order_id": self.order.id,
                    "partner_id": self.portal.partner_id.id,
                    "partner_phone": "+49 30 4711",
                    "priority": "2",
                }
            ],
        )
        seen = ticket.with_user(self.agent).portal_visit_ids
        labels = seen.mapped("label")
        self.assertIn(f"Orders {self.order.name}", labels)
        self.assertIn(f"Tickets {self.own.display_name}: answered", labels)
        self.assertEqual(seen, seen.sorted("id", reverse=True))
        opened = seen.filtered(lambda item: item.action == "reply").action_open()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("crm.ticket", self.own.id))
        self.env.flush_all()
        customer = self.portal.partner_id.commercial_partner_id
        events = self.env["crm.customer.event"].search(
            [("partner_id", "=", customer.id), ("kind", "=", "portal_action")]
        )
        self.assertIn(f"Tickets {self.own.display_name}: answered", events.mapped("name"))
        self.assertEqual(len(events), len(seen.filtered("action")), "pages looked at are no events")
        other = self._ticket(partner_id=self.stranger.id)
        self.assertFalse(other.portal_visit_ids)

    def test_help_form_refuses_what_says_nothing_and_foreign_documents(self):
        """R109: no empty request; somebody else's document is neither named nor put on the ticket."""
        page = self._page(f"/my/help?page=/my/orders/{self.foreign.id}")
        self.assertNotIn(self.foreign.name, page)
        self.assertNotIn("evil", self._page("/my/help?page=https://evil.test/my/orders"))
        token = self._token()
        for values in ({}, {"call": "1", "phone": "soon"}):
            self.assertEqual(self.url_open("/my/help/send", data={"csrf_token": token, **values}).status_code, 400)
        data = {"csrf_token": token, "page": f"/my/orders/{self.foreign.id}", "text": "Mine?"}
        self.url_open("/my/help/send", data=data)
        ticket = self.env["crm.ticket"].search([("channel", "=", "portal")], order="id desc", limit=1)
        self.assertEqual((ticket.name, ticket.sale_order_id.id), ("Help on the portal", False))

    def test_one_line_a_page_and_none_for_employees(self):
        """R109: a page is one line, what it loads by itself none; nobody else is followed."""
        before = len(self._visits())
        self._page(f"/my/orders/{self.order.id}")
        self.make_jsonrpc_request("/my/counters", {"counters": ["ticket_count"]})
        self._suggest("jug leaks")
        self.url_open(f"/my/orders/{self.foreign.id}")  # refused: he comes to his home page
        visits = self._visits()[before:]
        self.assertEqual(
            [(visit.section, visit.name, visit.action) for visit in visits],
            [("order", self.order.name, False), ("home", False, False)],
        )
        every = self.env["crm.portal.visit"].search_count([])
        self.agent.password = "agent.service.1"
        self.authenticate(self.agent.login, "agent.service.1")
        self._page("/my")
        self.authenticate(None, None)
        self.url_open("/my/tickets")
        self.assertEqual(self.env["crm.portal.visit"].search_count([]), every)

    def test_visits_are_kept_for_thirty_days(self):
        """R109: the trail is forgotten after 30 days, and the customer cannot read it."""
        now = fields.Datetime.now()
        visits = self.env["crm.portal.visit"]._note(self.portal, "/my") + self.env["crm.portal.visit"]._note(
            self.portal, "/my/orders"
        )
        visits[0].date = now - timedelta(days=31)
        visits[1].date = now - timedelta(days=29)
        self.env["crm.portal.visit"]._process_gc(now)
        self.assertEqual(visits.exists(), visits[1])
        self.assertFalse(self.env["crm.portal.visit"].with_user(self.portal).has_access("read"))
        self.assertFalse(self.env["crm.solution.deflection"].with_user(self.portal).has_access("read"))

    def test_trail_of_a_list_of_tickets_is_one_query(self):
        """R109: the pages seen of 10 and of 100 tickets cost the same."""
        self.env["crm.portal.visit"]._note(self.portal, "/my")
        tickets = self.env["crm.ticket"].create(
            [{"name": str(n), "partner_id": self.contact.id, "team_id": self.team.id} for n in range(100)]
        )
        self.assertEqual(len(self.own.portal_visit_ids), 1)  # and rights are known from here on
        for group in (tickets[:10], tickets):
            group.invalidate_recordset(["portal_visit_ids"])
            group.mapped("partner_id.commercial_partner_id.id")
            with self.assertQueryCount(1):
                group.mapped("portal_visit_ids.id")

    # === BROWSER === #

    def test_portal_tour(self):
        """R126: a customer opens a ticket without help, a solution is suggested while he writes, and follows it."""
        self.start_tour("/my", "crm_service_portal", login=self.portal.login, timeout=120)
        ticket = self.env["crm.ticket"].search([("name", "=", "My jug leaks")])
        self.assertRecordValues(ticket, [{"partner_id": self.portal.partner_id.id, "stage_kind": "closed"}])
        row = self.env["crm.solution.deflection"].search([("ticket_id", "=", ticket.id)])
        self.assertRecordValues(row, [{"solution_id": self.solution.id, "state": "asked"}])
