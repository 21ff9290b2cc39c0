from odoo import fields
from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestVisitTicket(ServiceCommon):
    def test_an_unsolved_problem_becomes_a_ticket(self):
        """R023: a problem of a visit that is left for service becomes the customer's ticket, made by a salesperson."""
        seller = mail_new_test_user(
            self.env,
            "visit_ticket_seller",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)],
        )
        visit = (
            self.env["crm.visit"]
            .with_user(seller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "contact_id": self.contact.id,
                    "objective": "Look at the machine",
                    "purpose": "complaint",
                    "start": fields.Datetime.subtract(fields.Datetime.now(), hours=2),
                    "result": "Leaks",
                    "problem_ids": [
                        fields.Command.create(
                            {"name": "The press leaks", "follow_up": "ticket", "solution": "<b>Seal</b>"}
                        )
                    ],
                }
            )
        )
        visit.action_confirm()
        visit.action_done()
        ticket = self.env[visit.problem_ids.res_model].browse(visit.problem_ids.res_id)
        self.assertEqual(ticket._name, "crm.ticket")
        self.assertEqual((ticket.name, ticket.partner_id, ticket.channel), ("The press leaks", self.contact, "visit"))
        self.assertIn("&lt;b&gt;Seal", ticket.description)
        self.assertEqual(ticket.company_id, self.company)
