from odoo.addons.mail.tests.common import MailCommon
from odoo.tests import BaseCase, tagged

from ..tools import gateway
from .common import ServiceCommon

MAIL = """Return-Path: <{email_from}>
From: {email_from}
To: {to}
Subject: {subject}
Message-ID: {msg_id}
{extra}MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

Two glasses are broken.
"""


@tagged("post_install", "-at_install")
class TestGatewayRule(BaseCase):
    def test_headers_of_robots(self):
        """R091: each sign of a robot is enough; a person's mail shows none."""
        for name, value in (
            ("Auto-Submitted", "auto-generated"),
            ("Auto-Submitted", "auto-replied; x=y"),
            ("Precedence", "Bulk"),
            ("X-Autoreply", "yes"),
            ("Return-Path", "<>"),
        ):
            self.assertTrue(gateway.is_automatic({name: value}), name)
        for headers in ({}, {"Auto-Submitted": "no"}, {"Precedence": "normal"}, {"Return-Path": "<a@b.c>"}):
            self.assertFalse(gateway.is_automatic(headers))


@tagged("post_install", "-at_install")
class TestMail(ServiceCommon, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        domain = cls.env.company.alias_domain_id or cls.env["mail.alias.domain"].search([], limit=1)
        cls.company.alias_domain_id = domain
        cls.team.alias_id.alias_domain_id = domain
        cls.address = cls.team.alias_id.alias_full_name

    def _mail(self, email_from, extra="", subject="Broken", to=None, msg_id=None):
        """Deliver a mail; return (tickets it opened, mails sent)."""
        Ticket = self.env["crm.ticket"].with_context(active_test=False)
        before = Ticket.search([])
        with self.mock_mail_gateway():
            self._process(MAIL, email_from, subject, extra, msg_id, to)
        return Ticket.search([]) - before

    def _process(self, template, email_from, subject, extra="", msg_id=None, to=None):
        self._mail_number = getattr(self, "_mail_number", 0) + 1
        mail = template.format(
            email_from=email_from,
            to=to or self.address,
            subject=subject,
            extra=extra,
            msg_id=msg_id or f"<{self._mail_number}.{self._testMethodName}@test>",
        )
        self.env["mail.thread"].sudo().message_process(None, mail)

    def _reply(self, ticket, extra="", email_from=None):
        message = ticket.message_ids.filtered(lambda item: item.message_type == "email")[:1]
        extra = f"In-Reply-To: {message.message_id}\nReferences: {message.message_id}\n{extra}"
        return self._mail(email_from or self.contact.email_formatted, extra, subject="Re: Broken")

    def test_mail_of_a_customer_opens_one_ticket(self):
        """R091: the partner is found by the address; team, company and channel are set; the text is kept."""
        ticket = self._mail(self.contact.email_formatted)
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Broken",
                    "partner_id": self.contact.id,
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "channel": "email",
                    "user_id": False,
                    "stage_kind": "new",
                    "policy_id": self.policy.id,
                }
            ],
        )
        self.assertIn("Two glasses", ticket.description)
        self.assertFalse(ticket.date_first_response, "the acknowledgement is no answer")

    def test_unknown_sender_opens_a_ticket_with_his_address(self):
        """R091: nobody is turned away, and no contact is made up."""
        partners = self.env["res.partner"].search_count([])
        ticket = self._mail("New Person <new@person.test>")
        self.assertFalse(ticket.partner_id)
        self.assertIn("new@person.test", ticket.partner_email)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_acknowledgement_names_the_ticket_and_is_marked_automatic(self):
        """R091: the customer gets the number once, marked so that robots do not answer it."""
        ticket = self._mail(self.contact.email_formatted)
        mails = self._new_mails.filtered(lambda mail: mail.res_id == ticket.id)
        self.assertEqual(len(mails), 1)
        self.assertIn(ticket.number, mails.subject)
        self.assertIn("auto-replied", mails.headers)
        self.assertIn(self.contact, mails.recipient_ids)
        ticket = self._mail("New Person <new@person.test>")
        mails = self._new_mails.filtered(lambda mail: mail.res_id == ticket.id)
        self.assertIn("new@person.test", mails.email_to)

    def test_acknowledgements_to_one_address_are_limited(self):
        """R091: a robot without any sign gets three acknowledgements in an hour, no more."""
        sent = 0
        for number in range(5):
            self._mail("robot@machine.test", subject=f"Alarm {number}")
            sent += len(self._new_mails.filtered(lambda mail: mail.model == "crm.ticket"))
        self.assertEqual(sent, 3)

    def test_robots_open_no_ticket(self):
        """R091: out-of-office, bulk and list mail open nothing and are not answered."""
        for extra in ("Auto-Submitted: auto-replied\n", "Precedence: bulk\n", "X-Autoreply: yes\n"):
            self.assertFalse(self._mail(self.contact.email_formatted, extra))
            self.assertFalse(self._new_mails)

    def test_loop_guard_of_odoo_knows_the_sender(self):
        """R091: the field of the sender's address is declared, so that Odoo's own loop guard counts."""
        self.assertEqual(self.env["crm.ticket"]._mail_get_primary_email_field(), "partner_email")
        self.env["ir.config_parameter"].sudo().set_param("mail.gateway.loop.threshold", "2")
        opened = [len(self._mail("loop@machine.test", subject=f"L{n}")) for n in range(4)]
        self.assertEqual(opened, [1, 1, 0, 0])

    def test_reply_of_the_customer_wakes_the_ticket_up(self):
        """R091: a reply joins its ticket; waiting goes on, solved is opened again."""
        ticket = self._mail(self.contact.email_formatted)
        for kind in ("waiting", "solved", "closed"):
            ticket.stage_id = self._stage(kind)
            self.assertFalse(self._reply(ticket))
            self.assertEqual(ticket.stage_kind, "open", kind)
        self.assertEqual(ticket.reopen_count, 2)

    def test_out_of_office_neither_wakes_up_nor_reopens(self):
        """R091: a robot's reply is kept on the ticket and moves nothing."""
        ticket = self._mail(self.contact.email_formatted)
        for kind in ("waiting", "closed"):
            ticket.stage_id = self._stage(kind)
            count = len(ticket.message_ids)
            self.assertFalse(self._reply(ticket, "Auto-Submitted: auto-replied\n"))
            self.assertEqual(ticket.stage_kind, kind)
            self.assertGreater(len(ticket.message_ids), count)

    def test_mail_of_a_colleague_on_the_thread_is_an_answer(self):
        """R091: an agent who answers from his mail program stops the first clock."""
        ticket = self._mail(self.contact.email_formatted)
        self._reply(ticket, email_from=self.agent.email_formatted)
        self.assertTrue(ticket.date_first_response)
        self.assertEqual(ticket.stage_kind, "open")

    def test_same_mail_twice_opens_one_ticket(self):
        """R091: a mail delivered twice is one ticket."""
        first = self._mail(self.contact.email_formatted, msg_id="<twice@bergmann.test>")
        second = self._mail(self.contact.email_formatted, msg_id="<twice@bergmann.test>")
        self.assertEqual((len(first), len(second)), (1, 0))

    def test_script_in_a_mail_is_made_harmless(self):
        """R091: the text of a stranger never becomes code."""
        mail = MAIL.replace("text/plain", "text/html").replace("Two glasses", "<script>alert(1)</script>Two glasses")
        with self.mock_mail_gateway():
            self._process(mail, "x@y.test", "<b>Hi</b>")
        ticket = self.env["crm.ticket"].search([("partner_email", "ilike", "x@y.test")])
        self.assertNotIn("<script", ticket.description)
        self.assertEqual(ticket.name, "<b>Hi</b>")
