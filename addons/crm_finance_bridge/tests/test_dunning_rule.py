"""The reminder rule in SQL beside the same rule in Python, and the records around it."""

import datetime
import random
from decimal import Decimal

from freezegun import freeze_time
from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools import dunning
from .dunning_common import TODAY, DunningCommon

DAY = datetime.timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestDunningRule(DunningCommon):
    def _item(self, move):
        return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def _promise(self, move, amount, day):
        return self.env["crm.payment.promise"].create(
            {
                "partner_id": self.customer.id,
                "date": day,
                "line_ids": [Command.create({"move_line_id": self._item(move).id, "amount": amount})],
            }
        )

    def test_equal_to_brute_force_on_a_random_ledger(self):
        """Cover, levels and amounts of random invoices, credit notes and receipts equal the rule in Python."""
        dice = random.Random(7)
        cutoffs = [dunning.latest_due(TODAY, level.days) for level in self.levels]
        for number in range(6):
            partner = self._customer(f"Random {number}", email=f"r{number}@late.test")
            debts, money = [], []
            for _invoice in range(dice.randint(2, 5)):
                amount, due = dice.choice([50.0, 80.0, 120.0]), TODAY - DAY * dice.randint(-20, 60)
                move = self._invoice(amount, "2026-01-01", due, partner=partner)
                if dice.random() < 0.2:
                    move.no_followup = True
                    continue
                debts.append(dunning.Debt(self._item(move).id, due, Decimal(str(amount))))
            for _receipt in range(dice.randint(0, 2)):
                amount = dice.choice([30.0, 50.0, 80.0, 200.0])
                self._receipt(amount, partner=partner)
                money.append(Decimal(str(amount)))
            if dice.random() < 0.5:
                self._invoice(20.0, partner=partner, move_type="out_refund")
                money.append(Decimal(20))
            left = dunning.uncovered(debts, money)
            ranks = {debt.key: dunning.next_rank(debt.due, 0, cutoffs) for debt in debts}
            wanted = {
                debt.key: (left[debt.key], bool(left[debt.key] and ranks[debt.key]))
                for debt in debts
                if debt.due < TODAY
            }
            rows = [row for row in self._status(partner=partner).values() if row["bar"] is None]
            found = {row["id"]: (row["claim"], row["advances"]) for row in rows}
            self.assertEqual(found, wanted, partner.name)

    def test_the_share_held_out_is_the_same_in_sql(self):
        """SQL and Python hold out the same customers."""
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT number, %s < 12.5 * 100 AS held FROM generate_series(1, 500) number ORDER BY number",
                self.env["crm.dunning.run"]._hold_hash(SQL("number"), SQL("2")),
            )
        )
        self.assertEqual([row["held"] for row in rows], [dunning.held_out(number, 2, 12.5) for number in range(1, 501)])

    def test_promised_and_disputed_lines_stay_out(self):
        """No letter for what is promised or disputed, until the promise is broken or the dispute is over."""
        promised = self._invoice(100.0, due="2026-01-01")
        disputed = self._invoice(200.0, due="2026-01-01")
        self._promise(promised, 100.0, "2026-03-20")
        dispute = self.env["crm.dispute"].create(
            {
                "partner_id": self.customer.id,
                "cause_id": self.env.ref("crm_finance_bridge.crm_dispute_cause_price_list").id,
                "line_ids": [Command.create({"move_line_id": self._item(disputed).id, "amount": 20.0})],
            }
        )
        self.assertFalse(self._sent().letter_ids)
        states = {move_id: row["state"] for move_id, row in self._status().items()}
        self.assertEqual((states[promised.id], states[disputed.id]), ("promised", "disputed"))
        preview = self._invoice(70.0, due="2026-01-01")
        run = self._run()
        self._promise(preview, 70.0, "2026-03-20")
        self._send(run)
        self.assertEqual(run.letter_ids.mapped("state"), ["cancelled"])
        dispute.action_cancel()
        with freeze_time("2026-04-20 10:00:00"):
            self.env["crm.payment.promise"]._process_due(fields.Date.to_date("2026-04-20"))
            letter = self._letter(self._sent(fields.Date.to_date("2026-04-20")))
        self.assertEqual(letter.line_ids.move_id, promised + disputed + preview)

    def test_working_days(self):
        """A level in working days waits over the weekend and sends nothing on a day off."""
        self.levels[0].write({"working_days": True, "days": 3})
        due = fields.Date.to_date("2026-03-05")  # a Thursday
        invoice = self._invoice(100.0, due=due)
        states = [(due + DAY * step, self._status(due + DAY * step)[invoice.id]["state"]) for step in range(1, 7)]
        self.assertEqual([day for day, state in states if state == "due"], [due + 5 * DAY, due + 6 * DAY])

    def test_strategy_by_class_and_by_name(self):
        """A customer of class A follows the strategy of its class, one that is named its own."""
        named = self._customer("Named", email="named@late.test")
        Strategy = self.env["crm.dunning.strategy"]
        rows = {"level_ids": [Command.create({"name": "x", "days": 60, "template_id": self.template.id})]}
        best = Strategy.create({"name": "Best", "applies_to": "a", **rows})
        own = Strategy.create({"name": "Own", "applies_to": "named", "partner_ids": named.ids, **rows})
        month = self.env["crm.company.scorecard"].sudo().create({"company_id": self.company.id, "period": "2026-02-01"})
        card = {"month_id": month.id, "company_id": self.company.id, "period": "2026-02-01", "date": "2026-02-28"}
        self.env["crm.scorecard"].sudo().create(
            [dict(card, partner_id=partner.id, customer_class="a", is_latest=True) for partner in self.customer + named]
        )
        for partner, strategy in ((self.customer, best), (named, own), (self._customer("Else"), self.strategy)):
            self._invoice(100.0, due="2026-02-01", partner=partner)
            [row] = self._status(partner=partner).values()
            self.assertEqual(row["strategy_id"], strategy.id)

    def test_standard_levels_in_the_languages_of_customers(self):
        """The subject of a letter is its level: the standard ones are named in each language, also a later one."""
        old = self.env["res.company"].create({"name": "Before the language"})
        self.env["crm.dunning.strategy"].search([("company_id", "=", old.id)]).level_ids[-1].name = "My own"
        self.patch(self.registry["ir.module.module"], "_update_translations", lambda *_args, **_kwargs: None)
        chinese = self.env["res.lang"].with_context(active_test=False).search([("code", "=", "zh_CN")])
        self.env["base.language.install"].create({"lang_ids": [Command.set(chinese.ids)]}).lang_install()
        by_chinese = self.env(context=dict(self.env.context, lang="zh_CN"))
        new = by_chinese["res.company"].create({"name": "After the language"})
        for company, last in ((old, ("My own", "My own")), (new, ("Call", "电话"))):
            strategy = self.env["crm.dunning.strategy"].search([("company_id", "=", company.id)])
            for code, index, first in (("en_US", 0, "Friendly reminder"), ("zh_CN", 1, "友好提醒")):
                levels = strategy.level_ids.sorted("days").with_context(lang=code)
                self.assertEqual((levels[0].name, levels[-1].name), (first, last[index]), (company.name, code))

    def test_foreign_currency_and_other_company(self):
        """Amounts are the company's currency; another company's invoices are none of this one's business."""
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        self._invoice(100.0, due="2026-01-01", currency_id=currency.id)
        other = self.setup_other_company()["company"]
        self.assertTrue(self.env["crm.dunning.strategy"].search([("company_id", "=", other.id)]).level_ids)
        letter = self._letter(self._sent())
        self.assertEqual((letter.amount, letter.company_id), (50.0, self.company))
        run = self.env["crm.dunning.run"].create({"company_id": other.id})
        run._prepare(TODAY)
        self.assertFalse(run.letter_ids)
        self.assertFalse(self.Letter.with_user(self.biller).with_company(self.company).search([]) - letter)

    def test_a_level_stops_the_customer_until_it_is_settled(self):
        """A level with a stop holds orders and deliveries; the money takes it off again."""
        self.levels[0].write({"credit_stop": True, "delivery_stop": True})
        invoice = self._invoice(100.0, due="2026-01-01")
        self._sent()
        terms = self.env["crm.credit.limit"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((terms.stop, "First" in terms.stop_reason), ("all", True))
        self.assertFalse(self.Letter._process_resume())
        self._pay(invoice, 100.0, date="2026-03-10")
        self.Letter._process_resume()
        self.assertFalse(terms.stop)

    def test_the_job(self):
        """The daily job prepares or sends as the company wants, once a day, and does nothing when off."""
        self._invoice(100.0, due="2026-01-01")
        Run = self.env["crm.dunning.run"]
        Run._process_prepare(TODAY)
        self.assertFalse(Run.search([("company_id", "=", self.company.id)]))
        self.company.crm_dunning_mode = "preview"
        Run._process_prepare(TODAY)
        Run._process_prepare(TODAY)
        run = Run.search([("company_id", "=", self.company.id)])
        self.assertEqual((len(run), run.state, run.letter_count), (1, "draft", 1))
        self.assertEqual(run.activity_ids.user_id, self.finance)
        self.company.crm_dunning_mode = "send"
        with freeze_time("2026-03-11 10:00:00"):
            Run._process_prepare(TODAY + DAY)
            Run._process_send(fields.Datetime.now())
        self.assertEqual(run.state, "cancelled")
        sent = Run.search([("company_id", "=", self.company.id)]) - run
        self.assertEqual((sent.state, sent.sent_count), ("done", 1))

    def test_where_a_letter_is_seen(self):
        """A letter is on the customer's timeline, on customer and invoice, and counts as a contact."""
        invoice = self._invoice(100.0, due="2026-01-01")
        letter = self._letter(self._sent())
        event = self.env["crm.customer.event"].search([("kind", "=", "dunning")])
        self.assertEqual((event.partner_id, event.amount, event.name), (self.customer, 100.0, "First"))
        self.assertEqual((self.customer.crm_dunning_count, invoice.crm_dunning_count), (1, 1))
        since = datetime.datetime(2026, 3, 1)
        parts = self.env["crm.consent"]._contact_parts(self.company, since)
        self.assertEqual([row[0] for row in self.env.execute_query(parts[-1])], [self.customer.id])
        [(_title, lines)] = [
            section for section in self.customer.sudo()._crm_person_sections() if section[0] == "Reminders"
        ]
        self.assertEqual(len(lines), 1)
        self.assertTrue(self.customer.sudo()._crm_erase_more())
        self.assertFalse(letter.email or letter.contact_id)
