"""Plans on invoiced amounts that name people, on orders that these share with others; who changed a split."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .commission_common import CommissionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-02")
class TestCommissionPerson(CommissionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = (cls.salesman, cls.other_salesman)
        cls.tax = cls.company_data["default_tax_sale"]

    def plan_each(self, **values):
        """A plan of 10 % for each of the two people."""
        values = {"base": "invoiced", "late_days": 30, **values}
        self.plans = [self.plan(10.0, user_ids=[Command.set(user.ids)], **values) for user in self.people]

    def share(self, order, *percents):
        lines = [
            Command.create({"user_id": user.id, "percent": percent})
            for user, percent in zip(self.people, percents, strict=True)
        ]
        order.with_user(self.leader).write({"crm_split_ids": [Command.clear(), *lines]})
        self.env.cr.flush()

    def sell(self, amount, *percents):
        order = self._order(amount)
        order.order_line.tax_ids = self.tax
        if percents:
            self.share(order, *percents)
        order.action_confirm()
        return order

    def bill(self, orders, date="2026-02-04"):
        invoice = orders._create_invoices()
        invoice.write({"invoice_date": date, "invoice_date_due": date, "invoice_payment_term_id": False})
        invoice.action_post()
        return invoice

    def check(self, *amounts, month="2026-02-28"):
        """What the plan of each of the two has paid to this person, and that it paid nobody else."""
        self.compute_twice(month)
        wanted = [{user: amount} if amount else {} for user, amount in zip(self.people, amounts, strict=True)]
        self.assertEqual([self.totals(plan) for plan in self.plans], wanted)

    # === TAKEN BACK === #

    def test_a_credit_note_takes_back_the_own_part(self):
        """R187: a plan for one of those who share an order leaves the other's part of a credit note alone."""
        self.plan_each()
        invoice = self.bill(self.sell(1000.0, 60, 40))
        self.check(60.0, 40.0)
        self.credit(invoice, 100.0, date="2026-02-20", reconcile=True)
        self.check(54.0, 36.0)
        self.close("2026-02-28")
        self.check(54.0, 36.0)
        self.credit(invoice, 900.0, date="2026-03-02", reconcile=True)
        self.check(0.0, 0.0, month="2026-03-31")

    def test_a_loss_takes_back_the_own_part(self):
        """R187: so with write-offs and invoices unpaid too long, that are of the whole invoice, with tax."""
        self.plan_each()
        invoice, unpaid = self.bill(self.sell(1000.0, 60, 40)), self.bill(self.sell(1000.0, 60, 40))
        self.check(120.0, 80.0)
        self._register_payment(
            invoice,
            payment_date="2026-02-20",
            amount=invoice.amount_total * 0.9,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.check(114.0, 76.0)
        self.credit(unpaid, 100.0, date="2026-02-21", reconcile=True)
        self.check(108.0, 72.0)
        self.close("2026-02-28")
        self.check(54.0, 36.0, month="2026-03-31")
        for plan in self.plans:
            lines = self.engine._simulate(
                plan, *(plan._fields["date_from"].to_date(d) for d in ("2026-02-01", "2026-03-31"))
            )
            self.assertAlmostEqual(
                sum(vals["amount"] for _user, _month, vals in lines), self.totals(plan)[plan.user_ids], 2
            )
        self._pay(unpaid, unpaid.amount_residual, "2026-03-20")
        self.check(108.0, 72.0, month="2026-03-31")

    def test_a_credit_note_of_no_order(self):
        """R187: what names no order is of all who share the invoice, each with the own part."""
        self.plan_each(late_days=0)
        invoice = self.bill(self.sell(1000.0, 60, 40))
        self.close("2026-02-28")
        for date, month, amounts in (("2026-03-02", "2026-03-31", (30.0, 20.0)), ("2026-04-02", "2026-04-30", (0, 0))):
            refund = invoice._reverse_moves([{"invoice_date": date, "date": date}])
            refund.invoice_line_ids.write({"price_unit": 500.0, "sale_line_ids": [Command.clear()]})
            refund.action_post()
            self.check(*amounts, month=month)
            self.close(month)

    def test_another_order_on_the_invoice(self):
        """R187: what is credited of an order of one person takes nothing from those who share the other order."""
        self.plan_each(late_days=0)
        shared, own = self.sell(1000.0, 60, 40), self.sell(500.0)
        invoice = self.bill(shared + own)
        self.check(110.0, 40.0)
        refund = invoice._reverse_moves([{"invoice_date": "2026-02-20", "date": "2026-02-20"}])
        refund.invoice_line_ids.filtered(lambda line: own not in line.sale_line_ids.order_id).unlink()
        refund.action_post()
        self.check(60.0, 40.0)

    def test_people_whom_a_plan_names_no_more(self):
        """R187: a plan takes back what it paid, also from those who were taken out of it since."""
        plan = self.plan(10.0, base="invoiced", user_ids=[Command.set([user.id for user in self.people])])
        invoice = self.bill(self.sell(1000.0, 60, 40))
        self.close("2026-02-28")
        self.assertEqual(self.totals(plan), {self.salesman: 60.0, self.other_salesman: 40.0})
        plan.user_ids = self.salesman
        self.credit(invoice, 500.0, date="2026-03-02", reconcile=True)
        self.compute_twice("2026-03-31")
        self.assertEqual(self.totals(plan), {self.salesman: 30.0, self.other_salesman: 20.0})

    # === DISPUTES === #

    def test_a_disputed_invoice_waits_with_its_deductions(self):
        """R187: what an invoice deducts (a discount, a deposit) waits for the end of the dispute like its goods."""
        plan = self.plan(10.0, base="invoiced")
        invoice = self._invoice(1000.0, date="2026-02-04", post=False)
        line = {"name": "Deposit", "quantity": 1, "price_unit": -300.0, "tax_ids": [Command.clear()]}
        invoice.invoice_line_ids = [Command.create(line)]
        invoice.action_post()
        item = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        dispute = self.env["crm.dispute"].with_user(self.biller)
        dispute = dispute.create(
            {
                "partner_id": self.customer.id,
                "cause_id": self.env.ref("crm_finance_bridge.crm_dispute_cause_price_list").id,
                "line_ids": [Command.create({"move_line_id": item.id, "amount": 700.0})],
            }
        )
        self._invoice(50.0, date="2026-02-05", move_type="out_refund")
        self.compute_twice("2026-02-28")
        self.assertEqual(self.totals(plan), {self.salesman: -5.0}, "only the refund that nobody disputes")
        dispute.action_won()
        self.compute_twice("2026-02-28")
        self.assertEqual(self.totals(plan), {self.salesman: 65.0})

    # === HISTORY === #

    def test_who_changed_a_split(self):
        """R187: the order tells who changed its split, once a save, and the shares to those who may see them."""
        order = self._order(1000.0)
        name, other = self.salesman.name, self.other_salesman.name
        first, second = f"{name} 60 %, {other} 40 %", f"{other} 66.67 %, {name} 33.33 %"
        for percents, old, new in (((60, 40), "", first), ((60, 40), None, None), ((33.33, 66.67), first, second)):
            before = order.message_ids
            self.share(order, *percents)
            messages = order.message_ids - before
            self.assertEqual(len(messages), int(new is not None))
            if messages:
                self.assertEqual(messages.author_id, self.leader.partner_id)
                self.assertIn("commission split", messages.body)
                self.assertNotIn(name, messages.body)
                values = messages.sudo().tracking_value_ids
                self.assertEqual((values.old_value_char, values.new_value_char), (old, new))
        worker = self._user("fin_worker", "stock.group_stock_user")
        for user, sees in ((self.leader, 1), (self.biller, 1), (worker, 0)):
            self.assertEqual(len(values._filter_has_field_access(self.env(user=user))), sees, user.login)
        before = order.message_ids
        order.with_user(self.leader).crm_split_ids.unlink()
        self.env.cr.flush()
        values = (order.message_ids - before).sudo().tracking_value_ids
        self.assertEqual((values.old_value_char, values.new_value_char), (second, ""))
