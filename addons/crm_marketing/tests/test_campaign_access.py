from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCampaignAccess(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign.budget = 500
        cls._bill([100], [cls.campaign])
        cls._pay(cls._invoice(150, cls.campaign))
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_marketer_plans_and_sees_figures_without_accounting_rights(self):
        """R131, R136: planning and figures need no accounting rights."""
        self.assertFalse(self.env["account.move"].with_user(self.marketer).has_access("read"))
        campaign = self.campaign.with_user(self.marketer)
        campaign.write({"budget": 700, "date_start": "2026-03-01"})
        self.assertEqual((campaign.budget, campaign.spent, campaign.collected), (700, 100, 150))
        fact = self.env["crm.campaign.cost"].with_user(self.marketer)
        data = fact.web_search_read(
            [("campaign_id", "=", campaign.id)],
            {"move_id": {"fields": {"display_name": {}}}, "account_id": {"fields": {"display_name": {}}}, "amount": {}},
        )
        self.assertEqual(data["records"][0]["amount"], 100)
        groups = fact.formatted_read_group([("campaign_id", "=", campaign.id)], ["account_id"], ["amount:sum"])
        self.assertEqual(groups[0]["amount:sum"], 100)

    def test_salesperson_reads_but_does_not_plan(self):
        """R131: salespeople read campaigns and their figures."""
        campaign = self.campaign.with_user(self.salesman)
        self.assertEqual((campaign.budget, campaign.collected), (500, 150))
        for values in ({"budget": 1}, {"date_start": "2026-03-01"}, {"budget_line_ids": [Command.clear()]}):
            with self.assertRaises(AccessError):
                campaign.write(values)
        with self.assertRaises(AccessError):
            self.env["crm.campaign.cost"].with_user(self.salesman).search([])
        with self.assertRaises(AccessError):
            self.env["crm.campaign.budget.line"].with_user(self.salesman).create(
                {"campaign_id": campaign.id, "amount": 1}
            )

    def test_employee_sees_no_figures_and_does_not_plan(self):
        campaign = self.campaign.with_user(self.worker)
        self.assertEqual(campaign.title, "Spring")
        with self.assertRaises(AccessError):
            campaign.read(["spent"])
        with self.assertRaises(AccessError):
            campaign.read(["budget"])
        for model in ("crm.campaign.cost", "crm.campaign.entry", "crm.campaign.return", "crm.campaign.budget.line"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.worker).search([])

    def test_other_company_sees_neither_campaign_nor_figures(self):
        """R131, R136: budgets, costs and returns stay in their company."""
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.stranger).read(["title"])
        for model in ("crm.campaign.cost", "crm.campaign.entry", "crm.campaign.return", "crm.campaign.budget.line"):
            found = self.env[model].with_user(self.stranger).search([("campaign_id", "=", self.campaign.id)])
            self.assertFalse(found, model)

    def test_same_name_in_another_company_makes_no_error(self):
        """A campaign named in a web link is found, or named apart, across companies."""
        Campaign = self.env["utm.campaign"].with_user(self.stranger)
        found = self.env["crm.lead"].with_user(self.stranger)._find_or_create_record("utm.campaign", "spring")
        self.assertEqual(found.id, self.campaign.id)
        made = Campaign.create({"title": "Spring"})
        self.assertEqual(made.name, "Spring [2]")

    def test_auditor_reads_every_figure(self):
        auditor = self.accountant.copy({"login": "auditor", "group_ids": [
            Command.set(self.env.ref("account.group_account_readonly").ids)]})  # fmt: skip
        row = self.env["crm.campaign.return"].with_user(auditor).search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual((row.cost, row.collected), (100, 150))
