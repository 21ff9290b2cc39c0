"""The salesperson's own screens in the web client."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCommissionTour(HttpCase):
    def test_salesperson_checks_objects_and_sees_own_pay(self):
        """R186, R187: a salesperson checks the own statement, objects, and sees own wage and commission by month."""
        company = self.env.company
        user, other = (
            new_test_user(self.env, login, groups="sales_team.group_sale_salesman", company_id=company.id)
            for login in ("com_seller", "com_other")
        )
        self.env["crm.wage"].create(
            [
                {"user_id": user.id, "company_id": company.id, "month": "2026-05-01", "amount": 2000.0},
                {"user_id": other.id, "company_id": company.id, "month": "2026-05-01", "amount": 1800.0},
            ]
        )
        statement = self.env["crm.commission.statement"].create(
            {
                "company_id": company.id,
                "user_id": user.id,
                "month": "2026-05-01",
                "line_ids": [Command.create({"amount": 50.0, "note": "Bonus for May", "date": "2026-05-20"})],
            }
        )
        statement.state = "sent"
        path = f"/odoo/action-crm_finance_bridge.crm_commission_statement_action/{statement.id}"
        self.start_tour(path, "crm_commission_tour", login="com_seller")
        self.assertEqual((statement.state, statement.objection), ("objected", "The order of May is missing"))
        path = "/odoo/action-crm_finance_bridge.crm_salesperson_pay_action"
        self.start_tour(path, "crm_commission_pay_tour", login="com_seller")
