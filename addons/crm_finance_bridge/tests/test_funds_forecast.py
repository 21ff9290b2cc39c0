"""Expected receipts and risk-adjusted return in the database: against the ledger, by hand, for roles."""

from datetime import date, timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools import expected_loss
from .common import FinanceCommon

TODAY = date(2026, 6, 3)  # a Wednesday


@tagged("post_install", "-at_install")
@freeze_time("2026-06-03 10:00:00")
class TestFundsForecast(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_credit_hold_rule = "none"
        cls.Receipt = cls.env["crm.expected.receipt"]
        cls.Risk = cls.env["crm.customer.risk"]
        cls.slow = cls._customer("Slow Steel")
        days = [(cls.customer, date(2025, 1, 6) + timedelta(14 * index), 0) for index in range(24)]
        days += [(cls.slow, date(2025, 3, 3) + timedelta(28 * index), 40) for index in range(6)]
        cls._settle_all(days)
        cls.due_soon = cls._invoice(300.0, "2026-05-20", "2026-06-08")
        cls.due_slow = cls._invoice(500.0, "2026-05-20", "2026-06-10", partner=cls.slow)
        cls.lost = cls._invoice(80.0, "2025-09-01", "2025-10-01", partner=cls.slow)
        cls._night()

    @classmethod
    def _settle_all(cls, rows, amount=100.0):
        """(customer, invoice date, days late): invoices at thirty days, paid in full; in few statements."""
        moves = cls.env["account.move"]
        for partner, day, _late in rows:
            moves += cls._invoice(amount, day, day + timedelta(30), partner=partner, post=False)
        moves.action_post()
        payments = cls.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": partner.id,
                    "amount": amount,
                    "date": day + timedelta(30 + late),
                    "journal_id": cls.company_data["default_journal_bank"].id,
                }
                for partner, day, late in rows
            ]
        )
        payments.action_post()
        for move, payment in zip(moves, payments, strict=True):
            lines = (move + payment.move_id).line_ids
            lines.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()

    @classmethod
    def _night(cls):
        cls.env["crm.payment.score"]._process_night(cls.company, TODAY)

    def _rows(self, **terms):
        domain = [("company_id", "=", self.company.id), *((name, "=", value) for name, value in terms.items())]
        self.Receipt.invalidate_model()
        return self.Receipt.search(domain)

    def test_open_invoices_by_habit(self):
        """R200: an open invoice is expected on its due date plus what its customer usually takes."""
        prompt = self._rows(move_id=self.due_soon.id)
        self.assertEqual((prompt.kind, prompt.amount, prompt.date), ("invoice", 300.0, date(2026, 6, 8)))
        self.assertEqual(self._rows(move_id=self.due_slow.id).date, date(2026, 6, 10) + timedelta(40))
        late = self._rows(move_id=self.lost.id)
        self.assertEqual(late.date, TODAY + timedelta(14))
        self.assertIn("later already than usual", late.reason)

    def test_who_pays_early(self):
        """R200: days before the due date are said as such, not as a negative delay."""
        early = self._customer("Early Bird")
        self._settle_all([(early, date(2025, 3, 3) + timedelta(28 * index), -6) for index in range(6)])
        soon = self._invoice(70.0, "2026-05-20", "2026-06-20", partner=early)
        late = self._invoice(60.0, "2026-05-01", "2026-06-05", partner=early)
        self._night()
        self.assertIn("usually paid 6 days early.", self._rows(move_id=soon.id).reason)
        self.assertIn("6 days early, and not paid yet", self._rows(move_id=late.id).reason)
        self.assertEqual(self._rows(move_id=soon.id).date, date(2026, 6, 14))
        self.assertEqual(self._rows(move_id=late.id).date, date(2026, 6, 5), "at least when it is due")

    def test_sum_equals_the_ledger(self):
        """R200: open invoices less unapplied receipts, customer by customer, as the ledger has them."""
        self._receipt(120.0, "2026-06-01")
        self._invoice(30.0, "2026-06-02", partner=self.slow, move_type="out_refund")
        self._receipt(900.0, "2026-06-01", partner=self._customer("Paid too Much"))
        owed = {}
        for item in self.env["crm.open.item"].search([("company_id", "=", self.company.id)]):
            owed[item.partner_id] = owed.get(item.partner_id, 0.0) + item.residual
        rows = self._rows().filtered(lambda row: row.kind in ("invoice", "promise", "disputed"))
        for partner, balance in owed.items():
            found = sum(row.amount for row in rows if row.partner_id == partner)
            self.assertAlmostEqual(found, max(balance, 0.0), 2, partner.name)
        self.assertAlmostEqual(sum(rows.mapped("amount")), 180.0 + 550.0, 2)

    def test_orders_and_pipeline(self):
        """R200: an order comes after delivery and terms less what is invoiced, an opportunity with its chance."""
        order = self._order(1000.0, payment_term_id=self._term(15).id, commitment_date="2026-06-20 08:00:00")
        order.action_confirm()
        row = self._rows(order_id=order.id)
        self.assertEqual((row.amount, row.date), (1000.0, date(2026, 7, 5)))
        invoice = order._create_invoices()
        self.assertFalse(self._rows(order_id=order.id))
        self.assertEqual(self._rows(move_id=invoice.id).kind, "draft")
        invoice.invoice_line_ids.quantity = 0.25
        self.assertAlmostEqual(self._rows(order_id=order.id).amount, 750.0, 2)
        stage = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        lead = self.env["crm.lead"].create(
            {
                "name": "Frame order",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "stage_id": stage.id,
                "expected_revenue": 2000.0,
                "probability": 25.0,
                "date_deadline": "2026-06-30",
                "company_id": self.company.id,
            }
        )
        self.assertEqual((self._rows(lead_id=lead.id).amount, self._rows(lead_id=lead.id).chance), (500.0, 0.25))
        self.assertEqual(self._rows(lead_id=lead.id).date, date(2026, 7, 30))
        lead.date_deadline = False
        self.assertFalse(self._rows(lead_id=lead.id).date)
        self.assertIn("no closing date", self._rows(lead_id=lead.id).reason)
        lead.action_set_lost()
        self.assertFalse(self._rows(lead_id=lead.id))

    def test_promised_and_disputed(self):
        """R200: a promised part is expected on its day, a disputed part is undecided, the rest by habit."""
        item = self.due_slow.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        part = {"partner_id": self.slow.id, "company_id": self.company.id}
        self.env["crm.payment.promise"].with_user(self.biller).create(
            {
                **part,
                "date": "2026-06-17",
                "line_ids": [Command.create({"move_line_id": item.id, "amount": 200.0})],
            }
        )
        self.env["crm.dispute"].with_user(self.biller).create(
            {
                **part,
                "cause_id": self.env.ref("crm_finance_bridge.crm_dispute_cause_price_list").id,
                "line_ids": [Command.create({"move_line_id": item.id, "amount": 50.0})],
            }
        )
        rows = {row.kind: (row.amount, row.date) for row in self._rows(move_id=self.due_slow.id)}
        habit = date(2026, 6, 10) + timedelta(40)
        self.assertEqual(
            rows, {"promise": (200.0, date(2026, 6, 17)), "disputed": (50.0, False), "invoice": (250.0, habit)}
        )
        self._night()
        weeks = self._weeks()
        self.assertEqual((weeks[2].week, weeks[2].amount_promise), (date(2026, 6, 17), 200.0))
        self.assertGreater(weeks[2].p90, 0.0)

    def _term(self, days):
        line = Command.create({"value": "percent", "value_amount": 100.0, "nb_days": days})
        return self.env["account.payment.term"].create({"name": f"{days} days", "line_ids": [line]})

    def _weeks(self):
        domain = [("company_id", "=", self.company.id), ("is_newest", "=", True)]
        return self.env["crm.funds.forecast"].search(domain, order="week")

    def test_weeks(self):
        """R200: thirteen weeks with P10, P50, P90; each amount is the sum of the rows that it opens."""
        weeks = self._weeks()
        self.assertEqual(len(weeks), 13)
        self.assertEqual(set(weeks.mapped("state")), {"open"})
        self.assertAlmostEqual(weeks[0].amount_invoice, 300.0, 2)
        for week in weeks:
            self.assertLessEqual(week.p10, week.p50)
            self.assertLessEqual(week.p50, week.p90)
            rows = self.Receipt.search(week.action_open_sources()["domain"])
            self.assertAlmostEqual(week.amount, sum(rows.mapped("amount")), 2)
        # Always on the due date before: most of its weight is in the first week, whatever the others draw.
        self.assertEqual(weeks[0].p50, 300.0)

    def test_kept_and_compared(self):
        """R200: the first forecast of a week stays, what came in is written beside it, the error is kept."""
        first = self._weeks()
        self.assertTrue(all(first.mapped("is_kept")))
        Forecast = self.env["crm.funds.forecast"]
        history = self.env["crm.payment.history"]
        next_day = TODAY + timedelta(1)
        Forecast._process(self.company, next_day, history._bills(self.company, next_day))
        self.assertTrue(first.exists())
        self.assertFalse(any(first.mapped("is_newest")))
        self.assertFalse(any(self._weeks().mapped("is_kept")))
        self._pay(self.due_soon, 300.0, "2026-06-07")
        later = TODAY + timedelta(7)
        with freeze_time("2026-06-10 10:00:00"):
            Forecast._process(self.company, later, history._bills(self.company, later))
            Forecast._process(self.company, later, history._bills(self.company, later))
        self.assertEqual((first[0].state, first[0].actual, first[0].is_inside), ("passed", 300.0, True))
        self.assertEqual(first[0].error, first[0].p50 - 300.0)
        self.assertEqual(first[1].state, "open")
        self.assertEqual(len(self._weeks()), 13)

    def test_what_came_in_follows_the_ledger(self):
        """R200: money on account counts as it is forecast; back-dated and undone money is seen for sixty days."""
        first = self._weeks()[0]
        receipt = self._receipt(40.0, "2026-06-05")
        self._pay(self.due_soon, 300.0, "2026-06-07")
        self._later(TODAY + timedelta(7))
        self.assertEqual((first.state, first.actual, first.error), ("passed", 340.0, first.p50 - 340.0))
        opened = first.action_open_sources()
        rows = self.env[opened["res_model"]].search(opened["domain"])
        self.assertEqual(sum(rows.mapped("amount")), first.actual)
        receipt.move_id.line_ids.remove_move_reconcile()
        receipt.action_draft()
        receipt.action_cancel()
        self._receipt(75.0, "2026-06-04", partner=self.slow)
        self._later(TODAY + timedelta(9))
        self.assertEqual((first.actual, first.error), (375.0, first.p50 - 375.0))
        self._receipt(1.0, "2026-06-04")
        self._later(TODAY + timedelta(7 + 59))
        self.assertEqual(first.actual, 376.0)
        self._receipt(2.0, "2026-06-04")
        self._later(TODAY + timedelta(7 + 60))
        self.assertEqual(first.actual, 376.0)

    def _later(self, day):
        bills = self.env["crm.payment.history"]._bills(self.company, day)
        with freeze_time(f"{day} 10:00:00"):
            self.env["crm.funds.forecast"]._process(self.company, day, bills)

    def test_opportunity_counts_in_one_company(self):
        """R200: an opportunity of no company is its team's, its salesperson's, else the first's; never in two."""
        other = self.env["res.company"].create({"name": "Second Books"})
        team = self.env["crm.team"].create({"name": "Theirs", "company_id": False})
        nobody = {"user_id": False, "team_id": False}
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": "Somewhere",
                    "type": "opportunity",
                    "stage_id": self.env["crm.stage"].search([("is_won", "=", False)], limit=1).id,
                    "expected_revenue": 1000.0,
                    "company_id": False,
                    **values,
                }
                for values in (
                    {"team_id": team.id, "user_id": False},
                    {"user_id": self.salesman.id, "team_id": False},
                    nobody,
                )
            ]
        )
        leads.write({"company_id": False, "probability": 50.0})
        team.company_id = other
        self.assertEqual(leads.mapped("company_id.id"), [])
        first = self.env["res.company"].search([], order="id", limit=1)
        wanted = [other, self.salesman.company_id, first]
        roots = self.env["crm.payment.history"]._roots()
        self.env.flush_all()
        found = {}
        for root in roots:
            Forecast = self.env["crm.expected.receipt"].sudo().with_context(allowed_company_ids=root.ids)
            query = SQL("SELECT lead_id, company_id FROM (%s) row WHERE kind = 'pipeline'", Forecast._query(root))
            for lead, company in self.env.execute_query(query):
                found.setdefault(lead, []).append(company)
        self.assertEqual([found[lead.id] for lead in leads], [company.ids for company in wanted])

    def test_past_is_forecast_again(self):
        """R200: without kept forecasts past days are judged from what was known then."""
        past = self.env["crm.funds.forecast"].search([("company_id", "=", self.company.id), ("scope", "=", "invoice")])
        self.assertTrue(past)
        self.assertEqual(set(past.mapped("state")), {"passed"})
        self.assertLess(max(past.mapped("week")), TODAY)

    # === RISK === #

    def _bill(self, order):
        for line in order.order_line:
            line.qty_delivered = line.product_uom_qty
        moves = order._create_invoices()
        moves.invoice_date = TODAY
        moves.action_post()
        return moves

    def _risk(self, partner=None):
        return self.Risk.search([("partner_id", "=", (partner or self.customer).id)])

    def test_return_by_hand(self):
        """R194: expected margin less expected loss, each figure as the rule gives it from the ledger."""
        order = self._order(400.0)
        order.order_line.purchase_price = 150.0
        order.action_confirm()
        self._night()
        self.assertEqual(self._risk().margin, 0.0, "not invoiced yet")
        self._bill(order)
        self._night()
        found = self._risk()
        self.assertEqual(found.margin, 250.0)
        bills = self.env["crm.payment.history"]._bills(self.company, TODAY)
        rates = expected_loss.roll_rates(bills, TODAY)
        score = self.env["crm.payment.score"]._by_partner(self.company, self.customer)[self.customer.id]
        sales = sum(
            bill.amount for bill in bills if bill.customer == self.customer.id and bill.date > TODAY - timedelta(365)
        )
        self.assertEqual((found.sales, found.open_amount), (sales, 700.0))
        items = self.Receipt.sudo()._net_items(self.company, TODAY)
        items = [((TODAY - due).days, amount) for partner_id, due, amount in items if partner_id == self.customer.id]
        self.assertEqual(sum(amount for _days, amount in items), 700.0)
        loss = sum(expected_loss.losses(items, sales, rates, score.late_probability))
        self.assertGreater(loss, 0)
        self.assertAlmostEqual(found.expected_loss, loss, 2)
        self.assertAlmostEqual(found.risk_return, 250.0 - found.expected_loss, 2)
        self.assertEqual((found.method, found.late_source), ("behaviour", "own"))
        # 80.00 stands 245 days past due: lost in full; the open 500.00 by the slow customer's chance.
        self.assertGreater(self._risk(self.slow).expected_loss, 80.0)

    def test_margin_without_a_cost_is_not_expected(self):
        """R194: what is sold without a known cost adds no margin; a discount line takes off where a cost is known."""
        order = self._order(400.0)
        order.order_line.purchase_price = 150.0
        line = {"product_id": self.service.id, "product_uom_qty": 1.0, "tax_ids": [Command.clear()]}
        order.order_line = [Command.create({**line, "price_unit": price}) for price in (1000.0, -50.0)]
        unknown = self._order(1000.0)
        (order + unknown).action_confirm()
        self.assertEqual((order + unknown).order_line.mapped("purchase_price"), [150.0, 0.0, 0.0, 0.0])
        bills = self._bill(order) + self._bill(unknown)
        self._night()
        self.assertEqual(self._risk().margin, 200.0)
        bills._reverse_moves([{"invoice_date": TODAY}] * 2).action_post()
        self._night()
        self.assertEqual(self._risk().margin, 0.0)

    def test_margin_of_invoices_without_an_order(self):
        """R194: an invoice that no order stands behind has the margin of its product's cost of today."""
        self.service.standard_price = 60.0
        move = self._invoice(100.0, TODAY, TODAY + timedelta(30), post=False)
        move.invoice_line_ids.product_id = self.service
        move.invoice_line_ids.price_unit = 100.0
        move.action_post()
        self._night()
        self.assertEqual(self._risk().margin, 40.0)

    def test_methods_compared_and_chosen(self):
        """R194.1: finance sees score and inputs, compares the methods with their checks, and chooses one."""
        self.env["crm.customer.balance"].with_user(self.finance).create(
            {
                "partner_id": self.slow.id,
                "date": "2025-12-31",
                "assets": 100.0,
                "debts": 100.0,
                "volatility": 0.2,
                "source": "Published accounts",
            }
        )
        self._night()
        slow = self._risk(self.slow)
        self.assertAlmostEqual(slow.option_loss_share, 0.0797, 4)
        self.assertAlmostEqual(slow.loss_option, slow.exposed * slow.option_loss_share, 2)
        self.assertNotEqual(slow.loss_roll, slow.loss_behaviour)
        wizard = self.env["crm.risk.method"].with_user(self.finance).create({})
        self.assertEqual(wizard.method, "behaviour")
        states = {check.method: check.state for check in wizard.check_ids}
        self.assertEqual(states["option"], "unchecked")
        self.assertEqual(set(states), {"behaviour", "roll", "option"})
        wizard.method = "option"
        wizard.action_apply()
        self.assertEqual((slow.method, slow.expected_loss), ("option", slow.loss_option))
        fallback = self._risk()
        self.assertEqual((fallback.method, fallback.expected_loss), ("behaviour", fallback.loss_behaviour))
        wizard = (
            self.env["crm.risk.method"].with_user(self.finance).create({"method": "roll", "loss_given_default": 50.0})
        )
        full = slow.loss_roll
        wizard.action_apply()
        self.assertAlmostEqual(slow.expected_loss, full / 2, delta=0.01)
        self.assertEqual(slow.method, "roll")

    def test_rights(self):
        """R194.1: read-only finance sees, only the finance manager chooses, a salesperson sees neither."""
        reader = self._user("risk_reader", "account.group_account_readonly")
        self.assertTrue(self._risk().with_user(reader).risk_return is not None)
        self.assertTrue(self.Receipt.with_user(reader).search([], limit=1))
        with self.assertRaises(AccessError):
            self.env["crm.risk.method"].with_user(reader).create({})
        for model in ("crm.customer.risk", "crm.funds.forecast", "crm.expected.receipt"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.salesman).search([])

    def test_other_company(self):
        """Another legal entity's money is neither in the rows nor in the weeks of this one."""
        other = self.env["res.company"].create({"name": "Second Books"})
        self.env["crm.payment.score"]._process_night(other, TODAY)
        weeks = self.env["crm.funds.forecast"].search([("company_id", "=", other.id)])
        self.assertEqual(set(weeks.mapped("state")), {"few"})
        self.assertFalse(self.Receipt.with_company(other).with_context(allowed_company_ids=other.ids).search([]))
        self.assertFalse(self.Receipt.with_user(self.finance).search([("company_id", "=", other.id)]))
