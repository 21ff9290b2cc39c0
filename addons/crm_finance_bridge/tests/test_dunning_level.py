import datetime

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.dunning import held_out
from .dunning_common import TODAY, DunningCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestDunningLevel(DunningCommon):
    """The invoice that reached the highest level is paid between preview and sending."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.levels[1].write({"name": "LAST", "days": 14, "fee": 25.0, "delivery_stop": True, "credit_stop": True})

    def _preview(self, partner=None):
        """A run with a letter of level 2 over 700; the invoice that reached it; the younger one at level 1."""
        partner = partner or self.customer
        old = self._invoice(500.0, due="2026-02-08", partner=partner)
        with freeze_time("2026-02-25 10:00:00"):
            self._sent(TODAY - datetime.timedelta(days=13))
        young = self._invoice(200.0, due="2026-03-02", partner=partner)
        return old, young

    def _paid(self, old):
        run = self._run()
        letter = run.letter_ids.filtered(lambda one: old in one.line_ids.move_id)
        self.assertEqual((letter.rank, letter.amount, letter.fee), (2, 700.0, 25.0))
        self._pay(old, 500.0, date="2026-03-10")
        self._send(run)
        return letter

    def test_what_is_left_takes_its_own_level(self):
        """The letter falls back to level 1: no fee, no stop, nothing to charge; level 2 comes in its time."""
        old, young = self._preview()
        letter = self._paid(old)
        self.assertEqual((letter.state, letter.line_ids.move_id, letter.amount), ("sent", young, 200.0))
        self.assertEqual((letter.level_id, letter.rank, letter.fee, letter.stopped), (self.levels[0], 1, 0.0, False))
        self.assertNotIn("LAST", letter.mail_id.subject + letter.mail_id.body_html)
        self.assertFalse(self.env["crm.credit.limit"].search([("partner_id", "=", self.customer.id)]).stop)
        with self.assertRaisesRegex(UserError, "no fee or interest"):
            letter.with_user(self.biller).action_charge()
        with freeze_time("2026-03-20 10:00:00"):
            later = self._letter(self._sent(TODAY + datetime.timedelta(days=10)))
        self.assertEqual((later.rank, later.fee, later.line_ids.move_id), (2, 25.0, young))

    def test_channel_and_person_of_the_lower_level(self):
        """Who does it and by which channel is the lower level's, too."""
        old, _young = self._preview()
        self.levels[0].write({"channel": "call", "user_id": self.finance.id})
        letter = self._paid(old)
        self.assertEqual((letter.channel, letter.state, letter.user_id), ("call", "todo", self.finance))
        self.assertEqual((letter.activity_ids.user_id, letter.mail_id.id), (self.finance, False))

    def test_held_out_of_the_lower_level(self):
        """Who is held out of the lower level waits, though the higher one would have been sent."""
        for number in range(60):
            partner = self._customer(f"Arm {number}", email=f"arm{number}@late.test")
            if held_out(partner.id, 1, 50.0) and not held_out(partner.id, 2, 50.0):
                break
        old, _young = self._preview(partner)
        self.strategy.write({"holdout_share": 50.0, "holdout_days": 5})
        letter = self._paid(old)
        self.assertEqual((letter.state, letter.rank, bool(letter.mail_id)), ("held", 1, False))
        self.assertEqual(letter.held_until, TODAY + datetime.timedelta(days=5))

    def test_below_the_smallest_amount(self):
        """What is left below the smallest amount is not asked for."""
        old, _young = self._preview()
        self.strategy.minimum_amount = 300.0
        letter = self._paid(old)
        self.assertEqual((letter.state, letter.line_ids.filtered("advances").ids), ("cancelled", []))
