from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestVoiceTour(HttpCase):
    def test_an_agent_logs_a_complaint(self):
        """R093, R115: an agent logs a complaint, follows it up, answers by letter; the counts show it."""
        company = self.env.company
        new_test_user(
            self.env,
            "voice_agent",
            "crm_service.group_service_user",
            name="Viola Voice",
            tz="UTC",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.env["res.partner"].create({"name": "Tour Complainer", "email": "tour@complainer.test"})
        self.start_tour("/odoo/feedback", "crm_service_voice", login="voice_agent", timeout=120)
        feedback = self.env["crm.feedback"].search([("contact_id.name", "=", "Tour Complainer")])
        self.assertEqual((feedback.state, feedback.reply_channel, feedback.clock_state), ("done", "letter", "met"))
        self.assertEqual(feedback.department, "logistics")
