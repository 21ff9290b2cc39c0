from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestVisitTour(HttpCase):
    def test_the_day_of_a_salesperson(self):
        """R016, R022, R023, R023.1: a salesperson's day in the client, from the counted lists to the route."""
        company = self.env.company
        seller = new_test_user(
            self.env,
            "visit_seller",
            "base.group_user,sales_team.group_sale_salesman",
            name="Vera Visit",
            tz="UTC",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        partners = self.env["res.partner"]
        seller.partner_id.write({"partner_latitude": 48.0, "partner_longitude": 11.0})
        market, far, near = (
            partners.create(
                {
                    "name": name,
                    "is_company": True,
                    "user_id": seller.id,
                    "partner_latitude": latitude,
                    "partner_longitude": longitude,
                }
            )
            for name, latitude, longitude in (
                ("Tour Market", 48.1374, 11.5755),
                ("Far Shop", 48.0, 12.0),
                ("Near Shop", 48.0, 11.2),
            )
        )
        noon = fields.Datetime.to_datetime(fields.Date.today()) + timedelta(hours=12)
        for number, partner in enumerate((far, near)):
            self.env["crm.visit"].with_user(seller).create(
                {"partner_id": partner.id, "objective": "Look in", "start": noon + timedelta(hours=number)}
            )
        for days, summary in ((0, "Ask about the shelf"), (1, "Ask about the order")):
            market.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=fields.Date.add(fields.Date.today(), days=days),
                summary=summary,
                user_id=seller.id,
            )
        with mute_logger("odoo.http"):
            self.start_tour("/odoo/visits", "crm_custom_visit", login="visit_seller", timeout=180)
        visit = self.env["crm.visit"].search([("partner_id", "=", market.id)])
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.problem_ids.res_model, "crm.lead")
        self.assertEqual(visit.log_id.partner_id, market)
        logs = self.env["crm.contact.log"].search([("partner_id", "=", market.id)])
        self.assertEqual(set(logs.mapped("channel")), {"call", "visit"})
