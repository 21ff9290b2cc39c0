from unittest.mock import Mock, patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCampaignCost(CampaignCase):
    def test_new_lines_take_the_campaign_of_the_bill(self):
        """R136: a bill's campaign is the default of its lines, each line may have another."""
        bill = self._bill([100, 50], campaign_id=self.campaign.id, post=False)
        self.assertEqual(bill.invoice_line_ids.campaign_id, self.campaign)
        bill.invoice_line_ids[1].campaign_id = self.other
        self.assertFalse(self._cost(self.campaign), "a draft bill costs nothing yet")
        bill.action_post()
        self.assertEqual(self._cost(self.campaign), 100)
        self.assertEqual(self._cost(self.other), 50)

    def test_form_of_a_bill_fills_new_lines_and_follows_the_header(self):
        form = Form(self.env["account.move"].with_context(default_move_type="in_invoice"))
        form.partner_id = self.partner_b
        form.campaign_id = self.campaign
        with form.invoice_line_ids.new() as line:
            line.name = "Poster"
            line.price_unit = 10
            self.assertEqual(line.campaign_id, self.campaign)
        with form.invoice_line_ids.new() as line:
            line.name = "Flyer"
            line.price_unit = 20
            line.campaign_id = self.other
        with form.invoice_line_ids.new() as line:
            line.name = "Not for a campaign"
            line.price_unit = 30
            line.campaign_id = self.env["utm.campaign"]
        bill = form.save()
        self.assertEqual([line.campaign_id.title for line in bill.invoice_line_ids], ["Spring", "Autumn", False])
        form = Form(bill)
        form.campaign_id = self.shared
        form.save()
        self.assertEqual([line.campaign_id.title for line in bill.invoice_line_ids], ["Shared", "Autumn", "Shared"])

    def test_the_accountants_own_cookies_charge_no_bill(self):
        """R136: a campaign link that the accountant once followed is not the campaign of the next bill."""
        Move = self.env["account.move"].with_user(self.accountant)
        with patch("odoo.addons.utm.models.utm_mixin.request", Mock(cookies={"odoo_utm_campaign": "Spring"})):
            bill = Move.with_context(default_move_type="in_invoice").default_get(["campaign_id", "move_type"])
            invoice = Move.with_context(default_move_type="out_invoice").default_get(["campaign_id", "move_type"])
        self.assertFalse(bill.get("campaign_id"))
        self.assertEqual(invoice.get("campaign_id"), self.campaign.id)

    def test_customer_invoice_lines_take_no_campaign(self):
        invoice = self._invoice(100, self.campaign)
        self.assertFalse(invoice.line_ids.campaign_id)
        self.assertFalse(self._cost(self.campaign))

    def test_refund_and_reversal_net_the_cost(self):
        """R136: a vendor refund is negative cost, a reversed bill costs nothing."""
        bill = self._bill([100], [self.campaign])
        self._bill([30], [self.campaign], move_type="in_refund")
        self.assertEqual(self._cost(self.campaign), 70)
        self._reverse(bill)
        self.assertEqual(self._cost(self.campaign), -30)
        self.assertEqual(self._row(self.campaign).return_state, "no_cost")

    def test_bill_back_to_draft_costs_nothing(self):
        bill = self._bill([100], [self.campaign])
        bill.button_draft()
        self.assertFalse(self._cost(self.campaign))

    def test_foreign_bill_costs_its_balance_in_company_currency(self):
        """R136: cost is the ledger's own amount: 100 EUR at 2 EUR a dollar are 50."""
        self._bill([100], [self.campaign], currency_id=self.foreign.id)
        self.assertEqual(self._cost(self.campaign), 50)

    def test_balance_sheet_lines_are_no_cost(self):
        bill = self._bill([100], [self.campaign], post=False)
        bill.invoice_line_ids.account_id = self.company_data["default_account_assets"]
        bill.action_post()
        self.assertFalse(self._cost(self.campaign))

    def test_tax_counts_only_where_it_is_lost(self):
        """R136: recoverable tax is no cost, the lost half of another tax is."""
        halves = [
            Command.create({"repartition_type": "base"}),
            Command.create(
                {
                    "repartition_type": "tax",
                    "factor_percent": 50,
                    "account_id": self.company_data["default_account_tax_purchase"].id,
                }
            ),
            Command.create({"repartition_type": "tax", "factor_percent": 50, "use_in_tax_closing": False}),
        ]
        lost = self.env["account.tax"].create(
            {
                "name": "Half lost",
                "amount": 20,
                "type_tax_use": "purchase",
                "company_id": self.company.id,
                "invoice_repartition_line_ids": halves,
                "refund_repartition_line_ids": halves,
            }
        )
        bill = self._bill([100, 100], [self.campaign, self.other], post=False)
        bill.invoice_line_ids[0].tax_ids = lost
        bill.invoice_line_ids[1].tax_ids = self.tax_purchase_a
        bill.action_post()
        self.assertEqual(self._cost(self.campaign), 110)
        self.assertEqual(self._cost(self.other), 100)
        self.assertRecordValues(
            bill.line_ids.filtered("tax_repartition_line_id").sorted("balance"),
            [
                {"balance": 10, "campaign_id": False},
                {"balance": 10, "campaign_id": self.campaign.id},
                {"balance": 15, "campaign_id": False},
            ],
        )

    def test_accountant_moves_a_posted_cost_and_the_chatter_tells(self):
        """R136: the campaign of a posted line changes without touching amounts, and is logged."""
        bill = self._bill([100], [self.campaign])
        before = bill.line_ids.mapped("balance")
        line = bill.invoice_line_ids.with_user(self.accountant).with_context(tracking_disable=False)
        line.campaign_id = self.other
        self.env.flush_all()
        self.assertEqual((self._cost(self.campaign), self._cost(self.other)), (0, 100))
        self.assertEqual(bill.line_ids.mapped("balance"), before)
        values = bill.message_ids.tracking_value_ids.filtered(lambda value: value.field_id.name == "campaign_id")
        self.assertEqual((values.old_value_char, values.new_value_char), ("Spring", "Autumn"))

    def test_others_cannot_move_a_posted_cost(self):
        buyer = self.env["res.users"].create(
            {
                "name": "Buyer",
                "login": "campaign_buyer",
                "group_ids": [Command.set(self.env.ref("purchase.group_purchase_user").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        bill = self._bill([100], [self.campaign])
        with self.assertRaises(AccessError):
            bill.invoice_line_ids.with_user(buyer).campaign_id = self.other
        with self.assertRaises(AccessError):
            bill.invoice_line_ids.with_user(self.marketer).campaign_id = self.other

    def test_cost_type_comes_from_product_then_account(self):
        """R131: posted costs meet the budget by cost type."""
        advertising = self.env.ref("crm_marketing.cost_type_advertising")
        event = self.env.ref("crm_marketing.cost_type_event")
        account = self.company_data["default_account_expense"]
        account.campaign_cost_type_id = advertising
        self.product_b.campaign_cost_type_id = event
        bill = self._bill([10, 20], [self.campaign, self.campaign], post=False)
        bill.invoice_line_ids[1].product_id = self.product_b
        bill.invoice_line_ids[1].write(
            {"account_id": account.id, "price_unit": 20, "tax_ids": [Command.clear()], "campaign_id": self.campaign.id}
        )
        bill.action_post()
        costs = self.env["crm.campaign.cost"].search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual({cost.cost_type_id: cost.amount for cost in costs}, {advertising: 10, event: 20})

    # === EXPENSES === #

    def test_expense_counts_once_posted_and_not_before(self):
        """R196: an expense that is not approved and posted does not count in the return."""
        expense = self._expense(80, self.campaign)
        self.assertFalse(self._cost(self.campaign))
        expense.action_submit()
        expense.action_approve()
        self.assertFalse(self._cost(self.campaign), "approved, but not in the books")
        expense._post_without_wizard()
        self.assertEqual(self._cost(self.campaign), 80)
        cost = self.env["crm.campaign.cost"].search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(cost.expense_id, expense)

    def test_expense_paid_by_the_company(self):
        """R196: also an expense paid by the company carries its campaign to the entry."""
        expense = self._expense(80, self.campaign, mode="company_account")
        self._post_expense(expense)
        self.assertEqual(self._cost(self.campaign), 80)

    def test_tax_included_in_an_expense_is_no_cost(self):
        for mode in ("own_account", "company_account"):
            with self.subTest(mode=mode):
                campaign = self.campaign.copy({"title": mode})
                expense = self._expense(115, campaign, mode=mode, tax_ids=[Command.set(self.tax_purchase_a.ids)])
                self._post_expense(expense)
                self.assertEqual(self._cost(campaign), 100)

    def test_refused_and_reversed_expenses_cost_nothing(self):
        """R196: a reimbursement taken back leaves no cost."""
        refused = self._expense(10, self.campaign)
        refused.action_submit()
        refused._do_refuse("No receipt")
        posted = self._expense(80, self.campaign)
        self._post_expense(posted)
        self._reverse(posted.account_move_id)
        self.assertFalse(self._cost(self.campaign))

    def test_expense_and_entry_change_together(self):
        """R196: the accountant sees and changes the campaign on both, whichever is at hand."""
        expense = self._expense(80, self.campaign)
        self._post_expense(expense)
        line = expense.account_move_id.line_ids.filtered("expense_id")
        line.with_user(self.accountant).campaign_id = self.other
        self.assertEqual(expense.campaign_id, self.other)
        expense.campaign_id = self.shared
        self.assertEqual(line.campaign_id, self.shared)
        self.assertEqual(self._cost(self.shared), 80)

    def test_employee_changes_the_campaign_of_a_draft_only(self):
        """R196: the employee enters the campaign; after submission it is the approver's."""
        expense = self._expense(80, self.campaign).with_user(self.worker)
        expense.campaign_id = self.other
        self.assertEqual(expense.campaign_id, self.other)
        expense.sudo().action_submit()
        with self.assertRaises(UserError):
            expense.campaign_id = self.campaign
        expense.with_user(self.env.user).campaign_id = self.campaign
        self.assertEqual(expense.sudo().campaign_id, self.campaign)

    def test_split_expenses_keep_the_campaign(self):
        expense = self._expense(80, self.campaign)
        wizard = self.env["hr.expense.split.wizard"].browse(expense.action_split_wizard()["res_id"])
        wizard.action_split_expense()
        parts = self.env["hr.expense"].search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(parts.mapped("total_amount"), [40, 40])
