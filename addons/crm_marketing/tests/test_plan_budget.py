from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestPlanBudget(CampaignCase):
    """Budget, commitments and costs; orders of 10 pieces, no tax."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = new_test_user(
            cls.env,
            "plan_buyer",
            "purchase.group_purchase_user",
            context={"no_reset_password": True},
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.event = cls.env.ref("crm_marketing.cost_type_event")
        cls.fair.write({"campaign_cost_type_id": cls.event.id, "purchase_method": "purchase"})
        # So that an expense waits for its approval.
        cls.employee.sudo().expense_manager_id = cls.env.user
        cls.campaign.write({"date_start": "2026-03-01", "user_id": cls.marketer.id})
        cls.campaign.budget_line_ids = [
            Command.create({"cost_type_id": cls.event.id, "date": "2026-03-01", "amount": 1000}),
        ]

    def _order(self, price, quantity=10, campaign=None, approve=True, user=None, **vals):
        order = (
            self.env["purchase.order"]
            .with_user(user or self.buyer)
            .create(
                {
                    "partner_id": self.partner_b.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "campaign_id": (campaign or self.campaign).id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.fair.id,
                                "product_qty": quantity,
                                "price_unit": price,
                                "tax_ids": [Command.clear()],
                                "date_planned": "2026-04-10 08:00:00",
                            }
                        )
                    ],
                    **vals,
                }
            )
        )
        if approve:
            order.button_confirm()
        return order

    def _use(self, campaign=None):
        self.env.flush_all()
        self.env.invalidate_all()
        campaign = (campaign or self.campaign).with_user(self.marketer)
        return campaign.budget, campaign.committed, campaign.spent, campaign.budget_available

    def _bill_order(self, order, quantity):
        order.sudo().action_create_invoice()
        bill = order.sudo().invoice_ids.filtered(lambda move: move.state == "draft")
        bill.invoice_line_ids.quantity = quantity
        bill.invoice_date = bill.date = "2026-04-12"
        bill.action_post()
        return bill

    def test_commitment_becomes_cost(self):
        """R131: budget, committed and spent by cost type and month; a part-billed order is bound for the rest."""
        order = self._order(50, approve=False)
        self.assertEqual(self._use(), (1000, 0, 0, 1000), "a draft order binds nothing")
        order.button_confirm()
        self.assertEqual(self._use(), (1000, 500, 0, 500))
        bill = self._bill_order(order, 4)
        self.assertEqual(bill.invoice_line_ids.campaign_id, self.campaign)
        self.assertEqual(self._use(), (1000, 300, 200, 500))
        groups = (
            self.env["crm.campaign.budget.entry"]
            .with_user(self.marketer)
            ._read_group(
                [("campaign_id", "=", self.campaign.id)],
                ["cost_type_id", "date:month"],
                ["budget:sum", "committed:sum", "spent:sum", "available:sum"],
            )
        )
        self.assertEqual(
            groups,
            [(self.event, date(2026, 3, 1), 1000, 0, 0, 1000), (self.event, date(2026, 4, 1), 0, 300, 200, -500)],
        )
        self._bill_order(order, 6)
        self.assertEqual(self._use(), (1000, 0, 500, 500))

    def test_order_in_another_currency_and_unit(self):
        """R131: a commitment is in the company's currency; bills in dozens cover pieces."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(10, quantity=24, currency_id=self.foreign.id)
        self.assertEqual(self._use()[1], 120, "240 EUR at 2 EUR a dollar")
        order.sudo().action_create_invoice()
        bill = order.sudo().invoice_ids
        bill.invoice_line_ids.write({"product_uom_id": dozen.id, "quantity": 1})
        bill.invoice_date = "2026-04-12"
        bill.action_post()
        self.assertEqual(self._use()[1], 60)

    def test_lines_follow_the_order_and_have_their_own(self):
        form = Form(self.env["purchase.order"].with_user(self.buyer))
        form.partner_id = self.partner_b
        form.campaign_id = self.campaign
        for campaign in (None, self.other):
            with form.order_line.new() as line:
                line.product_id = self.fair
                line.price_unit = 5
                line.campaign_id = campaign or line.campaign_id
        order = form.save()
        self.assertEqual(order.order_line.mapped("campaign_id.title"), ["Spring", "Autumn"])
        order.button_confirm()
        self.assertEqual((self._use()[1], self._use(self.other)[1]), (5, 5))

    def test_calendar_shows_the_budget_burn(self):
        """R131: in the calendar each campaign says how much of its budget is spent."""
        self._bill([250], [self.campaign])
        self.env.flush_all()
        self.env.invalidate_all()
        campaigns = (self.campaign + self.other).with_user(self.marketer).with_context(crm_campaign_burn=True)
        self.assertEqual(campaigns.mapped("display_name"), ["Spring (25 % spent)", "Autumn"])
        self.assertEqual(self.campaign.with_user(self.marketer).display_name, "Spring")

    def test_cancelled_order_frees_the_budget(self):
        order = self._order(50)
        order.sudo().button_cancel()
        self.assertEqual(self._use()[1], 0)

    def test_warning_at_the_share(self):
        """R131: from the warning share on the buyer sees it before, the owner is told after the approval."""
        order = self._order(80, approve=False)
        self.assertIn("80.0 % of its budget", order.campaign_warning)
        order.button_confirm()
        self.assertEqual(order.state, "purchase")
        message = self.campaign.message_ids[0]
        self.assertIn(order.name, message.body)
        self.assertEqual(message.notified_partner_ids, self.marketer.partner_id)

    def test_stop_above_the_share(self):
        """R131: where the company stops at 100 %, an order that overspends is not approved."""
        self.company.crm_campaign_stop_pct = 100
        order = self._order(100)
        self.assertEqual(order.state, "purchase", "to the last cent is not too much")
        more = self._order(0.01, quantity=1, approve=False)
        with self.assertRaisesRegex(UserError, "budget does not allow"):
            more.button_confirm()
        self.assertEqual(more.state, "draft")
        self.campaign.budget_line_ids.amount = 2000
        more.button_confirm()
        self.assertEqual(more.state, "purchase")

    def test_no_budget_no_judgement(self):
        self.company.crm_campaign_stop_pct = 100
        self.assertEqual(self._order(5000, campaign=self.other).state, "purchase")

    # === EXPENSES === #

    def test_expense_binds_once_approved_and_counts_once_posted(self):
        """R196: the accountant sees the campaign on the reimbursement; not approved it neither binds nor counts."""
        expense = self._expense(80, self.campaign)
        expense.action_submit()
        self.assertEqual(self._use(), (1000, 0, 0, 1000))
        self.assertEqual(self._row(self.campaign).return_state, "no_cost")
        expense.action_approve()
        self.assertEqual(self._use(), (1000, 80, 0, 920))
        self.assertEqual(self._row(self.campaign).cost, 0, "approved is not in the return yet")
        expense._post_without_wizard()
        self.assertEqual(self._use(), (1000, 0, 80, 920))
        self.assertEqual(self._row(self.campaign).cost, 80)
        seen = self.env["crm.campaign.budget.entry"].with_user(self.accountant)
        entry = seen.search([("campaign_id", "=", self.campaign.id), ("kind", "=", "spent")])
        self.assertEqual(entry.action_open_document()["res_id"], expense.account_move_id.id)
        lines = expense.account_move_id.with_user(self.accountant).line_ids
        self.assertEqual(lines.filtered("expense_id").campaign_id, self.campaign)

    def test_expense_is_stopped_too(self):
        """R131, R196: an expense above the budget is not approved."""
        self.company.crm_campaign_stop_pct = 100
        expense = self._expense(1001, self.campaign)
        expense.action_submit()
        with self.assertRaisesRegex(UserError, "budget does not allow"):
            expense.action_approve()
        self.assertEqual(expense.state, "submitted")

    # === VISIBILITY === #

    def test_control_stays_in_the_company_and_with_its_readers(self):
        self._order(50)
        entry = self.env["crm.campaign.budget.entry"]
        self.assertFalse(entry.with_user(self.stranger).search([("campaign_id", "=", self.campaign.id)]))
        for user in (self.worker, self.buyer, self.salesman):
            with self.assertRaises(AccessError):
                entry.with_user(user).search([])
        order = entry.with_user(self.marketer).search([("kind", "=", "committed")], limit=1)
        with self.assertRaisesRegex(AccessError, "purchase rights"):
            order.action_open_document()

    def test_budget_use_costs_no_query_per_campaign(self):
        campaigns = self.env["utm.campaign"].create(
            [{"title": f"B{number}", "company_id": self.company.id} for number in range(100)]
        )
        self.env["crm.campaign.budget.line"].create([{"campaign_id": it.id, "amount": 5} for it in campaigns])
        self.env.flush_all()
        campaigns[:1].with_user(self.marketer).read(["committed"])
        counts = []
        for size in (10, 100):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            campaigns[:size].with_user(self.marketer).read(["committed", "budget_available"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
