import contextlib
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, tagged

JOB = "test.job"


@tagged("post_install", "-at_install")
class TestCronTurn(TransactionCase):
    """Scheduled jobs that work through companies are fair: out of time or killed, the next run goes on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.companies = cls.env["res.company"].create([{"name": f"Books {letter}"} for letter in "ABC"])
        cls.one, cls.two, cls.three = cls.companies

    def _time(self, most):
        """The next runs have time for `most` records."""
        left = []

        def progress(_self, processed=0, remaining=None, **_kwargs):
            if remaining is not None:
                left[:] = [most]
            left[0] -= processed
            return 60.0 if left[0] > 0 else 0

        return patch.object(type(self.env["ir.cron"]), "_commit_progress", progress)

    def _run(self, most, fails=()):
        done = self.env["res.company"]
        with self._time(most), contextlib.suppress(ValueError):
            for company in self.env["crm.cron.turn"]._each(JOB, self.companies):
                if company in fails:
                    raise ValueError("killed")
                done += company
        return list(done)

    def test_out_of_time(self):
        """The next run does the others, then everybody's turn comes again."""
        self.assertEqual(self._run(1), [self.one])
        self.assertEqual(self._run(1), [self.two])
        self.assertEqual(self._run(5), [self.three], "what is done is not done twice")
        self.assertEqual(self._run(2), [self.one, self.two])
        self.assertEqual(self._run(5), [self.three])
        self.assertEqual(self._run(5), [self.one, self.two, self.three])

    def test_killed(self):
        """What was at work when the job was killed is done by the next run, after those who still wait."""
        self.assertEqual(self._run(5, fails=self.two), [self.one])
        self.assertEqual(self._run(5), [self.three, self.two])
        self.assertEqual(self._run(5), [self.one, self.three, self.two])

    def test_one_that_always_fails_starves_nobody(self):
        done = []
        for _night in range(4):
            done += self._run(5, fails=self.one)
        self.assertGreaterEqual(done.count(self.two), 3)
        self.assertGreaterEqual(done.count(self.three), 3)

    def test_the_next_night_is_a_round_of_its_own(self):
        """What a night left comes first in the next, which does all the others too; a new company is one of them."""
        self._run(1)
        past = fields.Datetime.now() - timedelta(hours=20)
        self.env["crm.cron.turn"].search([("job", "=", JOB)]).date = past
        new = self.env["res.company"].create({"name": "Books D"})
        self.companies += new
        self.assertEqual(self._run(9), [self.two, self.three, new, self.one])

    def test_job(self):
        """The weekly freeze of forecasts reaches every company, one a run."""
        Forecast, done = self.env["crm.forecast"], []
        self.patch(type(Forecast), "_freeze", lambda _self, company, _day: done.append(company))
        self.patch(type(self.env["crm.forecast.line"]), "_settle", lambda *_args: None)
        companies = self.env["res.company"].search([])
        with self._time(1):
            for _run in companies:
                Forecast._cron_freeze()
        self.assertEqual(set(done), set(companies))
        self.assertEqual(len(done), len(companies))
