from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestVoiceMoney(ServiceCommon):
    """Answers beside posted invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_voice_min_answers = 1
        cls.manager = cls._user("voice_manager", "crm_service.group_service_manager")
        cls.glass.standard_price, cls.jug.standard_price = 5, 30
        today = fields.Date.context_today(cls.company)
        for partner, product, days in (
            (cls.customer, cls.glass, 40),
            (cls.customer, cls.glass, 20),
            (cls.customer, cls.jug, 10),
            (cls.stranger, cls.glass, 10),
        ):
            order = cls._deliver(partner, ((product, 10),), invoice=False)
            invoice = order._create_invoices()
            invoice.invoice_date = today - timedelta(days=days)
            invoice.action_post()
        cls.noon = fields.Datetime.to_datetime(today) - timedelta(days=2)

    def test_very_satisfied_against_satisfied(self):
        """R095.3: orders and margin of very satisfied against satisfied customers, equal to orders and invoices."""
        for partner, value in ((self.customer, 5), (self.stranger, 4)):
            ticket = self.env["crm.ticket"].create(
                {"name": "Rated", "partner_id": partner.id, "team_id": self.team.id, "company_id": self.company.id}
            )
            rating = self.env["rating.rating"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.ticket"),
                    "res_id": ticket.id,
                    "partner_id": partner.id,
                    "rating": value,
                    "consumed": True,
                }
            )
            rating.rated_on = self.noon
        self.env.flush_all()
        rows = (
            self.env["crm.satisfaction.customer"]
            .with_user(self.manager)
            ._read_group([], ["band"], ["customers:sum", "orders:sum", "ordered:sum", "margin:sum", "margin_each:avg"])
        )
        # 10 glasses at 12.50 cost 50, 10 jugs at 40.00 cost 300.
        self.assertEqual(
            {row[0]: row[1:] for row in rows},
            {"very": (1, 3, 650.0, 250.0, 250.0), "satisfied": (1, 1, 125.0, 75.0, 75.0)},
        )

    def test_four_quadrants(self):
        """R120.1: expectation, satisfaction, sales and repurchase of each product in the four-quadrant view."""
        survey = self.env["survey.survey"].create(
            {
                "title": "Products",
                "crm_company_id": self.company.id,
                "question_and_page_ids": [
                    Command.create(
                        {
                            "title": measure,
                            "question_type": "scale",
                            "scale_min": 1,
                            "scale_max": 5,
                            "crm_measure": measure,
                            "crm_product_id": product.id,
                        }
                    )
                    for product in (self.glass, self.jug)
                    for measure in ("expectation", "experience")
                ],
            }
        )
        asked = (
            self.env["survey.user_input"]
            .sudo()
            .create({"survey_id": survey.id, "partner_id": self.contact.id, "state": "done", "end_datetime": self.noon})
        )
        for question, value in zip(survey.question_ids, ("2", "5", "5", "2"), strict=True):
            asked._save_lines(question, value)
        self.env.flush_all()
        rows = (
            self.env["crm.product.quadrant"]
            .with_user(self.manager)
            .search([("product_id", "in", (self.glass | self.jug).ids)])
        )
        found = {
            row.product_id: (row.expectation, row.experience, row.sales, row.buyers, row.repurchase, row.quadrant)
            for row in rows
        }
        self.assertEqual(
            found,
            {
                self.glass: (2.0, 5.0, 375.0, 2, 50.0, "undersold"),
                self.jug: (5.0, 2.0, 400.0, 1, 0.0, "overpromised"),
            },
        )
