import random
from collections import defaultdict
from datetime import date, timedelta

from odoo.tests import tagged

from ..tools import roi
from .common import TwoCompaniesCase

START = date(2026, 1, 5)


@tagged("post_install", "-at_install")
class TestCampaignOracle(TwoCompaniesCase):
    """Random ledgers against a slow recomputation, record by record, without SQL."""

    def _random_ledger(self, seed):
        rng = random.Random(seed)
        campaigns = (self.campaign, self.other, self.shared)

        def day():
            return START + timedelta(days=rng.randrange(80))

        def cents(top=500):
            return rng.randrange(1, top * 100) / 100

        for _ in range(10):
            company = rng.choice((self.company, self.company_2))
            currency = rng.choice((self.company.currency_id, self.foreign))
            bill = self._bill(
                [cents() for _line in range(rng.randrange(1, 4))] + [cents()],
                [rng.choice(campaigns) for _line in range(4)],
                move_type=rng.choice(("in_invoice", "in_invoice", "in_refund")),
                company=company,
                currency_id=currency.id,
                date=day(),
                post=rng.random() < 0.8,
            )
            if bill.state == "posted" and rng.random() < 0.2:
                self._reverse(bill)
            elif rng.random() < 0.2:
                bill.invoice_line_ids[0].campaign_id = rng.choice(campaigns)
        for _ in range(4):
            expense = self._expense(cents(), rng.choice(campaigns), mode=rng.choice(("own_account", "company_account")))
            if rng.random() < 0.75:
                self._post_expense(expense)
        payments = []
        for _ in range(9):
            company = rng.choice((self.company, self.company_2))
            refund = rng.random() < 0.2
            invoice = self._invoice(
                cents(2000),
                rng.choice(campaigns),
                move_type="out_refund" if refund else "out_invoice",
                company=company,
                currency_id=rng.choice((self.company.currency_id, self.foreign)).id,
                date=day(),
            )
            for _part in range(rng.randrange(3)):
                if invoice.amount_residual > 1:
                    part = round(invoice.amount_residual * rng.choice((0.3, 0.5, 1)), 2)
                    payments.append((invoice, self._pay(invoice, part, max(day(), invoice.date))))
            if invoice.amount_residual > 1 and rng.random() < 0.2:
                self._reverse(invoice)
        for invoice, payment in payments:
            if rng.random() < 0.15:
                lines = payment.move_id.line_ids & invoice.line_ids._all_reconciled_lines()
                lines.remove_move_reconcile()

    def _slow_figures(self):
        """Figures and movements by (campaign, company), by walking records one by one."""
        figures = defaultdict(lambda: defaultdict(float))
        movements = defaultdict(list)
        companies = self.company | self.company_2
        for line in self.env["account.move.line"].search([("company_id", "in", companies.ids)]):
            if (
                line.campaign_id
                and line.parent_state == "posted"
                and line.account_id.account_type.startswith("expense")
            ):
                key = (line.campaign_id, line.company_id)
                figures[key]["cost"] += line.balance
                movements[key].append((line.date, 0, line.balance))
        for move in self.env["account.move"].search([("company_id", "in", companies.ids), ("state", "=", "posted")]):
            if not move.campaign_id or not move.is_sale_document(include_receipts=True):
                continue
            key = (move.campaign_id, move.company_id)
            figures[key]["credited" if move.move_type == "out_refund" else "invoiced"] += abs(move.amount_total_signed)
            for line in move.line_ids.filtered(lambda item: item.account_type == "asset_receivable"):
                self._slow_collected(line, figures[key], movements[key])
        return figures, movements

    def _slow_collected(self, line, figures, movements):
        for partial in line.matched_credit_ids | line.matched_debit_ids:
            sign = 1 if partial.debit_move_id == line else -1
            money = partial.credit_move_id if sign == 1 else partial.debit_move_id
            if not (money.payment_id or money.statement_line_id) or money.parent_state != "posted":
                continue
            taken = partial.credit_amount_currency if sign == 1 else partial.debit_amount_currency
            if money.currency_id == money.company_currency_id:
                amount = taken
            else:  # these payments settle one invoice each: the part is all of the money item or is converted alone
                amount = money.company_currency_id.round(taken * abs(money.balance) / abs(money.amount_currency))
            figures["collected"] += sign * amount
            movements.append((money.date, sign * amount, 0))

    def test_figures_equal_a_slow_recomputation_to_the_cent(self):
        """R136, R196: cost, invoiced, credited and collected of random ledgers, two companies, two currencies."""
        checked = 0
        for seed in range(2):
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self._random_ledger(seed)
                self.env.flush_all()
                self.env.invalidate_all()
                figures, movements = self._slow_figures()
                for campaign in (self.campaign, self.other, self.shared):
                    for company in (self.company, self.company_2):
                        row = self._row(campaign, company)
                        expected = figures[campaign, company]
                        for name in ("cost", "invoiced", "credited", "collected"):
                            self.assertEqual(round(row[name], 2), round(expected[name], 2), (name, campaign, company))
                            checked += bool(expected[name])
                        exact = [
                            (day, round(money, 2), round(cost, 2)) for day, money, cost in movements[campaign, company]
                        ]
                        self.assertEqual(
                            row.return_state if row else "no_cost",
                            roi.return_state(round(expected["collected"], 2), round(expected["cost"], 2)),
                        )
                        cents = [(day, round(100 * money), round(100 * cost)) for day, money, cost in exact]
                        self.assertEqual(row.payback_date or None, roi.payback_date(cents))
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertGreater(checked, 20, "the random ledgers must have something to compare")

    def test_return_report_sums_to_the_ledger(self):
        """R136: all cost is what expense accounts hold with a campaign, all collected what the fact holds."""
        self._random_ledger(11)
        self.env.flush_all()
        self.env.invalidate_all()
        for company in (self.company, self.company_2):
            domain = [("company_id", "=", company.id)]
            [(cost, collected)] = self.env["crm.campaign.return"]._read_group(domain, [], ["cost:sum", "collected:sum"])
            [(ledger,)] = self.env["account.move.line"]._read_group(
                [
                    *domain,
                    ("campaign_id", "!=", False),
                    ("parent_state", "=", "posted"),
                    ("account_id.internal_group", "=", "expense"),
                ],
                [],
                ["balance:sum"],
            )
            [(money,)] = self.env["crm.collection"]._read_group(
                [*domain, ("campaign_id", "!=", False)], [], ["amount:sum"]
            )
            self.assertEqual((round(cost, 2), round(collected, 2)), (round(ledger, 2), round(money, 2)))
