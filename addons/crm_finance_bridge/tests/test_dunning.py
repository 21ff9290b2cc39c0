"""Reminders to overdue customers: who gets one, what is in it, and what a second run does."""

import datetime
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import crm_dunning_run_send
from .dunning_common import TODAY, DunningCommon

DAY = datetime.timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestDunning(DunningCommon):
    def test_one_letter_with_all_lines_and_nothing_new_on_a_second_run(self):
        """One letter a customer with every overdue invoice; the same run again finds nothing."""
        first = self._invoice(100.0, due="2026-02-01")
        second = self._invoice(50.0, due="2026-03-01")
        fresh = self._invoice(30.0, due="2026-03-08")
        self._invoice(900.0, due="2026-04-01")
        run = self._sent()
        letter = self._letter(run)
        self.assertEqual(letter.line_ids.move_id, first + second + fresh)
        self.assertEqual((letter.amount, letter.level_id, letter.state), (180.0, self.levels[0], "sent"))
        self.assertEqual(letter.line_ids.filtered("advances").move_id, first + second)
        self.assertEqual(letter.mail_id.state, "outgoing")
        self.assertIn(first.name, letter.mail_id.body_html)
        self.assertEqual(letter.mail_id.recipient_ids, self.customer)
        self.assertEqual(run.state, "done")
        again = self._sent()
        self.assertFalse(again.letter_ids)
        states = {move_id: row["state"] for move_id, row in self._status().items()}
        self.assertEqual([states[move.id] for move in first + second], ["pause", "waiting"])

    def test_missed_days_are_caught_up_one_level_at_a_time(self):
        """A debt of 68 days that nobody reminded of gets level 1, 2, 3 with the days between, and no more."""
        self._invoice(100.0, due="2026-01-01")
        levels, day = [], TODAY
        while day < TODAY + 40 * DAY:
            with freeze_time(f"{day} 10:00:00"):
                levels += [(letter.rank, (day - TODAY).days) for letter in self._sent(day).letter_ids]
            day += DAY
        self.assertEqual(levels, [(1, 0), (2, 7), (3, 14)])
        self.assertEqual([*self._status(day).values()][0]["state"], "final")

    def test_what_keeps_a_line_out(self):
        """Covered, excluded and blocked lines are in no letter, each with its reason."""
        covered = self._invoice(70.0, due="2026-01-05")
        self._invoice(100.0, due="2026-01-01")
        excluded = self._invoice(40.0, due="2026-01-01")
        excluded.no_followup = True
        blocked = self._invoice(45.0, due="2026-01-01")
        blocked.action_toggle_block_payment()
        self._receipt(70.0)
        letter = self._letter(self._sent())
        self.assertEqual(letter.line_ids.mapped("amount"), [100.0])
        states = {move_id: row["state"] for move_id, row in self._status().items()}
        self.assertEqual([states[move.id] for move in covered + excluded + blocked], ["covered", "excluded", "blocked"])

    def test_a_receipt_covers_the_oldest_first(self):
        """A receipt of no invoice's amount covers the oldest; what is left of the next is claimed."""
        self._invoice(100.0, due="2026-01-01")
        later = self._invoice(80.0, due="2026-02-01")
        self._receipt(130.0)
        letter = self._letter(self._sent())
        self.assertEqual([(line.move_id, line.amount) for line in letter.line_ids], [(later, 50.0)])

    def test_opening_entries_wait_until_they_are_included(self):
        """An opening entry is left out as Odoo flags it, and in the letter once it is included."""
        receivable = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "date": "2026-01-01",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": receivable.id, "debit": 500.0, "partner_id": self.customer.id}),
                    Command.create({"account_id": self.company_data["default_account_revenue"].id, "credit": 500.0}),
                ],
            }
        )
        entry.action_post()
        self.assertFalse(self._run().letter_ids)
        self.env["crm.dunning.run"].search([]).action_cancel()
        row = self.env["crm.dunning.status"].with_user(self.biller).search([("move_id", "=", entry.id)])
        self.assertEqual(row.state, "excluded")
        self.assertIn("journal entry", row.why)
        row.action_include()
        letter = self._letter(self._sent())
        self.assertEqual((letter.line_ids.move_id, letter.amount), (entry, 500.0))

    def test_paid_between_preview_and_sending(self):
        """What is paid after the preview leaves the letter; a letter with nothing left is not sent."""
        first = self._invoice(100.0, due="2026-01-01")
        second = self._invoice(60.0, due="2026-01-01")
        other = self._customer("Other Tools", email="other@tools.test")
        single = self._invoice(20.0, due="2026-01-01", partner=other)
        run = self._run()
        self._pay(first + single, 120.0, date="2026-03-09")
        self._send(run)
        letter = self._letter(run)
        self.assertEqual((letter.line_ids.move_id, letter.amount), (second, 60.0))
        gone = run.letter_ids.filtered(lambda one: one.partner_id == other)
        self.assertEqual((gone.state, bool(gone.mail_id)), ("cancelled", False))

    def test_a_killed_run_goes_on_and_sends_each_letter_once(self):
        """Killed after the first batch, the run is taken up and no letter leaves twice."""
        customers = [self._customer(f"Debtor {number}", email=f"d{number}@late.test") for number in range(7)]
        for customer in customers:
            self._invoice(100.0, due="2026-01-01", partner=customer)
        run = self._run()
        run.state = "sending"
        now = fields.Datetime.now()
        with patch.object(crm_dunning_run_send, "BATCH", 3):
            run._send(now, 3)
            self.assertEqual(run.letter_ids.mapped("state").count("sent"), 3)
            run._process_send(now)
            run._process_send(now)
        self.assertEqual(run.state, "done")
        mails = self.env["mail.mail"].search(
            [("model", "=", "crm.dunning.letter"), ("res_id", "in", run.letter_ids.ids)]
        )
        self.assertEqual(len(mails), 7)
        self.assertEqual(sorted(mails.mapped("res_id")), sorted(run.letter_ids.ids))

    def test_sending_needs_a_handful_of_queries(self):
        """Ten letters cost few more queries than hundred times their tenth."""
        counts = []
        for number in (2, 20):
            for index in range(number):
                customer = self._customer(f"Batch {number}-{index}", email=f"b{number}-{index}@late.test")
                self._invoice(100.0, due="2026-01-01", partner=customer)
            run = self._run()
            run.state = "sending"
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            run._send(fields.Datetime.now())
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            run._close()
        self.assertLess(counts[1] - counts[0], 18 * 8)

    def test_failed_mail_surfaces_and_is_sent_again(self):
        """A letter whose mail fails says so; it is sent again to the address that was put right."""
        self._invoice(100.0, due="2026-01-01")
        letter = self._letter(self._sent())
        with (
            patch.object(type(self.env["ir.mail_server"]), "send_email", side_effect=AssertionError("no such host")),
            patch.object(type(self.env["ir.mail_server"]), "_disable_send", lambda self: False),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            letter.mail_id.send()
        self.assertEqual(letter.state, "failed")
        self.assertTrue(letter.reason)
        with self.env.cr.savepoint() as savepoint:
            letter.mail_id.sudo()._postprocess_sent_message(self.customer.ids, [])
            self.assertEqual((letter.state, letter.reason), ("sent", False), "it left at a later try")
            with self.assertRaisesRegex(UserError, "Only failed letters"):
                letter.with_user(self.biller).action_resend()
            savepoint.rollback()
        self.env.invalidate_all()
        self.customer.email = "right@riverside.test"
        letter.with_user(self.biller).action_resend()
        self.assertEqual(
            (letter.state, letter.email, letter.mail_id.state), ("sent", "right@riverside.test", "outgoing")
        )

    def test_a_text_that_cannot_be_rendered_fails_its_letter_only(self):
        """A broken text fails the letters of its level; the run ends, and they go out once it is mended."""
        self._invoice(100.0, due="2026-01-01")
        body = self.template.body_html
        self.template.body_html = "<p t-out='object.no_such_field'/>"
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            run = self._sent()
        letter = self._letter(run)
        self.assertEqual((run.state, letter.state), ("done", "failed"))
        self.template.body_html = body
        letter.action_resend()
        self.assertEqual(letter.state, "sent")

    def test_without_an_address_the_letter_is_printed(self):
        """A customer without e-mail gets paper, which waits until it is printed."""
        self.customer.email = False
        self._invoice(100.0, due="2026-01-01")
        letter = self._letter(self._sent())
        self.assertEqual((letter.channel, letter.no_email, letter.state), ("letter", True, "todo"))
        html = self.env["ir.actions.report"]._render_qweb_html("crm_finance_bridge.report_dunning", letter.ids)[0]
        self.assertIn(letter.line_ids.move_id.name, html.decode())
        letter.with_user(self.biller).action_print()
        self.assertEqual(letter.state, "sent")

    def test_calls_go_to_somebody(self):
        """A level by telephone is an activity of the one who calls, done when the call is."""
        self.levels[0].write({"channel": "call", "user_id": self.biller.id})
        self._invoice(100.0, due="2026-01-01")
        letter = self._letter(self._sent())
        self.assertEqual((letter.state, letter.activity_ids.user_id), ("todo", self.biller))
        letter.with_user(self.biller).action_done()
        self.assertEqual((letter.state, bool(letter.activity_ids)), ("sent", False))

    def test_fee_and_interest_on_demand(self):
        """The second level's fee and interest become one draft invoice, once, and interest is not asked twice."""
        self._invoice(1000.0, due="2026-01-01")
        self._sent(TODAY - 10 * DAY)
        letter = self._letter(self._sent())
        # 68 days at 9 % a year on 1,000.00
        self.assertEqual((letter.rank, letter.fee, letter.interest), (2, 12.5, 16.77))
        letter.with_user(self.biller).action_charge()
        move = letter.charge_move_id
        self.assertEqual((move.state, move.amount_total, move.partner_id), ("draft", 29.27, self.customer))
        with self.assertRaises(UserError):
            letter.action_charge()
        self.levels[2].interest_rate = 9.0
        with freeze_time("2026-03-20 10:00:00"):
            third = self._letter(self._run(TODAY + 10 * DAY))
        # 78 days make 19.23, less 16.77 charged
        self.assertEqual((third.rank, third.interest), (3, 2.46))

    def test_held_out_customers_get_the_letter_later(self):
        """A share is held out for some days, gets its letter then, and is compared with the others."""
        self.strategy.write({"holdout_share": 50.0, "holdout_days": 5})
        customers = self.env["res.partner"]
        for number in range(24):
            customers |= self._customer(f"Arm {number}", email=f"arm{number}@late.test")
        for customer in customers:
            self._invoice(100.0, due="2026-01-20", partner=customer)
        run = self._sent()
        held = run.letter_ids.filtered(lambda letter: letter.state == "held")
        self.assertIn(len(held), range(4, 21))
        self.assertEqual(len(run.letter_ids.mail_id), 24 - len(held))
        with freeze_time("2026-03-14 10:00:00"):
            self.assertFalse(self._sent(TODAY + 4 * DAY).letter_ids)
        paying = (run.letter_ids - held).partner_id
        for invoice in self.env["account.move"].search([("partner_id", "in", paying.ids)]):
            self._pay(invoice, 100.0, date="2026-03-12")
        with freeze_time("2026-03-15 10:00:00"):
            late = self._sent(TODAY + 5 * DAY)
            self.assertEqual(late.letter_ids.partner_id, held.partner_id)
            self.assertEqual(set(late.letter_ids.mapped("state")), {"sent"})
        with freeze_time("2026-03-30 10:00:00"):
            self.env.invalidate_all()
            level = self.levels[0]
            self.assertEqual((level.sent_count, level.held_count), (24 - len(held), len(held)))
            self.assertEqual((level.sent_rate, level.held_rate, level.days_to_cash), (100.0, 0.0, 2.0))
            self.assertEqual(level.sent_collected, 100.0 * (24 - len(held)))
            self.assertIn(level.effect_state, ("better", "not_enough"))
            arms = self.env["crm.dunning.result"].search([("letter_id", "in", late.letter_ids.ids)]).mapped("arm")
            self.assertEqual(set(arms), {"late"})

    def test_rights(self):
        """An accountant runs, a salesperson sees letters of own customers only and sends nothing."""
        other = self._customer("Foreign", email="f@late.test", user_id=self.other_salesman.id)
        self._invoice(100.0, due="2026-01-01")
        self._invoice(100.0, due="2026-01-01", partner=other)
        run = self.env["crm.dunning.run"].with_user(self.biller).create({})
        run.action_prepare()
        run.action_send()
        self.assertEqual((run.state, run.sent_count), ("done", 2))
        Letter = self.Letter.with_user(self.salesman)
        self.assertEqual(Letter.search([]).partner_id, self.customer)
        with self.assertRaises(AccessError):
            Letter.search([]).write({"state": "draft"})
        with self.assertRaises(AccessError):
            run.with_user(self.salesman).action_prepare()

    def test_strategies_do_not_overlap(self):
        """One strategy for all others; a customer is named once; without levels nobody is reminded."""
        with self.assertRaises(ValidationError):
            self.strategy.copy({"name": "x"}).partner_ids = self.env["res.partner"].create(
                {"name": "Contact", "parent_id": self.customer.id}
            )
        silent = self.env["crm.dunning.strategy"].create(
            {"name": "Nobody", "applies_to": "named", "partner_ids": [Command.set(self.customer.ids)]}
        )
        self._invoice(100.0, due="2026-01-01")
        self.assertFalse(self._run().letter_ids)
        self.assertEqual([*self._status().values()][0]["state"], "none")
        with self.assertRaises(ValidationError):
            self.strategy.partner_ids = self.customer
        silent.active = False
        self.assertEqual([*self._status().values()][0]["state"], "due")
