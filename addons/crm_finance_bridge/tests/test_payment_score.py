"""Payment scores in the database: against the pure rule, in companies, for roles, twice at night."""

from datetime import date, timedelta

from lxml import etree
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..tools import payment_score as rules
from .common import FinanceCommon

TODAY = date(2026, 6, 1)


@tagged("post_install", "-at_install")
class TestPaymentScore(FinanceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Score = cls.env["crm.payment.score"]
        cls.prompt = cls._customer("Prompt Printers")
        cls.slow = cls._customer("Slow Steel", user_id=cls.other_salesman.id)
        cls.fresh = cls._customer("Fresh Foods")
        cls.paid = {}
        for partner, lates in ((cls.prompt, (0, -5, -1, 0)), (cls.slow, (20, 35, 10)), (cls.fresh, (0, 0))):
            cls.paid[partner] = [
                cls._settled(partner, date(2026, 1, 1) + timedelta(7 * index), late) for index, late in enumerate(lates)
            ]
        cls._invoice(500.0, "2026-03-01", "2026-04-01", partner=cls.slow)
        cls.Score._refresh(cls.company, TODAY)

    @classmethod
    def _settled(cls, partner, day, late, amount=100.0):
        due = day + timedelta(30)
        invoice = cls._invoice(amount, day, due, partner=partner)
        cls._pay(invoice, amount, due + timedelta(late))
        return invoice

    def _score(self, partner):
        return self.Score.search([("partner_id", "=", partner.id)])

    def test_stored_equals_the_rule(self):
        """R194.1: score, chance, delay and reasons are what the rule says of the invoices as booked."""
        prior = 3 / 9  # of nine invoices paid in the company, three were late
        found = self._score(self.slow)
        # Paid on 20 February, 14 March and 24 February: the rule reads them in order of settlement.
        days = [rules.Paid(20, 100.0), rules.Paid(10, 100.0), rules.Paid(35, 100.0)]
        verdict = rules.score([*days, rules.Paid(61, 500.0, settled=False)], prior)
        self.assertEqual(found.state, "scored")
        self.assertEqual((found.score, found.letter), (verdict.score, verdict.letter))
        self.assertAlmostEqual(found.late_probability, verdict.late_probability, 9)
        self.assertEqual(found.expected_delay, verdict.expected_delay)
        self.assertEqual((found.settled_count, found.overdue_count), (3, 1))
        self.assertIn("days late on average", found.reasons)
        best = self._score(self.prompt)
        self.assertGreater(best.score, found.score)
        self.assertEqual(best.average_delay, 0.0)

    def test_no_history(self):
        """R194.1: two paid invoices are no history, and say so."""
        found = self._score(self.fresh)
        self.assertEqual((found.state, found.letter, found.settled_count), ("no_history", False, 2))
        self.assertIn("2 of 3", found.reasons)
        self.env.cr.execute("SELECT score, late_probability FROM crm_payment_score WHERE id = %s", [found.id])
        self.assertEqual(self.env.cr.fetchone(), (None, None))
        self._settled(self.fresh, date(2026, 4, 1), 0)
        self.Score._refresh(self.company, TODAY)
        self.assertEqual(self._score(self.fresh).state, "scored")

    def test_credited_is_not_paid(self):
        """A credited invoice says nothing about paying; a payment taken back makes it open again."""
        invoice = self._invoice(70.0, "2026-01-05", "2026-01-10", partner=self.fresh)
        refund = self._invoice(70.0, "2026-02-20", partner=self.fresh, move_type="out_refund")
        lines = (invoice + refund).line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        lines.reconcile()
        self.Score._refresh(self.company, TODAY)
        self.assertEqual((self._score(self.fresh).settled_count, self._score(self.fresh).overdue_count), (2, 0))
        paid = self.paid[self.fresh][0]
        paid.line_ids.remove_move_reconcile()
        self.Score._refresh(self.company, TODAY)
        self.assertEqual((self._score(self.fresh).settled_count, self._score(self.fresh).overdue_count), (1, 1))

    def test_promises_count(self):
        """R194.1: a broken promise lowers the score and is named among the reasons."""
        before = self._score(self.prompt).score
        invoice = self._invoice(50.0, "2026-05-20", "2026-06-20", partner=self.prompt)
        promise = self.env["crm.payment.promise"].create(
            {"partner_id": self.prompt.id, "company_id": self.company.id, "date": TODAY, "date_logged": TODAY,
             "amount": invoice.amount_residual}
        )  # fmt: skip
        promise.flush_recordset()
        self.env.cr.execute("UPDATE crm_payment_promise SET state = 'broken' WHERE id = %s", [promise.id])
        promise.invalidate_recordset()
        self.Score._refresh(self.company, TODAY)
        self.assertEqual(self._score(self.prompt).score, before - 10)
        self.assertIn("1 of 1 promises broken", self._score(self.prompt).reasons)

    def test_share_of_limit_used(self):
        """R194.1: how much of the credit limit is taken is a part of the score where there is a limit."""
        before = self._score(self.prompt)
        self.assertEqual((before.has_limit, before.points_limit), (False, 0.0))
        late, score = before.points_late, before.score
        self._limit(self.prompt, amount=1000.0)
        self._invoice(750.0, "2026-05-20", "2026-06-20", partner=self.prompt)
        self.Score._refresh(self.company, TODAY)
        found = self._score(self.prompt)
        self.assertEqual((found.has_limit, found.limit_used, found.points_limit), (True, 0.75, 5.0))
        self.assertAlmostEqual(found.points_late, late * 0.9, delta=0.051)
        self.assertLess(found.score, score)
        self.assertIn("75 % of the credit limit used (-5)", found.reasons)
        self.assertFalse(self._score(self.slow).has_limit)
        self.prompt.with_company(self.company).credit_limit = 0.0
        self.Score._refresh(self.company, TODAY)
        self.assertEqual((self._score(self.prompt).score, self._score(self.prompt).has_limit), (score, False))
        self.env.cr.execute("SELECT limit_used, points_limit FROM crm_payment_score WHERE id = %s", [found.id])
        self.assertEqual(self.env.cr.fetchone(), (None, None))

    def test_night_twice(self):
        """The cron run twice leaves the same rows, in the same ids; the month's check is written once."""
        before = {row.id: (row.partner_id, row.score) for row in self.Score.search([])}
        self.Score._process_night(self.company, TODAY)
        self.assertEqual(before, {row.id: (row.partner_id, row.score) for row in self.Score.search([])})
        checks = self.env["crm.payment.score.check"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(checks), 1)
        self.assertEqual(checks.state, "too_few")

    def test_night_has_no_query_per_customer(self):
        """Ten more customers cost the night no query more."""

        def night():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Score._process_night(self.company, TODAY)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        night()
        few = night()
        moves = self.env["account.move"]
        for index in range(10):
            partner = self._customer(f"Many {index}")
            moves += self._invoice(10.0 + index, "2026-04-01", "2026-05-01", partner=partner, post=False)
        moves.action_post()
        night()
        self.assertLessEqual(night(), few)
        self.assertEqual(self.Score.search_count([("partner_id.name", "=like", "Many %")]), 10)

    def test_who_sees_what(self):
        """R194.1: finance sees every score, a salesperson those of own customers, nobody writes one."""
        partners = self.prompt + self.slow
        wanted = [("partner_id", "in", partners.ids)]
        self.assertEqual(self.Score.with_user(self.biller).search(wanted).partner_id, partners)
        self.assertEqual(self.Score.with_user(self.salesman).search(wanted).partner_id, self.prompt)
        with self.assertRaises(AccessError):
            self._score(self.slow).with_user(self.salesman).read(["score"])
        with self.assertRaises(AccessError):
            self._score(self.slow).with_user(self.finance).write({"score": 99})
        self.assertEqual(self.prompt.with_user(self.salesman).crm_payment_letter, self._score(self.prompt).letter)
        self.assertFalse(self.slow.with_user(self.salesman).crm_payment_letter)
        contact = self.env["res.partner"].create({"name": "Pia", "parent_id": self.prompt.id})
        self.assertEqual(contact.with_user(self.salesman).crm_payment_score, self._score(self.prompt).score)

    def test_companies_apart(self):
        """Each legal entity judges by its own invoices."""
        other = self.env["res.company"].create({"name": "Second Books"})
        self.assertEqual(self.Score._refresh(other, TODAY), 0)
        self.assertFalse(self.Score.search([("company_id", "=", other.id)]))
        self.assertTrue(self._score(self.slow))

    def test_query_count(self):
        """The reasons of a list cost no query per row; the nightly run costs none per customer."""
        self.env.invalidate_all()
        rows = self.Score.search([("company_id", "=", self.company.id)])
        rows.mapped("reasons")
        self.env.invalidate_all()
        with self.assertQueryCount(3):
            self.Score.search([("company_id", "=", self.company.id)]).mapped("reasons")

    def test_charts_open_without_a_group_for_each_customer(self):
        """R190, R194.1: a pivot or chart of 20,000 customers opens with as few groups as one of twenty."""
        for model in ("crm.customer.profit", "crm.customer.risk", "crm.payment.score"):
            for kind in ("pivot", "graph"):
                arch = etree.fromstring(self.env[model].get_view(view_type=kind)["arch"])
                groups = [node.get("name") for node in arch.iter("field") if node.get("type") != "measure"]
                self.assertNotIn("partner_id", groups, (model, kind))

    def test_tour(self):
        """R194.1: an accountant who only reads opens a score with its reasons and inputs."""
        reader = self._user("score_reader", "account.group_account_readonly")
        self.start_tour("/odoo/payment-scores", "crm_finance_payment_score", login=reader.login)
