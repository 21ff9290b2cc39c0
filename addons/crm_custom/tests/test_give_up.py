from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestGiveUp(CustomerCommon):
    """One customer takes three visits and two calls for a margin of 100, another brings 5,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Lamp", "standard_price": 400})
        cls.costly = cls.make_customer("Costly", "direct", user=cls.salesman)
        cls.good = cls.make_customer("Good", "direct", user=cls.colleague)
        cls.bill(cls.costly, 500, 30, product=cls.product)
        cls.bill(cls.good, 5400, 30, product=cls.product)
        cls.company.write({"crm_cost_visit": 80, "crm_cost_contact": 10})
        logs = cls.env["crm.contact.log"]
        for partner in (cls.costly, cls.good):
            for channel, count in (("visit", 3), ("call", 2)):
                for day in range(count):
                    logs._log(partner, channel, date=datetime(2026, 5, 1 + day, 9), company_id=cls.company.id)
        logs._log(cls.costly, "visit", date=datetime(2024, 5, 1, 9), company_id=cls.company.id)
        cls.run_cards()
        cls._press(cls.manager)
        cls.line = cls.env["crm.give.up"].search([("company_id", "=", cls.company.id)])

    @classmethod
    def _press(cls, user, chosen=()):
        """The button of the list, as the web client calls it: with the ids of the rows chosen, often none."""
        model = cls.env["crm.give.up"].with_user(user)
        return call_kw(model, "action_find", [list(chosen)], {"context": {"allowed_company_ids": cls.company.ids}})

    def test_button_of_the_list(self):
        """R053: pressed with and without rows chosen it searches; who is no manager is refused."""
        for chosen in ((), self.line.ids):
            self.line.loss = 1
            self.assertEqual(self._press(self.manager, chosen)["tag"], "soft_reload")
            self.assertEqual(self.line.loss, 160)
        with self.assertRaises(UserError):
            self._press(self.salesman)

    def test_candidates_cost_more_than_they_bring(self):
        """R053: cost to serve 3 x 80 + 2 x 10 against a margin of 100 in twelve months; the good one is not listed."""
        self.assertEqual(self.line.partner_id, self.costly)
        self.assertEqual((self.line.margin, self.line.cost_to_serve, self.line.loss), (100, 260, 160))
        self.assertIn("3 visits", self.line.evidence)
        self.company.crm_cost_visit = 20
        self.env["crm.give.up"]._find(self.company)
        self.assertFalse(self.line.exists(), "80 is less than the margin: no candidate any more")

    def test_manager_approves_with_a_reason_and_reopens(self):
        """R053: given up with a reason only, by a manager; found by filter; reopened it is back."""
        line = self.line.with_user(self.manager)
        with self.assertRaises(UserError):
            line.action_approve()
        line.reason = "Buys one lamp a year"
        with self.assertRaises(UserError):
            self.line.with_user(self.salesman).action_approve()
        with mute_logger("odoo.addons.base.models.ir_model"), self.assertRaises(AccessError):
            self.line.with_user(self.salesman).state = "approved"
        line.action_approve()
        person = self.env["res.partner"].create({"name": "Ann", "parent_id": self.costly.id})
        partners = self.env["res.partner"].with_user(self.salesman)
        mine = self.costly + self.good + person
        self.assertEqual((self.costly + person).mapped("crm_given_up"), [True, True])
        domain = [("id", "in", mine.ids)]
        self.assertEqual(partners.search([*domain, ("crm_given_up", "=", True)]), self.costly + person)
        self.assertEqual(partners.search([*domain, ("crm_given_up", "=", False)]), self.good)
        self.env["crm.give.up"]._find(self.company)
        self.assertEqual(line.state, "approved", "not asked again")
        line.action_reopen()
        self.assertFalse(self.costly.crm_given_up)
        self.assertEqual(len(self.env["crm.give.up"]._find(self.company)), 0, "decided within the period")

    def test_given_up_customers_leave_the_visit_plan(self):
        """R053: the visit plan of the next quarter holds the good customer only."""
        self.env["crm.customer.class.policy"]._ensure(self.company)
        self.line.write({"reason": "x"})
        self.line.action_approve()
        plan = self.env["crm.visit.plan"].with_user(self.manager).create({"year": 2026})
        plan.action_generate()
        self.assertIn(self.good, plan.line_ids.partner_id)
        self.assertNotIn(self.costly, plan.line_ids.partner_id)

    def test_salesperson_sees_own_lines_and_the_company_its_own_list(self):
        """R053: a colleague's candidate is not shown; another company gives nobody up."""
        self.assertTrue(self.env["crm.give.up"].with_user(self.salesman).search([("id", "=", self.line.id)]))
        self.assertFalse(self.env["crm.give.up"].with_user(self.colleague).search([("id", "=", self.line.id)]))
        other = self.setup_other_company()["company"]
        self.line.write({"reason": "x"})
        self.line.action_approve()
        self.assertFalse(self.costly.with_company(other).crm_given_up)
