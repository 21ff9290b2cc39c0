from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install", "is_tour")
class TestInsightTour(HttpCase):
    def test_reports_and_a_research_list_in_the_client(self):
        """R135, R160: a marketer opens the composition of a period and makes leads of a list, twice named once."""
        company = {"company_id": self.env.company.id, "company_ids": [Command.set(self.env.company.ids)]}
        new_test_user(
            self.env, "insight_tourist", "base.group_user,mass_mailing.group_mass_mailing_user", name="Mara", **company
        )
        self.env["utm.source"].create({"name": "Tour institute"})
        self.start_tour("/odoo/rfm", "crm_marketing_insight", login="insight_tourist", timeout=180)
        lead = self.env["crm.lead"].search([("email_from", "=ilike", "tina@tour.example")])
        self.assertEqual((len(lead), lead.source_id.name), (1, "Tour institute"))
        consent = self.env["crm.consent"].search([("address", "=", "tina@tour.example")])
        self.assertEqual((consent.state, consent.note), ("given", "Question 12"))
