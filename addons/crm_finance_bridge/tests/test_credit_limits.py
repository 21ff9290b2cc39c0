"""Limits: asked for, approved by amount, kept as versions, reviewed, proposed; and holds that end with the money."""

from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..tools import credit_proposal
from .common import FinanceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditLimits(FinanceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._user("fin_second", "account.group_account_manager")

    def _asked(self, amount, user=None, **values):
        form = Form(
            self.env["crm.credit.request"]
            .with_user(user or self.salesman)
            .with_context(default_partner_id=self.customer.id)
        )
        form.amount = amount
        form.reason = "Larger orders this spring"
        form.date_review = "2026-09-01"
        request = form.save()
        request.action_ask()
        return request

    def _limit_now(self, partner=None):
        return (partner or self.customer).with_company(self.company).credit_limit

    # === REQUEST === #

    def test_ask_approve_and_version(self):
        """R193: a seller asks with a reason, the controller approves: the limit applies and stands as a version."""
        self._limit(amount=500.0)
        request = self._asked(1000.0)
        self.assertEqual((request.state, request.amount_before), ("asked", 500.0))
        self.assertEqual(request.activity_ids.user_id, self.finance)
        self.assertEqual(self._limit_now(), 500.0)
        request.with_user(self.finance).action_approve()
        self.assertFalse(request.activity_ids)
        self.assertEqual((request.state, request.approver_id, self._limit_now()), ("approved", self.finance, 1000.0))
        terms = request.limit_id
        self.assertEqual(terms.date_review, date(2026, 9, 1))
        self.assertEqual(terms.version_ids.sorted("version").mapped("amount"), [500.0, 1000.0])
        terms.with_user(self.finance).amount_limit = 800.0
        last = terms.version_ids.sorted("version")[-1]
        self.assertEqual(
            (last.version, last.origin, last.amount_before, last.user_id), (3, "direct", 1000.0, self.finance)
        )
        events = self.env["crm.customer.event"].search(
            [("partner_id", "=", self.customer.id), ("kind", "=", "credit_limit")]
        )
        self.assertEqual(sorted(events.mapped("amount")), [500.0, 800.0, 1000.0])

    def test_large_limits_need_two(self):
        """R193: above the company's amount one approval is not enough, and not the same person twice."""
        self.company.crm_credit_second_amount = 5000.0
        small, large = self._asked(5000.0), self._asked(5000.01)
        self.assertEqual((small.needs_second, large.needs_second), (False, True))
        small.with_user(self.finance).action_approve()
        self.assertEqual(self._limit_now(), 5000.0)
        large.with_user(self.finance).action_approve()
        self.assertEqual((large.state, self._limit_now()), ("second", 5000.0))
        with self.assertRaises(AccessError):
            large.with_user(self.finance).action_approve()
        self.assertNotEqual(large.activity_ids.user_id, self.finance)
        large.with_user(self.second).action_approve()
        self.assertEqual(
            (large.state, large.approver_id, large.second_approver_id), ("approved", self.finance, self.second)
        )
        self.assertEqual(self._limit_now(), 5000.01)

    def test_nobody_grants_credit_by_writing_the_record(self):
        """R193: sellers and billers neither approve nor write the decision; asked figures do not change."""
        request = self._asked(1000.0)
        for user in (self.salesman, self.biller):
            mine = request.with_user(user)
            self.assertFalse(mine.can_approve)
            for act in (mine.action_approve, mine.action_refuse):
                with self.assertRaises(AccessError):
                    act()
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                mine.write({"state": "approved", "approver_id": self.finance.id})
            with self.assertRaises(UserError):
                mine.write({"amount": 9000.0})
            with self.assertRaises(AccessError):
                mine.write({"answer": "Granted"})
            with self.assertRaises(AccessError):
                self.env["crm.credit.request"].with_user(user).create(
                    {"partner_id": self.customer.id, "amount": 1.0, "reason": "x", "state": "approved"}
                )
        with self.assertRaises(UserError):
            request.with_user(self.finance).unlink()
        request.with_user(self.finance).action_refuse("Pays late")
        self.assertEqual((request.state, request.answer, self._limit_now()), ("refused", "Pays late", 0.0))

    def test_own_customers_and_companies_only(self):
        """R193: a seller asks for own customers; another's requests, and another company's, stay out of sight."""
        request = self._asked(1000.0)
        self.assertFalse(self.env["crm.credit.request"].with_user(self.other_salesman).search([]))
        with self.assertRaises(AccessError):
            self._asked(1000.0, user=self.other_salesman)
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env, "fin_stranger_limit", "account.group_account_manager", company_id=other.id, company_ids=other.ids
        )
        with self.assertRaises(AccessError):
            request.with_user(stranger).read(["amount"])
        with self.assertRaises(UserError):
            self._asked(0.0)

    def test_texts_about_a_person_are_shown_and_erased(self):
        """R193: what was written about a person's credit is in the person's data, and goes on request."""
        request = self._asked(1000.0)
        terms = self._limit(note="Brother of the owner")
        person = self.customer.sudo()
        section = next(lines for title, lines in person._crm_person_sections() if title == "Credit")
        self.assertIn("Larger orders this spring", str(section))
        person._crm_erase_more()
        self.assertEqual((request.reason, terms.note, request.amount), ("erased", False, 1000.0))

    def test_review_reminds_once(self):
        """R193: on the review day the controller is reminded, once, also after days without a run."""
        terms = self._limit(amount=500.0)
        terms.date_review = date(2026, 3, 2)
        Limit = self.env["crm.credit.limit"]
        self.assertFalse(Limit._process_review(self.company, date(2026, 3, 1)))
        self.assertEqual(Limit._process_review(self.company, date(2026, 3, 9)), terms)
        self.assertFalse(Limit._process_review(self.company, date(2026, 3, 10)))
        self.assertEqual(terms.activity_ids.user_id, self.finance)
        self.assertEqual(terms.activity_ids.date_deadline, date(2026, 3, 2))

    # === THE WHOLE SENTENCES === #

    def test_controller_sets_limit_term_and_rule(self):
        """R193: set by the controller in one form, they hold an order beyond; it asks for release and gets it."""
        term = self.env["account.payment.term"].create({"name": "14 days"})
        form = Form(
            self.env["crm.credit.limit"].with_user(self.finance).with_context(default_partner_id=self.customer.id)
        )
        form.hold_rule, form.amount_limit, form.payment_term_id = "hold", 500.0, term
        form.save()
        order = self._order(500.01)
        self.assertEqual(order.payment_term_id, term)
        mine = order.with_user(self.salesman)
        with self.assertRaises(UserError):
            mine.action_confirm()
        mine.action_credit_ask()
        wizard = self.env["crm.credit.release"].with_user(self.finance).create({"order_id": order.id, "reason": "Paid"})
        wizard.action_release()
        mine.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_supervisor_sees_overdue_over_limit(self):
        """R178: the list names exactly who is overdue beyond the limit; their new orders wait until released."""
        fine, late = self._customer("Pays On Time"), self._customer("Pays Late")
        for partner, due in ((fine, "2026-03-01"), (late, "2026-02-28")):
            self._limit(partner, overdue_limit=100.0)
            self._invoice(100.01, due=due, partner=partner)
        Exposure = self.env["crm.credit.exposure"].with_user(self.finance)
        found = Exposure.search([("is_over_overdue", "=", True), ("company_id", "=", self.company.id)])
        self.assertEqual((found.partner_id, found.overdue, found.overdue_limit), (late, 100.01, 100.0))
        held, free = self._order(1.0, partner=late), self._order(1.0, partner=fine)
        free.with_user(self.salesman).action_confirm()
        with self.assertRaises(UserError):
            held.with_user(self.salesman).action_confirm()
        held.with_user(self.finance)._credit_grant("Known", date(2026, 3, 2))
        held.with_user(self.salesman).action_confirm()
        self.assertEqual((free + held).mapped("state"), ["sale", "sale"])

    # === PROPOSALS === #

    def _proposals(self):
        Proposal = self.env["crm.credit.proposal"]
        Proposal._process_proposals(self.company, date(2026, 3, 1))
        return Proposal.search([("company_id", "=", self.company.id), ("state", "=", "new")])

    def test_proposal_from_sales_with_simulation(self):
        """R193: three months' sales propose a limit, and name the quotations it would hold; capped by the company."""
        self._limit(amount=20000.0)
        self._invoice(10000.0, date="2026-01-15", due="2026-02-14")
        self._invoice(1000.0, date="2026-02-01", move_type="out_refund")
        self._invoice(99999.0, date="2025-11-30")
        fits, held = self._order(2000.0), self._order(9000.0)
        proposal = self._proposals().filtered(lambda found: found.partner_id == self.customer)
        need = credit_proposal.Need(Decimal(9000), 90, Decimal(30))
        self.assertEqual(proposal.amount, float(credit_proposal.propose(need).amount))
        self.assertEqual((proposal.sales, proposal.term_days, proposal.amount), (9000.0, 30, 6000.0))
        self.assertEqual((proposal.blocked_now, proposal.blocked_then), (2, 2))
        self._pay(self.env["account.move"].search([("amount_total", "=", 99999.0)]), 99999.0)
        self._pay(self.env["account.move"].search([("amount_total", "=", 10000.0)]), 9000.0)
        proposal = self._proposals().filtered(lambda found: found.partner_id == self.customer)
        self.assertEqual((proposal.exposure, proposal.blocked_now, proposal.blocked_then), (0.0, 0, 1))
        self.assertEqual(proposal.with_user(self.finance).action_view_blocked()["domain"], [("id", "in", held.ids)])
        self.assertNotIn(fits.id, held.ids)
        self.company.crm_credit_cap = 5000.0
        self.assertEqual(self._proposals().filtered(lambda p: p.partner_id == self.customer).amount, 5000.0)

    def test_no_proposal_where_a_limit_changes_nothing(self):
        """R193: customers on prepayment, stopped or never checked get none; neither does who bought nothing."""
        partners = [self._customer(f"Without {number}") for number in range(4)]
        self._limit(partners[0], hold_rule="prepaid")
        self._limit(partners[1], stop="all")
        self._limit(partners[2], hold_rule="none")
        for partner in partners[:3]:
            self._invoice(900.0, date="2026-01-15", partner=partner)
        self.assertFalse(self._proposals().filtered(lambda found: found.partner_id in partners))

    def test_accept_and_dismiss(self):
        """R193: an accepted proposal is an approved request; a second run replaces only what is still open."""
        other = self._customer("Second Customer")
        for partner in (self.customer, other):
            self._invoice(9000.0, date="2026-01-15", due="2026-02-14", partner=partner)
        proposals = self._proposals()
        mine = proposals.filtered(lambda found: found.partner_id == self.customer)
        with self.assertRaises(AccessError):
            mine.with_user(self.biller).action_accept()
        mine.with_user(self.finance).action_accept()
        (proposals - mine).with_user(self.finance).action_dismiss()
        self.assertEqual((mine.state, mine.request_id.state, self._limit_now()), ("accepted", "approved", 6000.0))
        self.assertEqual((mine.request_id.origin, self._limit_now(other)), ("proposal", 0.0))
        with self.assertRaises(UserError):
            mine.with_user(self.finance).action_accept()
        self.assertEqual(self._proposals().partner_id, other)

    def test_proposals_cost_the_same_at_any_size(self):
        """R193: the number of queries does not grow with customers."""

        def cost():
            self.env["crm.credit.proposal"].sudo().search([]).unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            found = self.env["crm.credit.proposal"]._process_proposals(self.company, date(2026, 3, 1))
            self.env.flush_all()
            return self.env.cr.sql_log_count - start, len(found)

        for number in range(2):
            self._invoice(900.0, date="2026-01-15", partner=self._customer(f"Few {number}"))
        few, count = cost()
        for number in range(8):
            self._invoice(900.0, date="2026-01-15", partner=self._customer(f"More {number}"))
        many, more = cost()
        self.assertEqual(more - count, 8)
        self.assertLessEqual(many, few + 1)

    # === THE HOLD ENDS === #

    def test_payment_ends_the_hold(self):
        """R193: the customer pays: requests are closed, sellers told, and what the customer signed is confirmed."""
        self._limit(overdue_limit=10.0)
        overdue = self._invoice(11.0, due="2026-02-01")
        asked, signed = self._order(5.0), self._order(5.0)
        asked.with_user(self.salesman).action_credit_ask()
        portal = new_test_user(self.env, "fin_portal_free", "base.group_portal", company_id=self.company.id)
        signed.signed_on = "2026-03-01 09:00:00"
        signed.with_user(portal).sudo()._validate_order()
        self.assertEqual((signed.state, len(signed.activity_ids)), ("draft", 1))
        Order = self.env["sale.order"]
        self.assertFalse(Order._process_credit_free() & (asked | signed))
        self._pay(overdue, 11.0)
        self.assertEqual(Order._process_credit_free() & (asked | signed), asked | signed)
        self.assertEqual((asked.state, signed.state), ("draft", "sale"))
        self.assertFalse((asked | signed).activity_ids)
        self.assertIn("auto", asked.credit_decision_ids.mapped("kind"))
        self.assertFalse(Order._process_credit_free() & (asked | signed))
        asked.with_user(self.salesman).action_confirm()

    # === SCREENS === #

    def test_tour_of_a_seller_who_asks(self):
        """R193: a salesperson meets the hold on the order, asks for release, and asks for a higher limit."""
        self._limit(amount=100.0)
        order = self._order(150.0, client_order_ref="CREDIT-TOUR")
        self.env["sale.order"].flush_model()
        self.start_tour(f"/odoo/sales/{order.id}", "crm_credit_hold", login="fin_salesman")
        self.assertEqual(order.credit_decision_ids.mapped("kind"), ["request"])
        request = self.env["crm.credit.request"].search([("partner_id", "=", self.customer.id)], limit=1)
        self.assertEqual((request.state, request.amount, request.user_id), ("asked", 200.0, self.salesman))

    def test_settings(self):
        """R193: parts, deliveries, second approval and cap are settings of the company."""
        settings = self.env["res.config.settings"].create({})
        with Form(settings) as form:
            form.crm_credit_with_drafts = False
            form.crm_credit_cap = 50.0
        settings.execute()
        self.assertEqual((self.company.crm_credit_with_drafts, self.company.crm_credit_cap), (False, 50.0))
