"""Matching across the branches of a company, paid references, learned fees, and the turn of each company at night."""

from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.tests import tagged

from .receipt_common import ReceiptCommon


@tagged("post_install", "-at_install")
class TestReceiptBranch(ReceiptCommon):
    def _branch(self):
        """A branch that only its own people and the administrator see."""
        branch = self.env["res.company"].create({"name": "North Branch", "parent_id": self.company.id})
        self.env.user.company_ids += branch
        receivable = self.company_data["default_account_receivable"]
        self.customer.with_company(branch).property_account_receivable_id = receivable
        return branch

    def _of_branch(self, branch, amount):
        journal = self.company_data["default_journal_sale"]
        return self._invoice(amount, journal_id=journal.id, company_id=branch.id, invoice_user_id=False)

    def test_invoice_of_a_branch(self):
        """R166: a bank line of the company pays the invoice of a branch that it names; who sees both books it."""
        branch = self._branch()
        invoice = self._of_branch(branch, 120.0)
        self.assertEqual(invoice.company_id, branch)
        line = self._bank_line(120.0, f"paying {invoice.name}", partner_id=self.customer.id)
        match = self._of(line)
        self.assertEqual(
            (match.company_id, match.rule, match.barrier, match.line_ids.sudo().move_line_id.move_id),
            (self.company, "reference", False, invoice),
        )
        one = self.Match.with_context(allowed_company_ids=self.company.ids).browse(match.id)
        self.assertIn(invoice.name, one.get_receipt()["why"])
        with self.assertRaisesRegex(UserError, "North Branch"):
            one.action_accept()
        one.action_accept_certain()
        self.assertEqual((match.state, invoice.amount_residual), ("proposed", 120.0))
        self.biller.company_ids += branch
        both = self.Match.with_context(allowed_company_ids=(self.company | branch).ids).browse(match.id)
        self.assertEqual([row["name"] for row in both.get_receipt()["items"]], [invoice.name])
        both.action_accept()
        self.assertEqual((invoice.amount_residual, line.is_reconciled), (0.0, True))
        both.action_undo()
        self.assertEqual((invoice.amount_residual, line.is_reconciled), (120.0, False))
        other = self._of_branch(branch, 33.0)
        both.env["crm.receipt.match"].browse(self._of(line).id).accept_with(
            other.line_ids.filtered("date_maturity").ids
        )
        self.assertEqual(other.amount_residual, 0.0)

    def test_amount_alone_across_branches(self):
        """R166: the own invoice of this amount comes first; only the amount of a branch's invoice is for a person."""
        branch = self._branch()
        away, payment = self._of_branch(branch, 77.7), self._money(77.7)
        match = self._of(payment)
        self.assertEqual((match.rule, match.barrier), ("amount", "branch"))
        self.assertEqual(match.sudo().line_ids.move_line_id.move_id, away)
        own = self._invoice(77.7)
        match = self._of(payment)
        self.assertEqual((match.barrier, match.line_ids.move_line_id.move_id), (False, own))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertNotIn(elsewhere.id, self.env["crm.receipt.ledger"]._branches(self.company))

    def test_covered_line_of_a_branch(self):
        """R166: the branch's dunning knows that a receipt of the company probably pays its invoice."""
        branch = self._branch()
        invoice = self._of_branch(branch, 88.0)
        self._of(self._money(88.0, invoice.name))
        rows = self.env.execute_query(self.Match._covered_query([branch.id]))
        self.assertEqual(
            [(line, float(amount)) for line, amount in rows], [(invoice.line_ids.filtered("date_maturity").id, 88.0)]
        )

    def test_paid_reference(self):
        """R166: a receipt that names a paid invoice by its payment reference says so, and is not matched elsewhere."""
        for reference in ("RF18 5390 0754 7034", "+++090/9337/55493+++"):
            paid = self._invoice(61.0, payment_reference=reference)
            self._pay(paid, 61.0)
            again = self._money(61.0, f"again {reference}")
            match = self._of(again)
            self.assertEqual((match.state, match.barrier), ("unmatched", "paid"), reference)
            self.assertIn("is paid", match.why_not)
            other = self._invoice(61.0)
            self.assertEqual(self._of(again).barrier, "paid")
            self._of(again).accept_with(other.line_ids.filtered("date_maturity").ids)

    # === LEARNED FEES === #

    def _short(self, amount, paid):
        """An invoice paid short, as a person accepted it."""
        invoice = self._invoice(amount)
        match = self._of(self._money(paid, invoice.name))
        self.assertEqual((match.rule, match.short), ("reference_short", round(amount - paid, 2)))
        match.action_accept()
        return invoice

    def test_fee_is_learned_from_what_was_accepted(self):
        """R166: what a person accepted as short twice is the customer's fee, up to the largest fee of the company."""
        account = self.company_data["default_account_expense"].id
        self.company.write({"crm_match_fee_limit": 15.0, "crm_match_fee_account_id": account})
        for amount in (300.0, 410.0):
            self._short(amount, amount - 12.0)
        invoice = self._invoice(500.0)
        match = self._of(self._money(488.0, invoice.name))
        self.assertEqual((match.rule, match.kept, match.seen, match.barrier), ("reference_fee", 12.0, 2, False))
        self.assertIn("2 times", match.why)
        match.action_accept()
        self.assertEqual((invoice.amount_residual, match.kept_move_id.line_ids[:1].account_id.id), (0.0, account))
        self.company.crm_match_fee_limit = 10.0
        invoice = self._invoice(600.0)
        match = self._of(self._money(588.0, invoice.name))
        self.assertEqual(match.rule, "reference_short", "above the limit nothing is learned")
        self.company.write({"crm_match_fee_limit": 0.0, "crm_match_tolerance": 3.0})
        self._read()
        self.assertEqual((match.rule, match.barrier), ("reference_fee", False), "five times the tolerance")

    def test_fee_above_the_limit_waits_for_a_person(self):
        """R166: a fee that was kept back before is proposed also above the limit, never accepted alone."""
        account = self.company_data["default_account_expense"].id
        self.company.write({"crm_match_tolerance": 5.0, "crm_match_fee_account_id": account})
        for _time in range(2):
            self._of(self._money(296.5, self._invoice(300.0).name)).action_accept()
        self.company.crm_match_tolerance = 0.0
        match = self._of(self._money(396.5, self._invoice(400.0).name))
        self.assertEqual((match.rule, match.kept, match.barrier), ("reference_fee", 3.5, "large_fee"))

    def test_rest_that_came_later_is_no_fee(self):
        """R166: a customer who pays the rest later has kept back nothing."""
        self.company.crm_match_fee_limit = 200.0
        for amount in (300.0, 410.0):
            invoice = self._short(amount, amount - 90.0)
            self._pay(invoice, 90.0)
        match = self._of(self._money(410.0, self._invoice(500.0).name))
        self.assertEqual((match.rule, match.kept), ("reference_short", 0.0))

    # === THE NIGHT === #

    def test_every_company_has_its_turn(self):
        """R166: when the time is up, the next run goes on with the companies that have not been judged."""
        second = self.env["res.company"].create({"name": "Second"})
        companies = self.env["res.company"].search([])
        companies.crm_match_judged_at = False
        last = Datetime.to_datetime("2026-02-01 02:10:00")
        Match = self.env["crm.receipt.match"].with_context(cron_id=1, lastcall=last)
        judged = []
        self.patch(type(self.env["crm.receipt.ledger"]), "_refresh", lambda _self, company: judged.append(company))
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda _self, *_args, **_values: 0)
        for _run in companies:
            Match._cron_match()
        self.assertEqual(len(judged), len(companies))
        self.assertEqual(set(judged), set(companies))
        self.assertFalse(Match._companies_waiting(), "all done, until the next night")
        (companies - second).crm_match_judged_at = "2026-01-31 03:00:00"
        second.crm_match_judged_at = "2026-01-30 03:00:00"
        self.assertEqual(Match._companies_waiting()[0], second)
