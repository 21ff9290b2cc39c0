from odoo import Command
from odoo.addons.crm_custom.tests.common import CustomerCommon
from odoo.tests import new_test_user

# name: [(untaxed amount, days before 2026-06-30)]
BILLS = {
    "Anchor": [(900, 5), (800, 40), (700, 95)],
    "Birch": [(500, 10), (400, 60)],
    "Cedar": [(300, 20), (200, 400)],
    "Delta": [(250, 30)],
    "Elm": [(250, 45)],
    "Fir": [(100, 200)],
    "Grove": [(90, 300)],
    "Hazel": [(80, 390), (700, 450)],
    "Iris": [(60, 500)],
    "Juniper": [(50, 720)],
}


class InsightCase(CustomerCommon):
    """Ten customers with known invoices up to 2026-06-30; a marketer without rights on sales or accounting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.marketer = new_test_user(cls.env, "insight_marketer", "mass_mailing.group_mass_mailing_user", **company)
        cls.product = cls.env["product.product"].create({"name": "Chair", "standard_price": 60})
        cls.customers = {name: cls.make_customer(name, user=cls.colleague) for name in BILLS}
        cls.customers["Anchor"].user_id = cls.salesman
        for name, bills in BILLS.items():
            for amount, days in bills:
                cls.bill(cls.customers[name], amount, days, product=cls.product)
