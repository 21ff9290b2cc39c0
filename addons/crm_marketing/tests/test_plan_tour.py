from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPlanTour(HttpCase):
    def test_a_marketer_plans_executes_and_closes_a_campaign(self):
        """R128, R129.1, R146: steps planned and executed, a similar campaign's lesson, score and lesson at the end."""
        company = self.env.company
        marketer = new_test_user(
            self.env,
            "plan_tourist",
            "mass_mailing.group_mass_mailing_user",
            context={"no_reset_password": True},
            name="Maria Marketer",
            tz="UTC",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        programme = self.env["crm.programme"].create({"name": "Tour year", "company_id": company.id})
        past, campaign = self.env["utm.campaign"].create(
            [
                {
                    "title": title,
                    "company_id": company.id,
                    "programme_id": programme.id,
                    "user_id": marketer.id,
                    "date_start": day,
                }
                for title, day in (("Tour past", "2026-01-01"), ("Tour campaign", "2026-03-01"))
            ]
        )
        self.env["crm.campaign.lesson"].create({"campaign_id": past.id, "name": "Call before you write"})
        self.start_tour(f"/odoo/campaigns/{campaign.id}", "crm_marketing_plan", login=marketer.login, timeout=120)
        self.assertEqual((campaign.step_done_count, campaign.approval_state), (1, "asked"))
        self.assertEqual((campaign.evaluation_score, campaign.lesson_ids.name), (100, "Call early"))
