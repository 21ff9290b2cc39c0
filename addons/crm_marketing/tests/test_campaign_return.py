from datetime import date

from odoo import Command
from odoo.tests import tagged

from ..tools import roi
from .common import TwoCompaniesCase


@tagged("post_install", "-at_install")
class TestCampaignReturn(TwoCompaniesCase):
    def test_return_of_part_payments_and_a_refund(self):
        """R136: cost 300, collected 500 - 50: return 50 %, output/input 1.5, each figure opens to its entries."""
        self._bill([400], [self.campaign])
        self._bill([100], [self.campaign], move_type="in_refund")
        invoice = self._invoice(1000, self.campaign)
        self._pay(invoice, 200, "2026-03-10")
        self._pay(invoice, 300, "2026-03-20")
        refund = self._invoice(50, self.campaign, move_type="out_refund")
        self._pay(refund, 50, "2026-03-25")
        row = self._row(self.campaign)
        self.assertRecordValues(
            row,
            [{"cost": 300, "invoiced": 1000, "credited": 50, "collected": 450, "return_state": "paid_back"}],
        )
        self.assertAlmostEqual(row.return_rate, 0.5)
        self.assertAlmostEqual(row.output_input, 1.5)
        self.assertEqual(row.payback_date, date(2026, 3, 20))
        campaign = self.campaign.with_user(self.marketer)
        self.assertEqual((campaign.spent, campaign.collected), (300, 450))
        self.assertIn("50.0", campaign.return_reason)
        for kind, amount in (("cost", 300), ("invoiced", 1000), ("credited", 50), ("collected", 450)):
            action = campaign.with_context(crm_campaign_figure=kind).action_open_figure()
            entries = self.env[action["res_model"]].with_user(self.marketer).search(action["domain"])
            self.assertEqual(sum(entries.mapped("amount")), amount, kind)

    def test_without_cost_the_campaign_says_so(self):
        """R136: money without cost is 'no cost yet', never a division by zero."""
        self._pay(self._invoice(100, self.campaign))
        row = self._row(self.campaign)
        self.assertEqual((row.return_state, row.collected, row.payback_date), ("no_cost", 100, False))
        self.assertEqual(self.campaign.return_state, "no_cost")
        self.assertIn("No cost", self.campaign.return_reason)

    def test_campaign_without_any_entry_is_in_the_table(self):
        """R131: planned campaigns stand beside running ones."""
        self.assertEqual(self._row(self.campaign).return_state, "no_cost")
        self.assertEqual(self._row(self.shared).return_state, "no_cost")

    def test_unreconciling_takes_the_money_back(self):
        """R136: un-reconciliation and a cancelled payment leave nothing collected."""
        self._bill([100], [self.campaign])
        invoice = self._invoice(100, self.campaign)
        self._pay(invoice)
        self.assertEqual(self._row(self.campaign).collected, 100)
        invoice.line_ids.remove_move_reconcile()
        row = self._row(self.campaign)
        self.assertEqual((row.collected, row.return_state), (0, "nothing_collected"))

    def test_companies_have_their_own_row_and_currency(self):
        """R136: a shared campaign has a return in each company, in that company's currency."""
        self._bill([100], [self.shared])
        self._bill([70], [self.shared], company=self.company_2)
        self._pay(self._invoice(35, self.shared, company=self.company_2), company_id=self.company_2.id)
        self.assertEqual((self._row(self.shared).cost, self._row(self.shared).collected), (100, 0))
        row = self._row(self.shared, self.company_2)
        self.assertEqual((row.cost, row.collected, row.currency_id), (70, 35, self.foreign))
        self.assertAlmostEqual(row.output_input, 0.5)
        marketer = self.shared.with_user(self.marketer)
        self.assertEqual((marketer.spent, marketer.company_count), (100, 1))
        stranger = self.shared.with_user(self.stranger)
        self.assertEqual((stranger.spent, stranger.company_currency_id), (70, self.foreign))

    def test_invoice_without_campaign_finds_it_through_its_order(self):
        """R136: collected money reaches the campaign through invoice or order, each cent once."""
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.partner_a.id,
                    "campaign_id": campaign.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.product_a.id, "price_unit": price, "tax_ids": [Command.clear()]}
                        )
                    ],
                }
                for campaign, price in ((self.campaign, 100), (self.other, 200.01))
            ]
        )
        orders.action_confirm()
        for line in orders.order_line:
            line.qty_delivered = line.product_uom_qty
        invoice = orders._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.campaign_id = False
        invoice.action_post()
        self._pay(invoice)
        first, second = self._row(self.campaign), self._row(self.other)
        self.assertEqual((first.ordered, first.invoiced, first.collected), (100, 100, 100))
        self.assertEqual((second.ordered, second.invoiced, second.collected), (200.01, 200.01, 200.01))

    def test_order_without_campaign_finds_it_through_its_opportunity(self):
        """R136: ... and through the opportunity, the last of the three."""
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "partner_id": self.partner_a.id, "campaign_id": self.campaign.id, "type": "opportunity"}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner_a.id,
                "opportunity_id": lead.id,
                "campaign_id": False,
                "order_line": [
                    Command.create({"product_id": self.fair.id, "price_unit": 80, "tax_ids": [Command.clear()]})
                ],
            }
        )
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.campaign_id = False
        invoice.action_post()
        self._pay(invoice, 30)
        row = self._row(self.campaign)
        self.assertEqual((row.ordered, row.invoiced, row.collected), (80, 80, 30))

    def test_grouped_ratios_are_ratios_of_sums(self):
        """R136: the return of two campaigns together is not the mean of their returns."""
        self._bill([100, 900], [self.campaign, self.other])
        self._pay(self._invoice(300, self.campaign))
        self._pay(self._invoice(450, self.other))
        groups = self.env["crm.campaign.return"]._read_group(
            [("campaign_id", "in", (self.campaign | self.other).ids)],
            ["company_id"],
            ["return_rate:avg", "output_input:avg"],
        )
        self.assertAlmostEqual(groups[0][1], -0.25)
        self.assertAlmostEqual(groups[0][2], 0.75)

    def test_a_later_bill_moves_the_payback_day(self):
        """R136: payback is the day from which the money covers the cost and stays so."""
        self._bill([100], [self.campaign], date="2026-03-01")
        invoice = self._invoice(500, self.campaign)
        self._pay(invoice, 100, "2026-03-10")
        self.assertEqual(self._row(self.campaign).payback_date, date(2026, 3, 10))
        self._bill([50], [self.campaign], date="2026-03-12")
        self.assertFalse(self._row(self.campaign).payback_date)
        self._pay(invoice, 60, "2026-03-15")
        self.assertEqual(self._row(self.campaign).payback_date, date(2026, 3, 15))
        entries = self.env["crm.campaign.entry"].search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(
            roi.payback_date([(entry.date, entry.collected, entry.cost) for entry in entries]), date(2026, 3, 15)
        )

    def test_export_of_a_figure_needs_no_accounting_rights_the_bill_does(self):
        """R136: a marketer opens the list of costs, not the bill."""
        self._bill([100], [self.campaign])
        action = self.campaign.with_user(self.marketer).action_open_costs()
        cost = self.env["crm.campaign.cost"].with_user(self.marketer).search(action["domain"])
        self.assertEqual(cost.amount, 100)
        with self.assertRaisesRegex(Exception, "accounting rights"):
            cost.action_open_document()
        opened = cost.with_user(self.accountant).action_open_document()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("account.move", cost.sudo().move_id.id))
