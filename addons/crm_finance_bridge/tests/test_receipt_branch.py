"""Matching across the branches of a company, paid references, learned fees, and the turn of each company at night."""

from odoo.exceptions import UserError
from odoo.fields import Command, Datetime
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

    def _night(self):
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda _self, *_args, **_values: 1)
        self.env["crm.receipt.match"]._cron_match()

    def _credit_of_branch(self, branch, amount, text):
        """A credit of the customer in the books of the branch."""
        accounts = self.company_data["default_account_receivable"], self.company_data["default_account_revenue"]
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": branch.id,
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": "2026-02-01",
                "ref": text,
                "line_ids": [
                    Command.create({"account_id": account.id, "partner_id": self.customer.id, "balance": balance})
                    for account, balance in zip(accounts, (-amount, amount), strict=True)
                ],
            }
        )
        move.action_post()
        self.assertEqual(move.company_id, branch)
        return move

    def _two_companies(self):
        branch = self._branch()
        (self.company | branch).crm_match_automatic = True
        self.company.crm_match_judged_at, branch.crm_match_judged_at = "2026-01-30 03:00:00", "2026-01-31 03:00:00"
        return branch, self._invoice(100.0)

    def _of_credit(self, move):
        return self.env["crm.receipt.match"].search([("move_line_id.move_id", "=", move.id)])

    def test_branch_that_names_the_invoice_comes_first(self):
        """R166: a receipt without a name does not take the invoice that a branch's receipt of the same night names."""
        branch, invoice = self._two_companies()
        payment, credit = self._money(100.0), self._credit_of_branch(branch, 100.0, invoice.name)
        self.assertEqual((self._of(payment).rule, self._of(payment).barrier), ("amount", False))
        self._night()
        match = self._of_credit(credit)
        self.assertEqual((match.rule, match.state, invoice.amount_residual), ("reference", "auto", 0.0))
        self.assertEqual(self._of_credit(payment.move_id).state, "proposed")

    def test_two_branches_name_one_invoice(self):
        """R166: two receipts that both name one invoice wait for a person, also one per branch."""
        branch, invoice = self._two_companies()
        payment = self._money(100.0, invoice.name)
        credit = self._credit_of_branch(branch, 100.0, invoice.name)
        self._night()
        matches = self._of_credit(payment.move_id) | self._of_credit(credit)
        self.assertEqual(matches.mapped("state"), ["proposed", "proposed"])
        self.assertEqual(invoice.amount_residual, 100.0)
        self.assertEqual(self.Match.action_accept_certain(), 0, "a person decides on one of them")
        self.Match.browse(self._of_credit(payment.move_id).id).action_accept()
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_branches_claim_no_more_than_is_open(self):
        """R166: parts that all fit are booked, whichever company they came to."""
        branch, invoice = self._two_companies()
        self._pay(invoice, 40.0)
        other = self._invoice(100.0)
        self._money(60.0, invoice.name), self._credit_of_branch(branch, 100.0, other.name)
        self._night()
        self.assertEqual((invoice.amount_residual, other.amount_residual), (0.0, 0.0))

    def test_branch_that_fails(self):
        """R166: a branch whose receipts cannot be judged does not hold up the others."""
        branch, invoice = self._two_companies()
        self._money(100.0, invoice.name)
        Ledger = type(self.env["crm.receipt.ledger"])
        refresh = Ledger._refresh

        def _refresh(ledger, company, receipts=None):
            if company == branch:
                raise ValueError("Nonsense")
            return refresh(ledger, company, receipts)

        self.patch(Ledger, "_refresh", _refresh)
        with self.assertLogs("odoo.addons.crm_finance_bridge.models.crm_receipt_match_auto", "ERROR"):
            self._night()
        self.assertEqual(invoice.amount_residual, 0.0)

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
