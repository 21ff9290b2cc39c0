from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import new_test_user


class CampaignCase(AccountTestInvoicingCommon):
    """A company with a chart, a bare second one, users of each role, and short ways to bill, expense and pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.foreign = cls.setup_other_currency("EUR", rates=[("1900-01-01", 1.0), ("2016-01-01", 2.0)])
        cls.company_2 = cls._make_company_2()
        cls.env.user.company_ids |= cls.company_2
        for group in (
            "hr_expense.group_hr_expense_manager",
            "mass_mailing.group_mass_mailing_user",
            "sales_team.group_sale_manager",
        ):
            cls.env.user.group_ids |= cls.env.ref(group)
        cls.campaign = cls.env["utm.campaign"].create({"title": "Spring", "company_id": cls.company.id})
        cls.other = cls.env["utm.campaign"].create({"title": "Autumn", "company_id": cls.company.id})
        cls.shared = cls.env["utm.campaign"].create({"title": "Shared", "company_id": False})
        companies = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.marketer = new_test_user(cls.env, "marketer", "mass_mailing.group_mass_mailing_user", **companies)
        cls.accountant = new_test_user(cls.env, "bookkeeper", "account.group_account_invoice", **companies)
        cls.salesman = new_test_user(cls.env, "seller", "sales_team.group_sale_salesman", **companies)
        cls.worker = new_test_user(cls.env, "worker", "base.group_user", **companies)
        cls.stranger = new_test_user(
            cls.env,
            "stranger",
            "mass_mailing.group_mass_mailing_user",
            company_id=cls.company_2.id,
            company_ids=[Command.set(cls.company_2.ids)],
        )
        cls.employee = (
            cls.env["hr.employee"]
            .sudo()
            .create(
                {
                    "name": "Worker",
                    "user_id": cls.worker.id,
                    "work_contact_id": cls.worker.partner_id.id,
                    "company_id": cls.company.id,
                }
            )
            .sudo(False)
        )
        cls.fair = cls.env["product.product"].create(
            {
                "name": "Fair",
                "type": "service",
                "can_be_expensed": True,
                "property_account_expense_id": cls.company_data["default_account_expense"].id,
            }
        )

    @classmethod
    def _make_company_2(cls):
        return cls.env["res.company"].create({"name": "Company without chart", "currency_id": cls.foreign.id})

    # === DOCUMENTS === #

    @classmethod
    def _bill(cls, amounts, campaigns=None, move_type="in_invoice", company=None, post=True, **vals):
        """A vendor document of one untaxed line per amount; `campaigns` one per line."""
        company_data = cls.company_data_2 if company == cls.company_2 else cls.company_data
        lines = []
        for index, amount in enumerate(amounts):
            line = {
                "name": f"Line {index}",
                "price_unit": amount,
                "account_id": company_data["default_account_expense"].id,
                "tax_ids": [Command.clear()],
            }
            if campaigns:
                line["campaign_id"] = campaigns[index].id
            lines.append(Command.create(line))
        day = vals.pop("date", "2026-03-02")
        bill = (
            cls.env["account.move"]
            .with_company(company_data["company"])
            .create(
                {
                    "move_type": move_type,
                    "partner_id": cls.partner_b.id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_line_ids": lines,
                    **vals,
                }
            )
        )
        if post:
            bill.action_post()
        return bill

    @classmethod
    def _invoice(cls, amount, campaign, move_type="out_invoice", company=None, **vals):
        """A posted customer document of one untaxed line, carrying the campaign."""
        company_data = cls.company_data_2 if company == cls.company_2 else cls.company_data
        day = vals.pop("date", "2026-03-03")
        invoice = (
            cls.env["account.move"]
            .with_company(company_data["company"])
            .create(
                {
                    "move_type": move_type,
                    "partner_id": cls.partner_a.id,
                    "invoice_date": day,
                    "date": day,
                    "campaign_id": campaign.id,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Goods",
                                "price_unit": amount,
                                "account_id": company_data["default_account_revenue"].id,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                    **vals,
                }
            )
        )
        invoice.action_post()
        return invoice

    @classmethod
    def _pay(cls, invoice, amount=None, day="2026-03-10", **vals):
        """Money for a customer document, in its currency."""
        if amount is not None:
            vals["amount"] = amount
        return cls._register_payment(invoice.with_company(invoice.company_id), payment_date=day, **vals)

    @classmethod
    def _expense(cls, amount, campaign, mode="own_account", **vals):
        return cls.env["hr.expense"].create(
            {
                "name": "Stand at the fair",
                "employee_id": cls.employee.id,
                "product_id": cls.fair.id,
                "total_amount_currency": amount,
                "tax_ids": [Command.clear()],
                "payment_mode": mode,
                "date": "2026-03-04",
                "company_id": cls.company.id,
                "campaign_id": campaign.id,
                **vals,
            }
        )

    @classmethod
    def _post_expense(cls, expense):
        expense.action_submit()
        expense.action_approve()
        if expense.payment_mode == "company_account":
            expense.action_post()
        else:
            expense._post_without_wizard()

    @classmethod
    def _reverse(cls, entry):
        """Cancel a posted entry by its reversal on the same day."""
        return entry._reverse_moves([{"date": entry.date, "invoice_date": entry.date}], cancel=True)

    # === FIGURES === #

    def _cost(self, campaign, company=None):
        """Cost of a campaign as its fact says, freshly read."""
        domain = [("campaign_id", "=", campaign.id)]
        if company:
            domain.append(("company_id", "=", company.id))
        return sum(self.env["crm.campaign.cost"].sudo().search(domain).mapped("amount"))

    def _row(self, campaign, company=None):
        """The campaign's row of the return report."""
        self.env.invalidate_all()
        return (
            self.env["crm.campaign.return"]
            .sudo()
            .search([("campaign_id", "=", campaign.id), ("company_id", "=", (company or self.company).id)])
        )


class TwoCompaniesCase(CampaignCase):
    """The second company keeps books as well, in another currency (its chart takes seconds to load)."""

    @classmethod
    def _make_company_2(cls):
        cls.company_data_2 = cls.setup_other_company(currency_id=cls.foreign.id)
        return cls.company_data_2["company"]
