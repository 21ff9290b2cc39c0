from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestReturnTour(HttpCase):
    def test_marketer_reads_the_returns(self):
        """R129, R137: a marketer opens the dashboard, the results and the attribution; the table as Excel."""
        company = self.env["res.company"].create({"name": "Tour company"})
        marketer = new_test_user(
            self.env,
            "return_tour",
            "mass_mailing.group_mass_mailing_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            password="return_tour",
        )
        campaign = self.env["utm.campaign"].create({"title": "Return tour", "company_id": company.id})
        self.env["crm.lead"].create({"name": "Lead", "campaign_id": campaign.id, "company_id": company.id})
        self.start_tour("/odoo/campaign-dashboard", "crm_marketing_return", login=marketer.login, timeout=120)
        self.authenticate(marketer.login, "return_tour")
        answer = self.url_open("/crm_marketing/campaigns.xlsx")
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.content.startswith(b"PK"))
