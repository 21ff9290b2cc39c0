from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ..tools import calls
from .light import LightCommon


@tagged("post_install", "-at_install")
class TestIntakeTour(LightCommon, HttpCase):
    def test_intake_tour(self):
        """R096, R097, R103: quick entry by order number, the queue, the caller's page by itself."""
        self.company.country_id = self.env.ref("base.de")
        self.env["crm.ticket"].search([("user_id", "=", False)]).write({"user_id": self.supervisor.id})
        optics = self.env["res.partner"].create(
            {"name": "Tour Optics", "phone": "+49 30 901820", "country_id": self.env.ref("base.de").id}
        )
        product = self.env["product.product"].create({"name": "Tour Lamp", "type": "consu"})
        order = self.env["sale.order"].create(
            {
                "partner_id": optics.id,
                "name": "INTAKE-TOUR-1",
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.state = "sale"
        for name, channel, priority in (("Web question", "web", "1"), ("Urgent fax", "fax", "3")):
            self.env["crm.ticket"].create(
                {"name": name, "channel": channel, "priority": priority, "team_id": self.team.id, "user_id": False}
            )
        self.agent.write({"telephone_extension": "77", "password": "light_agent_password"})
        event = calls.read({"call_id": "tour", "number": "030/90 18-20", "extension": "77"}, fields.Datetime.now())
        # The tour hands over what the bus brings, when its step comes; the bus itself would bring it at once.
        with patch.object(self.env.registry["crm.call.log"], "_pop"):
            self.env["crm.call.log"]._report(event, self.company)
        self.start_tour("/odoo/ticket-queue", "crm_service_intake", login=self.agent.login, timeout=180)
        ticket = self.env["crm.ticket"].search([("partner_id", "=", optics.id)])
        self.assertRecordValues(ticket, [{"name": "The lamp is dark", "channel": "phone", "user_id": self.agent.id}])
