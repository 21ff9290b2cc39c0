"""Two users who log a promise on one invoice at the same time, in real transactions of their own."""

from datetime import timedelta

from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL


@tagged("post_install", "-at_install")
class TestPromiseParallel(ParallelCase):
    """Commits its own receivable, and removes it whatever happens."""

    def _receivable(self):
        def make(env):
            company = env.company
            journal = env["account.journal"].search(
                [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
            )
            accounts = [
                env["account.account"].search(
                    [("account_type", "=", kind), ("company_ids", "in", company.ids)], limit=1
                )
                for kind in ("asset_receivable", "income")
            ]
            partner = env["res.partner"].create({"name": "Parallel debtor", "is_company": True})
            move = env["account.move"].create(
                {
                    "journal_id": journal.id,
                    "date": "2026-02-01",
                    "line_ids": [
                        Command.create({"account_id": accounts[0].id, "partner_id": partner.id, "balance": 100.0}),
                        Command.create({"account_id": accounts[1].id, "balance": -100.0}),
                    ],
                }
            )
            move.action_post()
            return move.id, partner.id

        move_id, partner_id = self._commit(make)
        self.addCleanup(self._commit, lambda env: self._remove(env, move_id, partner_id))
        return partner_id

    def _remove(self, env, move_id, partner_id):
        for table in ("crm_payment_promise", "crm_collection_call", "crm_collection_task", "crm_contact_log"):
            env.cr.execute(SQL("DELETE FROM %s WHERE partner_id = %s", SQL.identifier(table), partner_id))
        move = env["account.move"].browse(move_id)
        move.button_draft()
        move.with_context(force_delete=True).unlink()
        env["res.partner"].browse(partner_id).unlink()

    def test_no_more_is_promised_than_is_open(self):
        """Of three promises of 60 on 100 at once, one is logged and the others are told what is left."""
        partner_id = self._receivable()

        def promise(env):
            day = env.company._crm_credit_today() + timedelta(days=5)
            env["crm.payment.promise"].create({"partner_id": partner_id, "amount": 60.0, "date": day})

        outcomes = self._at_once([promise] * 3)
        self.assertEqual(sorted(outcome.state for outcome in outcomes), ["done", "refused", "refused"])
        self.assertIn("40.00 is open and not promised", next(item.message for item in outcomes if item.message))
