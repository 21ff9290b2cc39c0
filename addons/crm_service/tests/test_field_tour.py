from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger


class FieldTourCase(HttpCase):
    """A cafe with an espresso machine and a grinder, covered by an agreement; a technician who works day and night."""

    def setUp(self):
        super().setUp()
        company = self.env.company
        self.technician = new_test_user(
            self.env,
            "field_tour_technician",
            "crm_service.group_service_user",
            name="Theo Technician",
            tz="UTC",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.env["crm.agent.profile"].search([]).is_technician = False
        self.env["crm.agent.profile"].create({"user_id": self.technician.id, "is_technician": True})
        cafe = self.env["res.partner"].create(
            {
                "name": "Tour Cafe",
                "street": "Marienplatz 1",
                "city": "Muenchen",
                "partner_latitude": 48.1374,
                "partner_longitude": 11.5755,
            }
        )
        products = self.env["product.product"].create(
            [{"name": name, "is_storable": True} for name in ("Tour Machine", "Tour Grinder", "Tour Seal")]
        )
        self.assets = self.env["crm.customer.asset"].create(
            [{"partner_id": cafe.id, "product_id": product.id} for product in products[:2]]
        )
        today = fields.Date.today()
        self.env["crm.service.agreement"].create(
            {
                "title": "Care",
                "partner_id": cafe.id,
                "date_start": today,
                "date_end": today + timedelta(days=100),
                "state": "active",
            }
        )
        self.ticket = self.env["crm.ticket"].create(
            {"name": "No steam", "partner_id": cafe.id, "asset_id": self.assets[0].id}
        )


@tagged("post_install", "-at_install")
class TestFieldPhoneTour(FieldTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_technician_at_phone_width(self):
        """R087: at phone width the technician records arrival, work, a part and the customer's signature."""
        start = fields.Datetime.now() + timedelta(hours=1)
        visit = self.env["crm.service.visit"].create(
            {
                "ticket_id": self.ticket.id,
                "user_id": self.technician.id,
                "start": start,
                "stop": start + timedelta(hours=1),
            }
        )
        with mute_logger("odoo.http"):
            self.start_tour("/odoo/my-visits", "crm_service_field", login="field_tour_technician", timeout=120)
        self.assertRecordValues(visit, [{"state": "done", "signed_by": "Lena Licht", "effect": "solved"}])
        self.assertTrue(visit.signature)
        self.assertEqual(visit.part_ids.move_id.state, "done")
        self.assertEqual(self.ticket.work_ids.content, "Pump changed, ten cups tested")


@tagged("post_install", "-at_install")
class TestFieldAgentTour(FieldTourCase):
    def test_the_agent_sees_the_cover_and_plans_a_visit(self):
        """R090, R125.1, R089: on the ticket the agent reads the cover, asks about the others and plans a visit."""
        url = f"/odoo/tickets/{self.ticket.id}"
        self.start_tour(url, "crm_service_field_agent", login="field_tour_technician", timeout=120)
        self.assertTrue(self.ticket.date_asked)
        self.assertRecordValues(self.ticket.visit_ids, [{"user_id": self.technician.id, "task": "Change the pump"}])
