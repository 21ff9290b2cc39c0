from dateutil.relativedelta import relativedelta
from odoo.tests import freeze_time, tagged

from .common import TODAY, CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestCustomerClass(CustomerCommon):
    """Five franchisees sell 500, 400, 300, 200 and nothing; an agent sells nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.franchisees = [cls.make_customer(f"F{amount}", "franchisee") for amount in (500, 400, 300, 200, 0)]
        for partner, amount in zip(cls.franchisees, (500, 400, 300, 200), strict=False):
            cls.bill(partner, amount)
        cls.agent = cls.make_customer("Agent", "agent")
        cls.direct = cls.make_customer("Direct", "direct")
        cls.bill(cls.direct, 9000)

    def classes(self):
        cards = self.run_cards()
        return "".join(cards[partner].customer_class for partner in self.franchisees)

    def test_every_agent_and_the_top_share_of_franchisees_are_a(self):
        """R047: 20 % of five franchisees is one; the cut-off is told; larger direct customers do not count."""
        cards = self.run_cards()
        self.assertEqual(self.classes(), "acccc")
        reason = cards[self.franchisees[0]].class_reason
        self.assertEqual(reason, "A: franchisee ranked 1 of 5 by sales of $\xa0500.00; cut-off $\xa0500.00")
        self.assertEqual(cards[self.agent].class_reason, "A: every agent is class A")
        self.assertEqual(cards[self.direct].customer_class, "c")
        self.assertEqual(cards[self.franchisees[1]].cut_off, 500)

    def test_share_is_a_setting_and_ties_at_the_cut_off_are_in(self):
        """R047: 21 % of five is two; two that sell the same share the place."""
        self.company.crm_class_a_share = 21
        self.assertEqual(self.classes(), "aaccc")
        self.bill(self.franchisees[2], 100)
        self.assertEqual(self.classes(), "aaacc")
        self.company.crm_class_a_share = 100
        self.assertEqual(self.classes(), "aaaac", "no sales, no class A by rank")

    def test_roles_are_a_setting(self):
        """R047: which roles are ranked or always A is the company's choice."""
        self.company.crm_class_rule_direct = "ranked"
        self.company.crm_class_rule_agent = "none"
        cards = self.run_cards()
        self.assertEqual(cards[self.direct].customer_class, "a")
        self.assertEqual(cards[self.direct].group_ranked, 1)
        self.assertEqual(cards[self.agent].customer_class, "c")

    def test_a_company_without_roles_ranks_all_customers(self):
        """R047: without roles the top 20 % of all customers are A."""
        self.env["res.partner"].search([("customer_role", "!=", False)]).customer_role = False
        cards = self.run_cards()
        self.assertEqual(cards[self.direct].customer_class, "a")
        self.assertIn("A: customer ranked 1 of ", cards[self.direct].class_reason)

    def test_margin_or_quantity_can_be_the_basis(self):
        """R047: by quantity, three small invoices beat one large."""
        self.company.crm_class_basis = "quantity"
        for _number in range(3):
            self.bill(self.franchisees[3], 1)
        self.assertEqual(self.classes(), "cccac")
        self.company.crm_class_basis = "margin"
        self.product_a.standard_price = 1
        self.bill(self.franchisees[2], 50, product=self.product_a)
        self.assertEqual(self.run_cards()[self.franchisees[2]].basis_value, 49)

    def make_grower(self, *years, pay=True):
        """Sales of three years, oldest first, paid on the day."""
        partner = self.make_customer("Grower", "direct")
        for amount, days_ago in zip(years, (1000, 500, 20), strict=True):
            invoice = self.bill(partner, amount, days_ago)
            if pay:
                self.pay(invoice, days_ago=days_ago)
        return partner

    def test_growth_of_ten_percent_twice_is_needed_for_b(self):
        """R048: exactly +10 % twice is B, a cent less is C with the figures told."""
        just, below = self.make_grower(100, 110, 121), self.make_grower(100, 110, 120.99)
        cards = self.run_cards()
        self.assertEqual(cards[just].customer_class, "b", cards[just].class_reason)
        self.assertIn("sales grew by 10.0 % and by 10.0 %", cards[just].class_reason)
        self.assertEqual(cards[below].customer_class, "c")
        self.assertIn("growth +10.0 % and +10.0 %, each must reach +10.0 %", cards[below].class_reason)

    def test_loyalty_and_cooperation_are_needed_for_b(self):
        """R048: growth alone is not enough; the score that fails is told."""
        grower = self.make_grower(100, 120, 150, pay=False)
        card = self.run_cards()[grower]
        self.assertEqual(card.customer_class, "c")
        self.assertIn("co-operation 0, needed 50", card.class_reason)
        self.company.crm_cooperation_min = 0
        self.assertEqual(self.run_cards()[grower].customer_class, "b")
        self.company.crm_loyalty_min = 100
        self.assertIn("loyalty ", self.run_cards()[grower].class_reason)

    def test_under_two_full_years_is_not_b(self):
        """R048: without a year to compare with there are not enough data, and that is said."""
        young = self.make_customer("Young", "direct")
        for amount, days_ago in ((100, 700), (500, 10)):
            self.pay(self.bill(young, amount, days_ago), days_ago=days_ago)
        card = self.run_cards()[young]
        self.assertEqual(card.customer_class, "c")
        self.assertIn("not enough data for growth", card.class_reason)
        self.assertEqual(self.part(card, "growth_2y").state, "no_data")

    def test_everybody_else_is_c_with_the_failing_criteria(self):
        """R049: a franchisee below the cut-off hears rank, cut-off and what B would need."""
        reason = self.run_cards()[self.franchisees[1]].class_reason
        self.assertTrue(reason.startswith("C: ranked 2 of 5, below the cut-off $\xa0500.00; "), reason)
        self.assertIn("not enough data for growth", reason)
        idle = self.run_cards()[self.franchisees[4]]
        self.assertIn("no sales in the last twelve months", idle.class_reason)
        self.assertEqual((idle.score_state, idle.lifecycle), ("no_data", "potential"))
        self.assertEqual(idle.score_text, "Not enough data for a score")

    def test_an_old_month_is_explained_by_its_own_settings(self):
        """R047: settings changed later do not change what an old class says."""
        card = self.run_cards()[self.franchisees[0]]
        reason = card.class_reason
        self.company.write({"crm_class_a_share": 50, "crm_class_b_growth": 99})
        card.invalidate_recordset()
        self.assertEqual(card.class_reason, reason)

    def test_companies_are_judged_apart(self):
        """R047, R056: sales in one company do not count in another; each has its own scorecard."""
        other = self.setup_other_company(name="Other company")["company"]
        self.bill(self.franchisees[4], 700, company=other)
        here, there = self.run_cards(), self.run_cards(company=other)
        elsewhere, agent = self.franchisees[4], self.agent
        self.assertNotIn(elsewhere, here, "buys from the other company only")
        self.assertEqual((there[elsewhere].revenue, there[elsewhere].group_ranked), (700, 1))
        self.assertNotIn(self.franchisees[0], there)
        self.assertEqual(here[self.franchisees[0]].group_ranked, 4)
        self.assertEqual((here[agent].customer_class, there[agent].customer_class), ("a", "a"))
        self.assertFalse(elsewhere.with_company(self.company).customer_class)
        self.assertEqual(elsewhere.with_company(other).customer_class, "a")
        seen = self.env["crm.scorecard"].with_user(self.salesman).search([])
        self.assertEqual(seen.company_id, self.company)

    def test_the_night_run_does_what_is_due_once(self):
        """R060: each night the current month; in the first days of a month the last one too, unless it is closed."""
        pending = self.env["crm.scorecard"]._pending_runs
        self.assertIn((self.company, TODAY), pending(TODAY))
        month = self.run_cards()[self.agent].month_id
        self.assertNotIn((self.company, TODAY), pending(TODAY))
        second = TODAY + relativedelta(days=2)
        with freeze_time(f"{second} 02:00:00"):
            due = [day for company, day in pending(second) if company == self.company]
            self.assertEqual(due, [TODAY, second])
            month.with_user(self.manager).action_close()
            due = [day for company, day in pending(second) if company == self.company]
            self.assertEqual(due, [second])

    def test_the_scheduled_action_makes_the_scorecards(self):
        """R060: the scheduled action runs for every company."""
        with self.enter_registry_test_mode():
            done = self.env.ref("crm_custom.crm_scorecard_cron").method_direct_trigger()
        self.assertIs(done, True)
        month = self.env["crm.company.scorecard"].search(
            [("company_id", "=", self.company.id), ("period", "=", "2026-06-01")]
        )
        self.assertEqual((month.date, month.run_day), (TODAY, TODAY))
        self.assertIn(self.agent, month.scorecard_ids.partner_id)
