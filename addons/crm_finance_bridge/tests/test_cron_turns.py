from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

JOBS = [
    ("crm.payment.score", "_cron_refresh", "_process_night"),
    ("crm.collection.task", "_cron_refresh", "_refresh"),
    ("crm.credit.proposal", "_cron_propose", "_process_proposals"),
    ("crm.lifetime.model", "_cron_run", "_run"),
    ("crm.executive.call", "_cron_make", "_make"),
    ("crm.contact.preference", "_cron_learn", "_learn"),
    ("crm.contact.habit", "_cron_learn", "_learn"),
    ("crm.attribution", "_cron_attribute", "_process_company"),
    ("crm.rfm.score", "_cron_run", "_run"),
    ("crm.follow.rule", "_cron_run", "_process"),
]


@tagged("post_install", "-at_install")
class TestCronTurns(TransactionCase):
    """R200, R166: jobs that work through the companies starve none of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].create([{"name": f"Books {letter}"} for letter in "AB"])

    def _done(self, model, cron, worker, runs):
        """The companies done by so many runs that have time for one each."""
        done = []
        with (
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", lambda _self, processed=0, **_kw: 0 if processed else 60
            ),
            patch.object(type(self.env[model]), worker, lambda _self, company, *_args, **_kw: done.append(company)),
        ):
            for _run in range(runs):
                getattr(self.env[model], cron)()
        return done

    def test_every_company_has_its_turn(self):
        """Out of time after the first company, the next run does the second, and so on; nobody twice before that."""
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        runs = self.env["res.company"].search_count([])
        self.assertGreater(len(companies), 2)
        for model, cron, worker in JOBS:
            with self.subTest(model):
                done = self._done(model, cron, worker, runs)
                self.assertEqual(len(done), runs)
                self.assertLessEqual(set(companies), set(done))
