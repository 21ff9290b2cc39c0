"""Company, goods and people of the story."""

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.fields import Command
from odoo.tests import new_test_user

# Who does what, with no more rights than the job needs.
ROLES = {
    "marketer": "mass_mailing.group_mass_mailing_user,mass_mailing.group_mass_mailing_campaign",
    "seller": "sales_team.group_sale_salesman",
    "buyer": "purchase.group_purchase_user,stock.group_stock_user",
    "storekeeper": "stock.group_stock_user",
    "accountant": "account.group_account_invoice",
    "controller": "account.group_account_manager",
    "agent": "crm_service.group_service_user",
    "manager": "sales_team.group_sale_manager",
}


class LeadToCashCommon(AccountTestInvoicingCommon):
    """A distributor that buys to order, one campaign, two franchisees: the customer to be and a rival."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.people = {
            role: new_test_user(
                cls.env,
                login=f"story_{role}",
                groups=f"base.group_user,{groups}",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
                tz="UTC",
            )
            for role, groups in ROLES.items()
        }
        # As an administrator sets a delivery up: no question about text messages.
        cls.company.write({"stock_text_confirmation": False, "has_received_warning_stock_sms": True})
        cls.vendor = cls.env["res.partner"].create({"name": "Toolmark Manufacturing", "is_company": True})
        cls.product = cls._goods("Cordless drill, 18 V", price=250.0, cost=150.0)
        cls.terms = cls.env.ref("account.account_payment_term_30days")

    @classmethod
    def _goods(cls, name, price, cost):
        """Goods that are bought for the order that asks for them: no stock, no reordering rule."""
        to_order = cls.env.ref("stock.route_warehouse0_mto")
        to_order.active = True
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "list_price": price,
                "standard_price": cost,
                "invoice_policy": "delivery",
                "route_ids": [Command.set((to_order | cls.env.ref("purchase_stock.route_warehouse0_buy")).ids)],
                "seller_ids": [Command.create({"partner_id": cls.vendor.id, "price": cost, "delay": 5})],
                "taxes_id": [Command.set(cls.tax_sale_a.ids)],
                "supplier_taxes_id": [Command.set(cls.tax_purchase_a.ids)],
                "company_id": False,
            }
        )

    def person(self, role):
        """The environment of one of the story's people."""
        return self.env(user=self.people[role].id, context={"allowed_company_ids": self.company.ids, "lang": "en_US"})

    def seen_by(self, role, record):
        """The same record in the hands of somebody else."""
        return record.with_env(self.person(role))
