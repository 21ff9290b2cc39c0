from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTicketInstruction(TransactionCase):
    def test_ticket_shows_the_instruction(self):
        """R144: what another addon asks of whoever serves a customer stands on the customer's ticket."""
        partner = self.env["res.partner"].create({"name": "Shop", "is_company": True})
        agent = new_test_user(self.env, "instructed_agent", "crm_service.group_service_user")
        ticket = self.env["crm.ticket"].with_user(agent).create({"name": "Lamp", "partner_id": partner.id})
        self.assertFalse(ticket.crm_instructions)
        given = {partner.id: ["Call back within the hour"]}
        with patch.object(self.env.registry["res.partner"], "_crm_instructions", lambda *_args: given):
            self.env.invalidate_all()
            self.assertEqual(ticket.crm_instructions, "Call back within the hour")
        arch = self.env["crm.ticket"].with_user(agent).get_view(view_type="form")["arch"]
        self.assertIn("crm_instructions", arch)

    def test_open_tickets_are_a_fact(self):
        """R142: the number of open tickets of a customer, contacts included, is a fact that segments can ask for."""
        partner = self.env["res.partner"].create({"name": "Shop", "is_company": True})
        person = self.env["res.partner"].create({"name": "Ann", "parent_id": partner.id})
        tickets = self.env["crm.ticket"].create(
            [{"name": "One", "partner_id": partner.id}, {"name": "Two", "partner_id": person.id}]
        )
        self.assertEqual(self._open_tickets(partner), 2)
        tickets[0].date_closed = fields.Datetime.now()
        self.assertEqual(self._open_tickets(partner), 1)

    def _open_tickets(self, partner):
        self.env.flush_all()
        _label, query = self.env["res.partner"]._crm_live_facts(self.env.company)["open_tickets"]
        return dict(self.env.execute_query(query)).get(partner.id, 0)
