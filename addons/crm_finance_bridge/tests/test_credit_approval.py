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
