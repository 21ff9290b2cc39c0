"""Limits above the company's amount need two people, whichever way they are entered."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import FinanceCommon


@tagged("post_install", "-at_install")
class TestCreditApproval(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.biller + cls.finance:
            user.group_ids += cls.env.ref("base.group_partner_manager")
        cls.company.crm_credit_second_amount = 5000.0

    def test_terms_up_to_the_amount_only(self):
        """R193: one administrator raises a limit up to the company's amount; beyond it a request is needed."""
        terms = self._limit().with_user(self.finance)
        terms.amount_limit = 5000.0
        with self.assertRaisesRegex(ValidationError, "second accounting administrator"):
            terms.amount_limit = 5000.01
        with self.assertRaises(ValidationError):
            terms.create({"partner_id": self._customer("New").id, "amount_limit": 10_000_000.0})
        self.company.crm_credit_second_amount = 0.0
        terms.amount_limit = 9000.0
        self.company.crm_credit_second_amount = 5000.0
        terms.amount_limit = 8000.0
        self.assertEqual(terms.version_ids.sorted("version").mapped("amount"), [5000.0, 9000.0, 8000.0])

    def test_own_field_is_no_way_around(self):
        """R193: a biller who edits contacts grants no credit in Odoo's own field, on any form, import or call."""
        self._limit(amount=500.0)
        mine = self.customer.with_user(self.biller)
        with self.assertRaises(AccessError):
            mine.credit_limit = 1000.0
        with self.assertRaises(AccessError):
            mine.write({"use_partner_credit_limit": False})
        with self.assertRaises(AccessError):
            mine.create({"name": "Friend", "credit_limit": 10.0})
        with self.assertRaises(AccessError):
            mine.with_context(default_credit_limit=10.0).create({"name": "Friend"})
        with self.assertRaises(AccessError):
            mine.create({"name": "Buyer", "parent_id": mine.id}).credit_limit = 1000.0
        mine.write({"comment": "Calls at noon", "credit_limit": 500.0})
        contact = mine.create({"name": "Buyer", "parent_id": mine.id})
        self.assertEqual((contact.credit_limit, mine.credit_limit), (500.0, 500.0))
        as_a_form_sends = {"name": "New", "use_partner_credit_limit": False, "credit_limit": 0.0}
        self.assertEqual(mine.create(as_a_form_sends).credit_limit, 0.0)

    def test_own_field_of_an_administrator_is_a_version(self):
        """R193: an administrator who writes Odoo's own field leaves a version, up to the company's amount."""
        mine = self.customer.with_user(self.finance).with_company(self.company)
        mine.credit_limit = 4000.0
        with self.assertRaises(ValidationError):
            mine.credit_limit = 5000.01
        terms = self.env["crm.credit.limit"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            [(row.amount_before, row.amount, row.user_id, row.origin) for row in terms.version_ids],
            [(0.0, 4000.0, self.finance, "direct")],
        )
        self.assertEqual((terms.amount_limit, terms.company_id), (4000.0, self.company))
        self.assertIn("4,000.00", "".join(terms.message_ids.mapped("body")))

    def test_merged_customers_keep_a_limit(self):
        """R193: merging is no grant: the limit of the customer merged stays, also where a biller merges."""
        self._limit(amount=4000.0)
        # Odoo's own wizard reads every field.
        self.biller.group_ids += self.env.ref("base.group_erp_manager") + self.env.ref("sales_team.group_sale_manager")
        other = self._customer("Same Customer")
        other.with_company(self.company).credit_limit = 0.0
        self.env["base.partner.merge.automatic.wizard"].with_user(self.biller).create({})._merge(
            (self.customer + other).ids, other
        )
        self.assertEqual(other.with_company(self.company).credit_limit, 4000.0)

    def test_control_is_not_lifted_alone(self):
        """R193: no limit at all and a rule that holds nothing are granted as the highest limits are: by two."""
        terms = self._limit(amount=4000.0).with_user(self.finance)
        mine = self.customer.with_user(self.finance).with_company(self.company)
        self.company.crm_credit_hold_rule = "warn"
        for act in (
            lambda: terms.write({"amount_limit": 0.0}),
            lambda: mine.write({"credit_limit": 0.0}),
            lambda: mine.write({"use_partner_credit_limit": False}),
            lambda: terms.write({"hold_rule": "none"}),
            lambda: terms.write({"hold_rule": "warn"}),
            lambda: terms.write({"hold_rule": "company"}),
            lambda: terms.write({"partner_id": self._customer("Moved").id}),
            terms.unlink,
        ):
            with self.assertRaisesRegex(ValidationError, "no limit"), self.env.cr.savepoint():
                act()
            self.env.invalidate_all()
        answer = terms.load(["id", "hold_rule"], [[terms.get_external_id()[terms.id] or self._xmlid(terms), "none"]])
        self.assertFalse(answer["ids"])
        self.assertEqual((terms.hold_rule, terms.amount_limit), ("hold", 4000.0))
        terms.write({"hold_rule": "prepaid"})
        terms.write({"hold_rule": "hold", "amount_limit": 3000.0})
        self.company.crm_credit_second_amount = 0.0
        terms.write({"hold_rule": "none", "amount_limit": 0.0})

    def _xmlid(self, terms):
        self.env["ir.model.data"].create(
            {"module": "test", "name": "credit_terms", "model": terms._name, "res_id": terms.id}
        )
        return "test.credit_terms"

    def test_limit_that_holds_nothing_is_free(self):
        """R193: under prepayment or one invoice at a time, or a rule that warns, the limit is nobody's control."""
        for rule in ("prepaid", "one_invoice", "warn", "none"):
            customer = self._customer(f"Held by {rule}")
            terms = self._limit(customer, amount=4000.0, hold_rule=rule).with_user(self.finance)
            terms.amount_limit = 0.0
            terms.amount_limit = 3000.0
            customer.with_user(self.finance).with_company(self.company).credit_limit = 0.0
            self.assertEqual(terms.version_ids.sorted("version").mapped("amount")[-3:], [0.0, 3000.0, 0.0])
        self.env["ir.default"].set("res.partner", "credit_limit", 2000.0, company_id=self.company.id)
        self.company.crm_credit_hold_rule = "prepaid"
        mine = self.env["res.partner"].with_user(self.finance).with_company(self.company)
        self.assertEqual(mine.create({"name": "New", "credit_limit": 0.0}).credit_limit, 0.0)

    def test_without_control_nothing_is_lifted(self):
        """R193: a new customer and one without a limit of its own need no approval; the company's default is one."""
        Terms, fresh = self.env["crm.credit.limit"].with_user(self.finance), self._customer("Fresh")
        self.assertEqual(fresh.with_company(self.company).credit_limit, 0.0)
        Terms.create({"partner_id": fresh.id, "hold_rule": "none"}).unlink()
        self.env["res.partner"].with_user(self.finance).create({"name": "Newer", "credit_limit": 0.0})
        self.env["ir.default"].set("res.partner", "credit_limit", 2000.0, company_id=self.company.id)
        self.company.crm_credit_hold_rule = "hold"
        mine = self.env["res.partner"].with_user(self.finance).with_company(self.company)
        newest = mine.create({"name": "Newest"})
        self.assertEqual(newest.credit_limit, 2000.0)
        Terms.create({"partner_id": newest.id, "hold_rule": "hold"})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            newest.credit_limit = 0.0
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            Terms.create({"partner_id": mine.create({"name": "Other"}).id, "hold_rule": "none"})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            mine.create({"name": "Unlimited", "credit_limit": 0.0})

    def test_two_lift_control(self):
        """R193: a request for no limit is applied with the second approval, and the rule is free afterwards."""
        terms = self._limit(amount=4000.0).with_user(self.finance)
        second = self._user("fin_lifter", "account.group_account_manager")
        request = (
            self.env["crm.credit.request"]
            .with_user(self.salesman)
            .create({"partner_id": self.customer.id, "amount": 77.0, "no_limit": True, "reason": "Owned by the city"})
        )
        self.assertTrue(request.needs_second)
        request.action_ask()
        request.with_user(self.finance).action_approve()
        self.assertEqual((request.state, terms.amount_limit), ("second", 4000.0))
        with self.assertRaises(AccessError):
            request.with_user(self.finance).action_approve()
        request.with_user(second).action_approve()
        terms.invalidate_recordset()
        self.assertEqual((request.state, request.amount, terms.amount_limit), ("approved", 0.0, 0.0))
        terms.hold_rule = "none"
