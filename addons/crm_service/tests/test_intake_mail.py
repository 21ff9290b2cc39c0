from unittest.mock import patch

import psycopg2
from odoo.addons.mail.tests.common import MailCommon
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .light import LightCommon

MAIL = """Return-Path: <{email_from}>
From: {email_from}
To: {to}
Subject: {subject}
{msg_id}{extra}MIME-Version: 1.0
Content-Type: {content_type}

{body}
"""


@tagged("post_install", "-at_install")
class TestIntakeMail(LightCommon, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.company.alias_domain_id = cls.company.alias_domain_id or cls.env["mail.alias.domain"].search([], limit=1)
        cls.team.alias_id.alias_domain_id = cls.company.alias_domain_id
        cls.address = cls.team.alias_id.alias_full_name
        cls.number = 0

    def _mail(self, email_from=None, subject="Broken", body="Two glasses.", extra="", to=None, msg_id=None, kind=None):
        """Deliver a mail; return the tickets it opened."""
        Ticket = self.env["crm.ticket"].with_context(active_test=False)
        before = Ticket.search([])
        self.number += 1
        msg_id = f"<{self.number}.{self._testMethodName}@test>" if msg_id is None else msg_id
        raw = MAIL.format(
            email_from=email_from or self.contact.email_formatted,
            to=to or self.address,
            subject=subject,
            msg_id=f"Message-Id: {msg_id}\n" if msg_id else "",
            extra=extra,
            content_type=kind or 'text/plain; charset="utf-8"',
            body=body,
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(None, raw)
        return Ticket.search([]) - before

    def _refusals(self):
        return self.env["crm.mail.refusal"].search([("team_id", "=", self.team.id)], order="id")

    # === THREADS === #

    def test_number_in_the_subject_finds_the_ticket_of_its_sender(self):
        """R091, R097.1: a new mail with the number joins the ticket: of customer, colleague, copy."""
        ticket = self._mail(extra="Cc: Lou <lou@elsewhere.test>\n")
        self.assertIn("lou@elsewhere.test", ticket.email_cc, "the copy is kept")
        colleague = self.env["res.partner"].create(
            {"name": "Leo", "email": "leo@lichtblick.test", "parent_id": self.customer.id}
        )
        for sender in (self.contact.email, colleague.email, "lou@elsewhere.test"):
            count = len(ticket.message_ids)
            self.assertFalse(self._mail(sender, f"Fwd: about [{ticket.number}]: more"), sender)
            self.assertGreater(len(ticket.message_ids), count)

    def test_number_in_the_subject_of_a_stranger_opens_his_own_ticket(self):
        """R091: who has nothing to do with a ticket does not get into it by its number."""
        ticket = self._mail()
        other = self._mail("other@dunkel.test", f"Re: {ticket.number}")
        self.assertTrue(other)
        self.assertEqual(other.partner_id, self.stranger)

    def test_copies_stay_on_the_ticket_and_are_suggested_for_the_answer(self):
        """R091: who was in copy stays known, also when added later."""
        ticket = self._mail(extra="Cc: lou@elsewhere.test\n")
        self._mail(subject=f"{ticket.number}", extra="Cc: mia@elsewhere.test\n")
        self.assertIn("lou@elsewhere.test", ticket.email_cc)
        self.assertIn("mia@elsewhere.test", ticket.email_cc)

    # === LOOPS AND ROBOTS === #

    def test_own_address_opens_nothing(self):
        """R091: a mail from the team's own address would go round in circles; it is noted."""
        self.assertFalse(self._mail(self.address))
        self.assertEqual(self._refusals().mapped("reason"), ["own"])

    def test_away_note_without_header_does_not_reopen(self):
        """R091: an away note that only its subject tells is kept and moves nothing."""
        ticket = self._mail()
        ticket.with_context(crm_ticket_automatic=True).stage_id = self.env["crm.ticket.stage"].search(
            [("kind", "=", "closed")], limit=1
        )
        count = len(ticket.message_ids)
        self._mail(subject=f"Automatic reply: {ticket.number}")
        self.assertEqual(ticket.stage_kind, "closed")
        self.assertGreater(len(ticket.message_ids), count)

    def test_refused_mail_leaves_a_trace_once(self):
        """R091: a robot's mail opens nothing and is listed, once however often it is delivered."""
        for _delivery in range(2):
            self.assertFalse(self._mail(extra="Precedence: bulk\n", msg_id="<bulk@x.test>"))
        self.assertEqual(self._refusals().mapped("reason"), ["robot"])
        self.assertFalse(self.env["crm.mail.refusal"].with_user(self.agent).has_access("read"))
        self.assertTrue(self.env["crm.mail.refusal"].with_user(self.supervisor).has_access("read"))

    def test_team_may_want_the_mail_of_machines(self):
        """R091: where the address is a mailing list its mail opens tickets, and nothing is answered."""
        self.team.robot_mail = "open"
        ticket = self._mail(extra="Precedence: list\nList-Id: <service.x.test>\n")
        self.assertTrue(ticket)
        self.assertIn("Two glasses", ticket.description)
        self.assertFalse(self._new_mails.filtered(lambda mail: mail.model == "crm.ticket"))

    def test_senders_who_want_no_automatic_answer_get_none(self):
        """R091: X-Auto-Response-Suppress and no-reply addresses open a ticket without acknowledgement."""
        for sender, extra in (("a@b.test", "X-Auto-Response-Suppress: All\n"), ("no-reply@shop.test", "")):
            self.assertTrue(self._mail(sender, extra=extra))
            self.assertFalse(self._new_mails.filtered(lambda mail: mail.model == "crm.ticket"), sender)

    def test_too_many_from_one_sender_are_noted(self):
        """R091: beyond Odoo's limit a sender opens no more tickets, and each such mail is listed."""
        self.env["ir.config_parameter"].sudo().set_param("mail.gateway.loop.threshold", "2")
        opened = [len(self._mail("loop@machine.test", f"Alarm {number}")) for number in range(4)]
        self.assertEqual(opened, [1, 1, 0, 0])
        self.assertEqual(self._refusals().mapped("reason"), ["loop", "loop"])

    # === NOTHING LOST, NOTHING DOUBLED === #

    def test_mail_without_message_id_counts_once(self):
        """R091: a mail without Message-Id that is fetched twice is one ticket; another text is another ticket."""
        first = self._mail(msg_id="", body="One")
        again = self._mail(msg_id="", body="One", extra="Received: from elsewhere\n")
        other = self._mail(msg_id="", body="Two")
        self.assertEqual([len(first), len(again), len(other)], [1, 0, 1])

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_unreadable_mail_is_a_ticket_with_the_mail_attached(self):
        """R091: an unknown character set, a broken multipart: a ticket with the raw mail, for the right customer."""
        ticket = self._mail(kind="text/plain; charset=x-klingon", subject="Qapla")
        self.assertRecordValues(
            ticket, [{"name": "Qapla", "partner_id": self.contact.id, "team_id": self.team.id, "channel": "email"}]
        )
        files = self.env["ir.attachment"].search([("res_model", "=", "crm.ticket"), ("res_id", "=", ticket.id)])
        self.assertEqual(files.mapped("name"), ["original_email.eml"])
        self.assertIn(b"Two glasses", files.raw)
        self.assertIn("Two glasses", ticket.description)
        broken = self._mail(kind='multipart/mixed; boundary="never"')
        files = self.env["ir.attachment"].search([("res_model", "=", "crm.ticket"), ("res_id", "=", broken.id)])
        self.assertIn(b"Two glasses", files.raw, "what was not understood is there as it came")

    def test_failing_mail_is_kept_and_counts_once(self):
        """R091: whatever fails while a mail is processed, the mail becomes a ticket; delivered again, no second one."""
        ticket_class = self.env.registry["crm.ticket"]
        with (
            patch.object(ticket_class, "message_new", side_effect=ValueError("bug")),
        ):
            first = self._mail(msg_id="<bug@x.test>")
            second = self._mail(msg_id="<bug@x.test>")
        self.assertEqual((len(first), len(second)), (1, 0))
        self.assertEqual(first.partner_id, self.contact)

    def test_foreign_failures_stay_failures(self):
        """A mail that is no affair of a service team fails as without the suite; a broken connection is not hidden."""
        with self.assertRaises(ValueError):
            self._mail(to="nobody@nowhere.test")
        with (
            patch.object(self.env.registry["crm.ticket"], "message_new", side_effect=psycopg2.OperationalError),
            self.assertRaises(psycopg2.OperationalError),
        ):
            self._mail()

    # === FAX AND SCANNER === #

    def test_fax_server_opens_tickets_of_the_channel_fax(self):
        """R096.1, R097: the mail of a fax server is a ticket of the channel fax, though a machine wrote it."""
        self.team.scanner_addresses = "fax@machine.test"
        ticket = self._mail("Fax <fax@machine.test>", "Fax from +49 30", extra="Auto-Submitted: auto-generated\n")
        self.assertRecordValues(ticket, [{"channel": "fax", "partner_id": False, "team_id": self.team.id}])
        self.assertFalse(self._new_mails.filtered(lambda mail: mail.model == "crm.ticket"))

    # === SUBJECTS === #

    def _order(self, partner, products=1, reference=False):
        goods = self.env["product.product"].create(
            [{"name": f"Lamp {i}", "default_code": f"LAMP-{i}7", "type": "consu"} for i in range(products)]
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "client_order_ref": reference,
                "order_line": [Command.create({"product_id": product.id}) for product in goods],
            }
        )
        order.state = "sale"
        return order

    def test_order_in_the_text_is_found_not_typed(self):
        """R091, R096: order, line and product come from the words of a known customer."""
        order = self._order(self.customer)
        ticket = self._mail(body=f"My order {order.name.lower()} came broken.")
        self.assertRecordValues(ticket, [{"sale_order_id": order.id, "sale_order_line_id": order.order_line.id}])
        several = self._order(self.customer, products=2, reference="PO-4711")
        ticket = self._mail(subject="PO-4711", body="One LAMP-17 is dark.")
        self.assertEqual(ticket.sale_order_line_id, several.order_line[1])
        ticket = self._mail(subject="PO-4711", body="Something is dark.")
        self.assertEqual((ticket.sale_order_id, len(ticket.sale_order_line_id)), (several, 0), "not guessed")

    def test_ambiguous_or_foreign_references_are_not_taken(self):
        """R091: two orders: none is taken; another customer's order: as if it were not named."""
        first, second = self._order(self.customer), self._order(self.customer)
        ticket = self._mail(body=f"{first.name} and {second.name}")
        self.assertFalse(ticket.sale_order_id)
        foreign = self._order(self.stranger)
        ticket = self._mail(body=foreign.name)
        self.assertFalse(ticket.sale_order_id)
        self.assertEqual(ticket.partner_id, self.contact)

    def test_stranger_naming_an_order_gets_nothing_but_the_agent_a_hint(self):
        """R091: the agent decides whether an unknown sender may know of the order that he names."""
        order = self._order(self.customer)
        ticket = self._mail("new@person.test", body=order.name)
        self.assertFalse(ticket.partner_id | ticket.sale_order_id.partner_id)
        hints = ticket.message_ids.filtered(lambda message: order.name in (message.body or "") and message.is_internal)
        self.assertTrue(hints or ticket.message_ids.filtered(lambda m: "sender is unknown" in (m.body or "")))

    def test_find_subjects_is_one_go_for_any_number(self):
        """R091: references are looked up in a fixed number of queries, for 10 tickets or 100."""
        orders = [self._order(self.customer) for _number in range(3)]
        counts = []
        for size in (10, 100):
            requests = [(f"about {orders[i % 3].name}", self.customer, self.company) for i in range(size)]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            values = self.env["crm.ticket"]._subject_values(requests)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertTrue(all(value["sale_order_line_id"] for value in values))
        self.assertEqual(counts[0], counts[1])
        before = self.env.cr.sql_log_count
        self.env["crm.ticket"]._subject_values([("nothing named", self.customer, self.company)])
        self.assertEqual(self.env.cr.sql_log_count, before, "no word that could be a reference, no query")
