from odoo import Command, fields
from odoo.addons.mail.tests.common import MailCommon
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestAutomaticData(ServiceCommon, MailCommon):
    """Mails about an order and about the balance, answered from delivered and invoiced orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.order = cls._deliver()
        cls.open_order = cls._deliver(cls.contact, invoice=False)
        cls.foreign = cls._deliver(cls.stranger)
        picking = cls.open_order.picking_ids.copy()
        cls.waiting = cls.open_order.copy()
        cls.waiting.action_confirm()
        picking.unlink()
        cls.routes = cls.env["crm.answer.route"].create(
            [
                {
                    "name": "Orders",
                    "keywords": "order status\nwhere order",
                    "handling": "automatic",
                    "answer_kind": "order",
                    "company_id": cls.company.id,
                },
                {
                    "name": "Balance",
                    "keywords": "balance",
                    "handling": "automatic",
                    "answer_kind": "balance",
                    "company_id": cls.company.id,
                },
            ]
        )

    def _ask(self, subject, partner=None):
        """A mail in writing; return its ticket after the automatic answers ran, and what was sent."""
        ticket = self.env["crm.ticket"].message_new(
            {"subject": subject, "body": "<p>Thank you</p>", "author_id": (partner or self.contact).id},
            {"team_id": self.team.id, "partner_email": (partner or self.contact).email},
        )
        with self.mock_mail_gateway():
            self.env["crm.ticket"]._automatic_waiting()._process_automatic(fields.Datetime.now())
        return ticket, self._new_mails.filtered(lambda mail: mail.res_id == ticket.id)

    def test_named_order(self):
        """R107: the mail names an order of the customer's company: its real status is told and the ticket closed."""
        ticket, mail = self._ask(f"Order status of {self.order.name.lower()} please")
        self.assertTrue(ticket.auto_answered, ticket.route_reason)
        self.assertEqual(ticket.stage_kind, "closed")
        self.assertEqual(ticket.sale_order_id, self.order)
        self.assertIn(self.order._crm_status_sentence(), mail.body_html)
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertIn("auto-replied", mail.headers)

    def test_order_not_named(self):
        """R107: without a number the orders not yet delivered are told, when there are few."""
        ticket, mail = self._ask("Where is my order?")
        self.assertIn(self.waiting.name, mail.body_html)
        self.assertNotIn(self.order.name, mail.body_html, "that one was delivered")
        for _number in range(3):
            self.waiting.copy().action_confirm()
        ticket, mail = self._ask("Where is my order?")
        self.assertFalse(ticket.auto_answered)
        self.assertIn("several orders are open and the request names none", ticket.route_text)

    def test_order_of_somebody_else(self):
        """R107: the order of another customer is never told; a stranger gets no data at all."""
        self.waiting._action_cancel()
        ticket, mail = self._ask(f"Order status of {self.foreign.name}")
        self.assertFalse(ticket.auto_answered)
        self.assertIn("no open order of the customer was found", ticket.route_text)
        self.assertNotIn(self.foreign._crm_status_sentence(), mail.body_html)
        ticket = self.env["crm.ticket"].message_new(
            {"subject": f"Order status of {self.order.name}", "body": "", "author_id": False},
            {"team_id": self.team.id, "partner_email": "new@person.test"},
        )
        self.env["crm.ticket"]._automatic_waiting()._process_automatic(fields.Datetime.now())
        self.assertFalse(ticket.auto_answered)
        self.assertIn("no known contact", ticket.route_text)

    def test_balance_equals_the_ledger(self):
        """R107: the balance told is what the ledger says, per invoice, and the ticket is closed."""
        ticket, mail = self._ask("What is our balance?", self.customer)
        self.assertTrue(ticket.auto_answered, ticket.route_reason)
        invoice = self.order.invoice_ids
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.customer.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        total = sum(lines.mapped("balance"))
        self.assertEqual(total, invoice.amount_total)
        body = mail.body_html.replace("\xa0", " ").replace("&nbsp;", " ")
        self.assertIn(invoice.name, body)
        self.assertIn(f"{total:,.2f}", body)
        self.assertEqual(ticket.stage_kind, "closed")

    def test_balance_is_told_to_few(self):
        """R107: a contact learns the balance only as the company's own address, invoice contact or portal user."""
        ticket, mail = self._ask("What is our balance?")
        self.assertFalse(ticket.auto_answered)
        self.assertIn("may not be told the balance", ticket.route_text)
        self.assertNotIn(self.order.invoice_ids.name, mail.body_html or "")
        self.contact.type = "invoice"
        self.assertTrue(self._ask("What is our balance?")[0].auto_answered)

    def test_nothing_open(self):
        """R107: a settled account is told as settled."""
        partner = self.env["res.partner"].create({"name": "Even", "email": "even@steven.test"})
        _ticket, mail = self._ask("What is our balance?", partner)
        self.assertIn("nothing is open", mail.body_html)

    def test_other_companies_orders_stay_there(self):
        """R107: what another company of the group sold to the customer is not told."""
        other = self.company_data_2["company"] if hasattr(self, "company_data_2") else None
        company = other or self.env["res.company"].create({"name": "Elsewhere"})
        self.waiting._action_cancel()
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": company.id,
                    "order_line": [Command.create({"name": "Service", "display_type": "line_note"})],
                }
            )
        )
        order.state = "sale"
        ticket, _mail = self._ask(f"Order status of {order.name}")
        self.assertFalse(ticket.auto_answered)
