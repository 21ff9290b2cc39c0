from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..tools import worklist
from .collect_common import CollectCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestCollect(CollectCommon):
    """The worklist of collectors, disputes from elsewhere and the salesperson's own receivables."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._customer("Other Tools", user_id=cls.other_salesman.id)
        cls.third = cls._invoice(1000.0, "2026-01-01", "2026-01-15", partner=cls.other, invoice_user_id=False)
        cls.agent = cls._user("collect_agent", "crm_service.group_service_user")

    def _tasks(self):
        Task = self.env["crm.collection.task"]
        Task._refresh(self.company)
        return Task.search(
            [("company_id", "=", self.company.id), ("partner_id", "in", (self.customer + self.other).ids)]
        )

    def _task(self, partner=None):
        return self._tasks().filtered(lambda task: task.partner_id == (partner or self.customer))

    # === WORKLIST === #

    def test_facts_and_order(self):
        """The list is in the order of what a call brings, by the rule, on what the ledger says is overdue."""
        self._receipt(60.0, "2026-03-01")
        tasks = self._tasks()
        self.assertEqual(tasks.partner_id, self.customer + self.other)
        by_customer = tasks.grouped("partner_id")
        mine, other = by_customer[self.customer], by_customer[self.other]
        self.assertEqual((mine.overdue, mine.unapplied, mine.items, mine.days_overdue), (300.0, 60.0, 2, 29))
        self.assertEqual((mine.free_1, mine.free_amount), (300.0, 240.0))
        self.assertEqual((other.free_2, other.days_overdue), (1000.0, 46))
        self.assertEqual(mine.gain, self.company.currency_id.round(worklist.gain(mine._facts())))
        self.assertAlmostEqual(mine.gain, 240 * 0.20)
        self.assertAlmostEqual(other.gain, 1000 * 0.35)
        self.assertEqual(tasks.sorted("gain", reverse=True)[0], other)
        self.assertIn("to ask for, the oldest 46 days overdue; never called", other.with_context(lang="en_US").why)
        before = tasks.read(["gain", "overdue", "is_today", "user_id", "state"])
        self.assertEqual(self._tasks().read(["gain", "overdue", "is_today", "user_id", "state"]), before)

    def test_another_receivable_on_a_row(self):
        """Invoice and due date of a row follow when another receivable is chosen on it."""
        line = self._dispute(self.second, 50.0).line_ids
        line.move_line_id = self._item(self.first)
        self.assertEqual((line.move_id, line.due_date), (self.first, date(2026, 2, 1)))

    def test_promised_and_disputed_is_not_asked_for(self):
        task = self._task()
        self._promise(lines=[(self.first, 100.0)])
        self._dispute(self.second, 50.0)
        self.assertEqual((task.overdue, task.promised, task.disputed, task.free_amount), (300.0, 100.0, 50.0, 150.0))
        self.assertEqual(task.last_contact, date(2026, 3, 2))
        self.assertEqual(task.gain, 0.0, "right after the call")
        self._pay(self.first + self.second, 300.0, "2026-03-02")
        self.assertEqual(self._task().state, "done")

    def test_no_followup_is_not_asked_for(self):
        self.first.no_followup = True
        task = self._task()
        self.assertEqual((task.overdue, task.free_amount), (300.0, 200.0))

    def test_broken_promise_is_news(self):
        promise = self._promise(100.0, "2026-03-10")
        with freeze_time("2026-03-14 09:00:00"):
            self.env["crm.payment.promise"]._process_due()
            self.assertEqual(promise.state, "broken")
            task = self._task()
            self.assertEqual((task.judged, task.kept, task.last_broken), (1, 0.0, date(2026, 3, 14)))
            self.assertAlmostEqual(task.gain, round(worklist.gain(task._facts()), 2))
            self.assertTrue(task.why.startswith("Broke a promise;"), task.why)

    def test_capacity_and_collectors(self):
        """Each collector gets a day's work: the dearest first, pinned ones before all; customers stay with him."""
        second = self._user("collect_second", "account.group_account_invoice")
        Collector = self.env["crm.collector"]
        for user in (self.biller, second):
            Collector.create({"user_id": user.id, "company_id": self.company.id, "capacity": 1})
        tasks = self._tasks()
        self.assertEqual(set(tasks.user_id), {self.biller, second})
        self.assertTrue(all(tasks.mapped("is_today")))
        tasks.user_id = self.biller
        tasks = self._tasks()
        self.assertEqual(tasks.filtered("is_today").partner_id, self.other, "one a day: the dearest")
        small = tasks.filtered(lambda task: task.partner_id == self.customer).with_user(self.biller)
        small.action_pin()
        self.assertEqual(self._tasks().filtered("is_today").partner_id, self.customer, "the pinned one instead")
        small.action_no_answer()
        self.assertFalse(self._tasks().filtered("is_today"), "the day's work is done")

    def test_results(self):
        """A result takes one button, and at most the form behind it."""
        task = self._task().with_user(self.biller)
        task.action_no_answer()
        self.assertEqual((task.state, task.no_answer, task.defer_until), ("deferred", 1, date(2026, 3, 3)))
        self.assertIn("calls without answer: 1", task.why)
        action = task.action_promise()
        with Form(self.env[action["res_model"]].with_user(self.biller).with_context(**action["context"])) as form:
            self.assertEqual((form.partner_id, form.amount), (self.customer, 300.0))
        self.assertEqual((task.promised, task.free_amount), (300.0, 0.0))
        calls = self.env["crm.collection.call"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(set(calls.mapped("result")), {"no_answer", "promise"})
        self.assertEqual(set(calls.mapped("overdue")), {300.0})
        other = self._task(self.other).with_user(self.biller)
        action = other.action_dispute()
        with Form(self.env[action["res_model"]].with_user(self.biller).with_context(**action["context"])) as form:
            form.cause_id = self.cause
        self.assertEqual(other.disputed, 1000.0)
        with freeze_time("2026-03-06 10:00:00"):
            other.action_tomorrow()
        self.assertEqual(other.defer_until, date(2026, 3, 9), "over the weekend")
        with self.assertRaises(UserError), mute_logger("odoo.addons.base.models.ir_model"):
            calls[0].with_user(self.biller).write({"result": "other"})

    def _copies(self, partner):
        return self.env["crm.collection.call"].search([("partner_id", "=", partner.id)])

    def test_copy_sent(self):
        """The window alone logs nothing; the e-mail does, once, as the contact of who sent it."""
        self.other.email = "pay@other.test"
        task = self._task(self.other).with_user(self.biller)
        action = task.action_copy_sent()
        self.assertEqual(action["res_model"], "account.move.send.wizard")
        self.assertEqual((task.state, len(self._copies(self.other))), ("todo", 0), "nothing is sent yet")
        wizard = (
            self.env["account.move.send.wizard"].with_user(self.biller).with_context(**action["context"]).create({})
        )
        self.assertIn("email", wizard.sending_methods)
        wizard.action_send_and_print()
        call = self._copies(self.other)
        self.assertEqual((call.result, call.user_id), ("copy_sent", self.biller))
        self.assertEqual((task.state, task.defer_until), ("deferred", date(2026, 3, 5)))

    def test_copies_sent_by_the_job(self):
        """Several invoices leave with the job: one contact, of who sent them; another customer's row logs nothing."""
        self.customer.email = "pay@riverside.test"
        task = self._task().with_user(self.biller)
        action = task.action_copy_sent()
        self.assertEqual(action["res_model"], "account.move.send.batch.wizard")
        Wizard = self.env[action["res_model"]].with_user(self.biller)
        Wizard.with_context(**action["context"]).create({}).action_send_and_print()
        self.assertFalse(self._copies(self.customer))
        self.env["account.move.send"]._generate_and_send_invoices(self.first + self.second, from_cron=True)
        call = self._copies(self.customer)
        self.assertEqual((call.result, call.user_id, task.state), ("copy_sent", self.biller, "deferred"))
        self.assertFalse((self.first + self.second).filtered("sending_data"))
        self._task(self.other)._copy_sent(self.first, self.biller)
        self.assertFalse(self._copies(self.other))

    def test_query_counts(self):
        """The list and the refresh take as many queries for 100 customers as for 10."""
        partners = self.env["res.partner"].create(
            [{"name": f"Debtor {number}", "user_id": self.salesman.id} for number in range(100)]
        )
        Task = self.env["crm.collection.task"]
        Task.sudo().create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "free_2": 100.0 + number,
                    "gain": 10.0 + number,
                    "date_refreshed": "2026-03-02",
                }
                for number, partner in enumerate(partners)
            ]
        )
        names = ("partner_id", "why", "gain", "free_amount", "phone", "user_id", "salesperson_id", "currency_id")
        specification = {name: {"fields": {"display_name": {}}} if name.endswith("_id") else {} for name in names}
        counts = []
        for limit in (10, 100):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = Task.with_user(self.biller).web_search_read([("gain", ">", 0)], specification, limit=limit)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(rows["records"]), limit)
        self.assertLessEqual(counts[1], counts[0], counts)

    def test_query_counts_of_invoices(self):
        """Promises and disputes of 100 invoices are read with as many queries as those of 10."""
        self._dispute(self.first, 40.0)
        self._promise(50.0, lines=[(self.second, 50.0)])
        drafts = self.env["account.move"].create(
            [{"move_type": "out_invoice", "partner_id": self.customer.id} for _number in range(98)]
        )
        invoices = self.first + self.second + drafts
        names = ("crm_disputed_amount", "crm_promise_count", "crm_dispute_count")
        counts = []
        for number in (10, 10, 100):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = [invoices[:number].mapped(name) for name in names]
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual([values[:3] for values in found], [[40.0, 0.0, 0.0], [0, 1, 0], [1, 0, 0]])
        self.assertLessEqual(counts[2], counts[1], counts)

    # === DISPUTES FROM ELSEWHERE, AND THEIR END === #

    def test_ticket_opens_dispute(self):
        """A dispute ticket on an invoice is out of the overdue figures without anybody in finance."""
        category = self.env["crm.ticket.category"].search([("kind", "=", "dispute")], limit=1)
        ticket = (
            self.env["crm.ticket"]
            .with_user(self.agent)
            .create(
                {
                    "name": "Price",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "move_id": self.second.id,
                    "category_id": category.id,
                }
            )
        )
        dispute = self.env["crm.dispute"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual((dispute.amount, dispute.origin, dispute.cause_id.code), (200.0, "ticket", "NEW"))
        ticket.disputed_amount = 70.0
        self.assertEqual(self._disputed("2026-03-02"), {self._item(self.second).id: 70.0})
        self.assertEqual(self.second.crm_disputed_amount, 70.0)
        ticket.with_context(crm_ticket_automatic=True).action_solve()
        self.assertEqual(dispute.state, "cancelled", "nobody in finance had taken it up")
        ticket.action_reopen()
        again = self.env["crm.dispute"].search([("ticket_id", "=", ticket.id), ("state", "=", "open")])
        self.assertEqual(again.amount, 70.0)
        again.cause_id = self.env.ref("crm_finance_bridge.crm_dispute_cause_price_list")
        ticket.with_context(crm_ticket_automatic=True).action_solve()
        self.assertEqual(again.state, "open", "finance has sorted it and says how it ends")

    def test_credit_note(self):
        """The proposal is a draft over what is to be credited; once posted it closes the dispute."""
        tax = self.company_data["default_tax_sale"]
        invoice = self._invoice(100.0, "2026-02-01")
        invoice.button_draft()
        invoice.invoice_line_ids.tax_ids = tax
        invoice.action_post()
        dispute = self._dispute(invoice, invoice.amount_residual)
        dispute.credit_amount = self.company.currency_id.round(invoice.amount_total / 4)
        dispute.action_propose_credit()
        refund = dispute.refund_id
        self.assertEqual((refund.state, refund.move_type, refund.reversed_entry_id), ("draft", "out_refund", invoice))
        self.assertAlmostEqual(refund.amount_total, dispute.credit_amount)
        self.assertEqual(refund.invoice_line_ids.tax_ids, tax)
        refund.action_post()
        self.assertEqual(self.env["crm.dispute"]._process_settled(), 1)
        self.assertEqual(dispute.state, "credited")

    def test_short_payment(self):
        payment = self._pay(self.second, 150.0)
        action = payment.with_user(self.biller).action_crm_dispute()
        with Form(self.env["crm.dispute"].with_user(self.biller).with_context(**action["context"])) as form:
            form.cause_id = self.env.ref("crm_finance_bridge.crm_dispute_cause_payment_deduction")
        dispute = self.env["crm.dispute"].search([("payment_id", "=", payment.id)])
        self.assertEqual((dispute.amount, dispute.origin), (50.0, "short_payment"))

    # === SALESPERSON === #

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_own_receivables(self):
        """R185: the salesperson's list has own due and overdue invoices only, and logs a promise on one."""
        self._invoice(77.0, "2026-02-01", "2026-03-06")  # due within the week
        self._invoice(88.0, "2026-02-01", "2026-05-01")  # not due yet
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_own_receivable_action")
        for user, amounts in ((self.salesman, [77.0, 100.0, 200.0]), (self.other_salesman, [1000.0])):
            Item = self.env["crm.open.item"].with_user(user)
            domain = safe_eval(action["domain"], {"uid": user.id})
            self.assertEqual(sorted(Item.search(domain).mapped("residual")), amounts)
        item = self.env["crm.open.item"].with_user(self.salesman).browse(self._item(self.second).id)
        form_action = item.action_crm_promise()
        with Form(
            self.env["crm.payment.promise"].with_user(self.salesman).with_context(**form_action["context"])
        ) as form:
            self.assertEqual(form.amount, 200.0)
        promise = self.env["crm.payment.promise"].search([("user_id", "=", self.salesman.id)])
        self.assertEqual(promise.line_ids.move_id, self.second, "the invoice that was chosen, not the oldest")
        foreign = self.env["crm.open.item"].with_user(self.other_salesman).browse(self._item(self.second).id)
        with self.assertRaises(AccessError):
            foreign.action_crm_promise()
        self.assertEqual(self.customer.with_user(self.salesman).crm_promise_count, 1)
        self.assertEqual(self.customer.with_user(self.other_salesman).crm_promise_count, 0)
        with self.assertRaises(AccessError):
            self.env["crm.collection.task"].with_user(self.salesman).search([])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_salesperson_does_not_settle(self):
        dispute = self._dispute(self.first, 50.0, user=self.salesman)
        self.assertEqual(dispute.logged_by_id, self.salesman)
        with self.assertRaises(AccessError):
            dispute.action_won()
        with self.assertRaises(AccessError):
            dispute.with_user(self.other_salesman).action_cancel()
        dispute.action_cancel()
        with self.assertRaises(AccessError):
            dispute.action_reopen()

    def test_other_company(self):
        """Nobody of another company reads what was promised and disputed here."""
        self._promise(100.0)
        self._dispute(self.second, 50.0)
        self._tasks()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "collect_stranger",
            groups="account.group_account_manager,sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for model in (
            *("crm.payment.promise", "crm.payment.promise.line", "crm.payment.promise.part", "crm.dispute"),
            *("crm.dispute.line", "crm.dispute.event", "crm.collection.task", "crm.collection.call"),
        ):
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(stranger).search([]))
