"""Limits above the company's amount need two people, whichever way they are entered."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import FinanceCommon


@tagged("post_install", "-at_install")
class TestCreditApproval(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller.group_ids += cls.env.ref("base.group_partner_manager")
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
