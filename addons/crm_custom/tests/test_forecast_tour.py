"""A salesperson in Chromium: own target on a quotation, own figure for an opportunity."""

from odoo import fields
from odoo.tests import HttpCase, tagged

from .test_target import SalesCommon


@tagged("post_install", "-at_install", "is_tour")
class TestForecastTour(SalesCommon, HttpCase):
    def test_target_and_adjustment_in_the_client(self):
        """R030.1: the quotation shows the own target, the opportunity takes the own forecast."""
        today = fields.Date.today()
        self.target(1000.0, date_from=today.replace(day=1), date_to=today)
        order = self.order(3, confirm=False)
        self.start_tour(f"/odoo/sale.order/{order.id}", "crm_target_on_quotation", login=self.salesman.login)
        lead = self.env["crm.lead"].create(
            {
                "name": "Frame order",
                "type": "opportunity",
                "user_id": self.salesman.id,
                "team_id": self.team.id,
                "company_id": self.company.id,
                "expected_revenue": 1000.0,
            }
        )
        self.start_tour(f"/odoo/crm.lead/{lead.id}", "crm_forecast_adjust", login=self.salesman.login)
        self.assertEqual((lead.forecast_user_amount, lead.forecast_manager_amount), (700.0, 700.0))
        self.assertEqual(lead.forecast_adjustment_ids.user_id, self.salesman)
