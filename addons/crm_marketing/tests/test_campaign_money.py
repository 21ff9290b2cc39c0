import random
from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..hooks import uninstall_hook
from ..tools import campaign_mark
from .campaign_money import kept_and_live
from .common import TwoCompaniesCase

STEPS = 30


@tagged("post_install", "-at_install")
class TestCampaignMoney(TwoCompaniesCase):
    """Kept money against the ledger: after every step of random histories, before and after the cron."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls.env["product.product"].create(
            {"name": "Goods", "type": "service", "invoice_policy": "order", "taxes_id": False, "standard_price": 7}
        )
        cls.campaigns = cls.campaign | cls.other | cls.shared
        cls.lead = cls.env["crm.lead"].create({"name": "Lead", "type": "opportunity", "campaign_id": cls.other.id})
        cls.money = cls.env["crm.campaign.money"]
        cls.money._refresh()

    def _same(self, step=""):
        kept, live = kept_and_live(self.env)
        self.assertEqual(kept, live, step)
        return live

    def _marks(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT move_id FROM crm_campaign_mark WHERE move_id IS NOT NULL")
        return {move for (move,) in self.env.cr.fetchall()}

    def _work_off(self):
        while self.money._refresh()[1]:
            pass

    # === STEPS OF A HISTORY === #

    def _start(self, seed):
        self.rng = random.Random(seed)
        self.invoices = self.env["account.move"]
        self.orders = self.env["sale.order"]

    def _day(self):
        return date(2026, 1, 5) + timedelta(days=self.rng.randrange(80))

    def _some(self, records):
        return self.rng.choice(list(records)) if records else records

    def _open(self):
        return self._some(self.invoices.filtered(lambda move: move.state == "posted" and move.amount_residual > 1))

    def _step_invoice(self):
        self.invoices |= self._invoice(
            self.rng.randrange(1000, 200000) / 100,
            self._some(self.campaigns),
            move_type=self.rng.choice(("out_invoice", "out_invoice", "out_refund")),
            company=self.rng.choice((self.company, self.company_2)),
            currency_id=self.rng.choice((self.company.currency_id, self.foreign)).id,
            date=self._day(),
        )

    def _step_orders(self):
        """One to three orders of a customer on one invoice."""
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.partner_a.id,
                    "campaign_id": self.rng.choice((False, *self.campaigns.ids)),
                    "opportunity_id": self.rng.choice((False, self.lead.id)),
                    "order_line": [
                        Command.create({"product_id": self.goods.id, "price_unit": self.rng.choice((100, 33.33, 0.01))})
                    ],
                }
                for _ in range(self.rng.randrange(1, 4))
            ]
        )
        orders.action_confirm()
        invoice = orders._create_invoices()
        invoice.write({"invoice_date": self._day(), "invoice_payment_term_id": False})
        invoice.action_post()
        self.orders |= orders
        self.invoices |= invoice

    def _step_pay(self):
        invoice = self._open()
        if invoice:
            part = round(invoice.amount_residual * self.rng.choice((0.37, 0.5, 1)), 2)
            self._pay(invoice, part, max(self._day(), invoice.date))

    def _step_reverse(self):
        invoice = self._open()
        if invoice:
            self._reverse(invoice)

    def _step_unreconcile(self):
        self._some(self.invoices).line_ids.remove_move_reconcile()

    def _step_campaign(self):
        self._some(self.invoices).campaign_id = self.rng.choice((False, *self.campaigns.ids))

    def _step_order_campaign(self):
        self._some(self.orders).campaign_id = self.rng.choice((False, *self.campaigns.ids))

    def _step_lead(self):
        self.lead.campaign_id = self._some(self.campaigns)
        self._some(self.orders).opportunity_id = self.rng.choice((False, self.lead.id))

    def _step_draft(self):
        invoice = self._some(self.invoices.filtered(lambda move: move.state == "posted"))
        invoice.button_draft()
        self.rng.choice((invoice.action_post, invoice.button_cancel, lambda: None))()

    def _step_bill(self):
        self._bill([self.rng.randrange(1, 50000) / 100], [self._some(self.campaigns)], date=self._day())

    def _step_sql(self):
        """A writer beside the ORM."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET campaign_id = %s WHERE id = ANY (%s)",
            [self._some(self.campaigns).id, self._some(self.invoices).ids],
        )
        self.env.invalidate_all()

    def _step_cron(self):
        self.money._refresh(limit=self.rng.choice((1, 3, 5000)))

    def test_random_histories(self):
        """R136: kept money equals the ledger after every step, also of orders, leads, two companies and currencies."""
        steps = (
            *(self._step_invoice, self._step_orders, self._step_pay, self._step_pay, self._step_reverse),
            *(self._step_unreconcile, self._step_campaign, self._step_order_campaign, self._step_lead),
            *(self._step_draft, self._step_bill, self._step_sql, self._step_cron),
        )
        for seed in range(2):
            with self.subTest(seed=seed):
                self._start(seed)
                for first in (self._step_invoice, self._step_orders, self._step_pay):
                    first()
                for number in range(STEPS):
                    step = self.rng.choice(steps)
                    step()
                    self._same((number, step.__name__))
                self._work_off()
                self.assertFalse(self._marks())
                self.assertTrue(any(row[5] for row in self._same("worked off").values()), "money to compare")

    # === EVERY SOURCE OF A FIGURE === #

    def test_settings_and_money_entries(self):
        """R136: what hardly ever changes is marked as well: the money's entry, accounts, journals, decimals."""
        invoice = self._invoice(100, self.campaign)
        payment = self._pay(invoice, 60)
        self._work_off()
        bank = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_current")
        for statement, values in (
            ("UPDATE account_move_line SET date = '2026-03-20' WHERE move_id = %s", [payment.move_id.id]),
            ("UPDATE account_payment SET amount_company_currency_signed = 30 WHERE id = %s", [payment.id]),
            (
                "UPDATE account_journal SET default_account_id = %s WHERE id = %s",
                [bank.account_id.id, bank.journal_id.id],
            ),
            ("UPDATE res_currency SET decimal_places = 1 WHERE id = %s", [self.company.currency_id.id]),
            (
                "UPDATE account_account SET account_type = 'asset_current' WHERE id = %s",
                [invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable").account_id.id],
            ),
            ("DELETE FROM account_partial_reconcile WHERE credit_move_id = ANY (%s)", [payment.move_id.line_ids.ids]),
            ("DELETE FROM account_move WHERE id = %s", [payment.move_id.id]),
        ):  # fmt: skip
            self._marked_by(statement, values)

    def _marked_by(self, statement, values):
        """A statement of the database leaves marks, and the figures are right before and after they are worked off."""
        with self.subTest(statement=statement):
            self.env.flush_all()
            self.env.cr.execute(statement, values)
            self.env.invalidate_all()
            self.assertTrue(self._marks())
            self._same(statement)
            self._work_off()
            self._same(statement)

    def test_what_foreign_keys_change(self):
        """R136: leads, order lines, orders and campaigns deleted in the database take their money along."""
        self._start(1)
        for _number in range(3):
            self._step_orders()
        self.orders[0].write({"campaign_id": False, "opportunity_id": self.lead.id})
        self.orders[-1].write({"campaign_id": self.shared.id, "opportunity_id": False})
        for invoice in self.invoices:
            self._pay(invoice)
        self._work_off()
        for statement, values in (
            ("DELETE FROM crm_lead WHERE id = %s", [self.lead.id]),
            ("DELETE FROM sale_order_line WHERE order_id = %s", [self.orders[1].id]),
            ("DELETE FROM sale_order WHERE id = %s", [self.orders[-1].id]),
            ("UPDATE account_move SET campaign_id = %s WHERE id = ANY (%s)", [self.other.id, self.invoices.ids]),
            ("DELETE FROM utm_campaign WHERE id = %s", [self.other.id]),
        ):
            self._marked_by(statement, values)

    def test_what_does_not_matter_leaves_no_mark(self):
        """R136: a reference, a note on an order or a lead's name cost a reader nothing."""
        self._start(0)
        self._step_orders()
        self._work_off()
        self.invoices.ref = "Checked"
        self.invoices.line_ids.name = "Goods as agreed"
        self.orders.client_order_ref = "17"
        self.orders.order_line.name = "Goods as agreed"
        self.lead.name = "Big lead"
        self.assertFalse(self._marks())

    # === KEEPING === #

    def test_never_filled_and_reset(self):
        """R136: never filled, or forgotten: read live; the next run fills it."""
        self._pay(self._invoice(100, self.campaign))
        self.money._reset()
        self.assertFalse(self.money._is_kept())
        self._same("forgotten")
        self.env.cr.execute("DELETE FROM crm_campaign_money")
        self._same("and empty")
        self._work_off()
        self.assertTrue(self.money._is_kept())
        self.assertTrue(self._same("filled")[self.campaign.id, self.company.id][5])

    def test_too_many_marks_are_read_live(self):
        """R136: with more marks than it pays to look at, the table reads the ledger."""
        self._pay(self._invoice(100, self.campaign))
        with patch("odoo.addons.crm_marketing.models.crm_campaign_money.MOST", 1):
            self.assertFalse(self.money._is_kept())
            self._same()

    def test_cron_killed_midway_and_run_twice(self):
        """R136: a run that dies leaves its marks; run again, and twice, the figures are the ledger's."""
        for amount in (100, 200, 300):
            self._pay(self._invoice(amount, self.campaign), amount / 2)
        marks = self._marks()
        self.assertGreater(len(marks), 3)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.money._refresh(limit=2)
            raise ZeroDivisionError
        self.assertEqual(self._marks(), marks)
        self._same("killed")
        with self.enter_registry_test_mode():
            cron = self.env.ref("crm_marketing.ir_cron_campaign_money")
            for _run in range(2):
                self.assertIs(cron.method_direct_trigger(), True)
                self.assertFalse(self._marks())
                self._same("cron")

    # === OTHERS === #

    def test_one_mark_a_statement_and_none_without_the_addon(self):
        """A statement leaves one mark for an entry, whatever its lines; the addon takes its triggers along."""
        invoice = self._invoice(100, self.campaign)
        self._work_off()
        self.env.cr.execute("UPDATE account_move_line SET date = date + 1 WHERE move_id = %s", [invoice.id])
        self.assertGreater(self.env.cr.rowcount, 1)
        self.env.cr.execute("SELECT COUNT(*) FROM crm_campaign_mark WHERE move_id = %s", [invoice.id])
        self.assertEqual(self.env.cr.fetchone(), (1,))
        self.env.invalidate_all()
        self._work_off()
        uninstall_hook(self.env)
        self._pay(self._invoice(100, self.campaign))
        self.assertFalse(self._marks())
        self.env.cr.execute("SELECT COUNT(*) FROM pg_proc WHERE proname = ANY (%s)", [campaign_mark.functions()])
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_who_reads_the_kept_money(self):
        """R136: readers of the table of campaigns, in their company; nobody writes it."""
        self._pay(self._invoice(100, self.shared))
        self._pay(self._invoice(50, self.shared, company=self.company_2), company_id=self.company_2.id)
        self._work_off()
        domain = [("campaign_id", "=", self.shared.id)]
        for user, company in ((self.marketer, self.company), (self.stranger, self.company_2)):
            rows = self.money.with_user(user).search(domain)
            self.assertEqual(rows.company_id, company)
            self.assertFalse(rows.has_access("write"))
        self.assertFalse(self.money.with_user(self.worker).has_access("read"))
