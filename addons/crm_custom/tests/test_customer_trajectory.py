from datetime import date

from dateutil.relativedelta import relativedelta
from odoo.addons.crm_custom.tools import pareto
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, CustomerCommon

MARCH, APRIL, JUNE = date(2026, 3, 31), date(2026, 4, 30), TODAY


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestCustomerTrajectory(CustomerCommon):
    """Runs of March, April and June: an agent becomes a direct customer, one is lost, one is new."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.make_customer("Agent", "agent", user=cls.salesman)
        cls.bill(cls.agent, 100, 300)
        cls.bill(cls.agent, 100, 20)
        cls.leaver = cls.make_customer("Leaver", "direct", user=cls.colleague)
        cls.bill(cls.leaver, 300, 400)
        cls.newcomer = cls.make_customer("Newcomer", "direct", user=cls.salesman)
        cls.run_cards(MARCH)
        cls.bill(cls.newcomer, 600, 70)
        cls.run_cards(APRIL)
        cls.agent.customer_role = "direct"
        cls.run_cards(JUNE)
        cls.changes = cls.env["crm.customer.change"].search([("company_id", "=", cls.company.id)])

    def moves(self, partner, kind):
        changes = self.changes.filtered(lambda change: change.partner_id == partner and change.kind == kind)
        return [
            (change.date, change.old_value, change.new_value, change.direction) for change in changes.sorted("date")
        ]

    def test_every_run_lists_who_moved_and_why(self):
        """R051: the run of June names the agent that fell from A to C with the failed criteria; history stays."""
        run = self.env["crm.customer.run"].search([("company_id", "=", self.company.id)], limit=1)
        self.assertEqual((run.date, run.down_count, run.up_count, run.first_count), (JUNE, 1, 0, 0))
        fallen = self.env["crm.customer.change"].search(run.action_changes()["domain"] + [("direction", "=", "down")])
        fallen = fallen.filtered(lambda change: change.kind == "class")
        self.assertEqual(fallen.partner_id, self.agent)
        self.assertIn("C: not enough data for growth", fallen.reason)
        self.assertEqual(self.moves(self.agent, "class"), [(MARCH, False, "a", "first"), (JUNE, "a", "c", "down")])
        first = self.changes.filtered(lambda change: change.partner_id == self.agent and change.date == MARCH)
        reason = first.filtered(lambda change: change.kind == "class").reason
        self.assertEqual(reason, "A: every agent is class A", "the reason of that day, not of today")
        self.run_cards(JUNE)
        again = self.env["crm.customer.run"].search([("company_id", "=", self.company.id)], limit=1)
        self.assertNotEqual(again, run)
        self.assertFalse(again.change_ids, "a run without moves says so")

    def test_state_with_its_rule_and_dated_changes(self):
        """R054, R055: one state with the rule that gave it, found by filter; dated changes on the customer."""
        self.assertEqual(
            self.moves(self.newcomer, "lifecycle"),
            [(MARCH, False, "potential", "first"), (APRIL, "potential", "new", "up")],
        )
        self.assertEqual(self.moves(self.leaver, "lifecycle")[-1][2], "lost")
        leaver = self.leaver.with_user(self.manager)
        self.assertEqual(leaver.lifecycle_reason, "last invoice 400 days ago, more than 365")
        self.assertEqual(
            self.newcomer.with_user(self.manager).lifecycle_reason, "first invoice 70 days ago, within 180"
        )
        found = self.env["res.partner"].with_user(self.manager).search([("customer_lifecycle", "=", "new")])
        self.assertIn(self.newcomer, found)
        self.assertNotIn(self.leaver, found)
        action = self.newcomer.with_user(self.salesman).action_crm_trajectory()
        changes = self.env["crm.customer.change"].with_user(self.salesman).search(action["domain"])
        self.assertEqual(len(changes), 3)
        self.assertIn("first invoice 9 days ago, within 180", changes.mapped("reason"))

    def test_migration_between_two_dates_opens_its_customers(self):
        """R055: state-to-state and class-to-class counts of a period, each opens to the customers."""
        wizard = Form(self.env["crm.customer.migration.period"].with_user(self.manager))
        wizard.date_from, wizard.date_to = MARCH, JUNE
        action = wizard.save().action_open()
        rows = self.env["crm.customer.migration"].with_user(self.manager).with_context(**action["context"])
        mine = [("partner_id", "in", (self.agent + self.leaver + self.newcomer).ids)]
        states = rows._read_group(mine, ["lifecycle_from", "lifecycle_to"], ["__count"])
        self.assertEqual(sorted(states), [("fading", "existing", 1), ("fading", "lost", 1), ("potential", "new", 1)])
        classes = rows._read_group(mine, ["class_from", "class_to"], ["__count"])
        self.assertEqual(sorted(classes), [("a", "c", 1), ("c", "c", 2)])
        cell = rows.search([*mine, ("lifecycle_from", "=", "potential"), ("lifecycle_to", "=", "new")])
        self.assertEqual(cell.partner_id, self.newcomer)
        self.assertEqual(cell.action_open_customer()["res_id"], self.newcomer.id)
        early = rows.with_context(migration_from="2026-01-01", migration_to="2026-03-31")
        self.assertEqual(early.search(mine).mapped("lifecycle_from"), ["none"] * 3)

    def test_a_later_run_of_a_past_day_keeps_the_chain_whole(self):
        """R055: a month computed again fits between the changes before and after it."""
        self.agent.customer_role = "agent"
        self.run_cards(JUNE + relativedelta(months=1))
        self.agent.customer_role = "direct"
        self.run_cards(JUNE - relativedelta(months=1))
        changes = self.env["crm.customer.change"].search(
            [("partner_id", "=", self.agent.id), ("kind", "=", "class")], order="date, id"
        )
        self.assertEqual(changes.mapped("new_value"), ["a", "c", "c", "a"])
        for before, after in zip(changes, changes[1:], strict=False):
            self.assertEqual(after.old_value, before.new_value)

    def test_salesperson_sees_the_own_customers_moves(self):
        """R051, R055: no move of a colleague's customer, no writing of history."""
        visible = self.env["crm.customer.change"].with_user(self.salesman).search([("id", "in", self.changes.ids)])
        self.assertEqual(visible.partner_id, self.agent + self.newcomer)
        rows = self.env["crm.customer.migration"].with_user(self.salesman).search([])
        self.assertNotIn(self.leaver, rows.partner_id)
        with mute_logger("odoo.addons.base.models.ir_model"), self.assertRaises(AccessError):
            self.changes.with_user(self.manager).unlink()
        with mute_logger("odoo.addons.base.models.ir_model"), self.assertRaises(AccessError):
            self.env["crm.customer.run"].with_user(self.clerk).search([])


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestPareto(CustomerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.amounts = (500, 200, 100, 90, 60, 50)
        cls.customers = [cls.make_customer(f"P{amount}", user=cls.salesman) for amount in cls.amounts]
        for partner, amount in zip(cls.customers, cls.amounts, strict=True):
            cls.bill(partner, amount)
        cls.make_customer("None", "direct")
        cls.run_cards()
        cls.month = cls.env["crm.company.scorecard"].search([("company_id", "=", cls.company.id)])

    def test_curve_and_the_actual_share_that_makes_80_percent(self):
        """R052: ranked with cumulative share; 3 of 6 customers make 80 %; equal to the rule on a plain list."""
        rows = self.env["crm.pareto"].with_user(self.manager).search([("month_id", "=", self.month.id)])
        self.assertEqual(rows.partner_id, self.env["res.partner"].union(*self.customers))
        for row, (customers, sales) in zip(rows, pareto.curve(self.amounts), strict=True):
            self.assertAlmostEqual(row.customer_share, customers, 2)
            self.assertAlmostEqual(row.sales_share, sales, 2)
        month = self.month.with_user(self.manager)
        self.assertEqual((month.pareto_count, month.pareto_customers), pareto.makers(self.amounts))
        self.assertEqual(month.pareto_percent, 50)
        self.assertIn("3 of 6 customers (50.0 %) make 80 % of the sales", month.pareto_text)
        self.company.crm_pareto_share = 85
        self.env.invalidate_all()
        self.assertEqual(month.pareto_count, pareto.makers(self.amounts, 85)[0])
        self.assertEqual(rows.filtered("is_key"), rows[:3], "800 of 1,000; with the fourth it would be 89 %")
        action = month.action_pareto()
        graph = (
            self.env["crm.pareto"].with_user(self.manager)._read_group(action["domain"], ["step"], ["sales_share:max"])
        )
        self.assertEqual(graph[-1], (100, 100))

    def test_salesperson_sees_own_customers_with_the_company_s_shares(self):
        """R052: the share is of all customers, the rows are the own ones."""
        self.customers[0].user_id = self.colleague
        rows = self.env["crm.pareto"].with_user(self.salesman).search([("month_id", "=", self.month.id)])
        self.assertNotIn(self.customers[0], rows.partner_id)
        self.assertAlmostEqual(rows[0].sales_share, 70, 2)
