from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTouchTour(HttpCase):
    def test_marketer_deals_a_list_and_calls(self):
        """R156: a marketer deals a call list in the web client, calls, and the results stand on the campaign."""
        marketer = new_test_user(self.env, "touch_tour", "mass_mailing.group_mass_mailing_user")
        campaign = self.env["utm.campaign"].create({"title": "Tour Calls"})
        self.env["res.partner"].create(
            [
                {"name": name, "phone": "+32 470 00 00 00", "is_company": True, "ref": "TOUR-CALLS"}
                for name in ("Tour Bakery", "Tour Mill")
            ]
        )
        calls = self.env["crm.call.list"].create(
            {
                "name": "Tour list",
                "campaign_id": campaign.id,
                "domain": "[('ref', '=', 'TOUR-CALLS')]",
                "agent_ids": [Command.set(marketer.ids)],
                "script": "<p>Good morning</p>",
            }
        )
        self.start_tour(
            f"/odoo/action-crm_marketing.crm_call_list_action/{calls.id}", "crm_marketing_touch", login="touch_tour"
        )
        self.assertEqual((calls.interested_count, calls.refused_count, calls.open_count), (1, 1, 0))
        self.assertEqual(campaign.call_count, 2)
        line = calls.line_ids.filtered(lambda one: one.result == "interested")
        self.assertEqual((line.note, line.lead_id.campaign_id), ("Wants a demonstration", campaign))
