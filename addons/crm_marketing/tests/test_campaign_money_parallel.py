from odoo import Command
from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.tests import tagged

from .campaign_money import kept_and_live

DAY = "2026-03-01"
INVOICES = 3


@tagged("post_install", "-at_install")
class TestCampaignMoneyParallel(ParallelCase):
    """Commits its own invoices and receipts, and removes them whatever happens."""

    def setUp(self):
        super().setUp()
        self.ids = self._commit(self._prepare)
        self.addCleanup(self._commit, self._remove)

    def _account(self, env, kind):
        return env["account.account"].search(
            [("account_type", "=", kind), ("company_ids", "in", env.company.ids)], limit=1
        )

    def _prepare(self, env):
        partner = env["res.partner"].create({"name": "Parallel payer"})
        partner.property_account_receivable_id = self._account(env, "asset_receivable")
        campaign = env["utm.campaign"].create({"title": "Parallel money", "company_id": env.company.id})
        line = {"name": "Goods", "price_unit": 100, "tax_ids": [Command.clear()]}
        line["account_id"] = self._account(env, "income").id
        invoices = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "campaign_id": campaign.id,
                    "invoice_date": DAY,
                    "invoice_line_ids": [Command.create(line)],
                }
                for _ in range(INVOICES)
            ]
        )
        invoices.action_post()
        journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
        receipts = env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": journal.id,
                    "partner_id": partner.id,
                    "payment_ref": "Receipt",
                    "date": DAY,
                    "amount": 60,
                    "counterpart_account_id": partner.property_account_receivable_id.id,
                }
                for _ in range(INVOICES)
            ]
        )
        env["crm.campaign.money"]._reset()
        return {
            "partner": partner.id, "campaign": campaign.id, "invoices": invoices.ids, "receipts": receipts.ids,
        }  # fmt: skip

    def _remove(self, env):
        receipts = env["account.bank.statement.line"].browse(self.ids["receipts"])
        invoices = env["account.move"].browse(self.ids["invoices"])
        (receipts.move_id | invoices).line_ids.remove_move_reconcile()
        receipts.move_id.button_draft()
        receipts.unlink()
        invoices.button_draft()
        invoices.with_context(force_delete=True).unlink()
        env["utm.campaign"].browse(self.ids["campaign"]).unlink()
        env["res.partner"].browse(self.ids["partner"]).unlink()

    def _reconcile(self, number):
        def act(env):
            invoice = env["account.move"].browse(self.ids["invoices"][number])
            receipt = env["account.bank.statement.line"].browse(self.ids["receipts"][number])
            lines = (invoice | receipt.move_id).line_ids
            lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()

        return act

    def _collected(self):
        """Collected of the campaign as the table says, in cents, which is what the ledger says."""

        def read(env):
            kept, live = kept_and_live(env)
            self.assertEqual(kept, live)
            [row] = [row for (campaign, _company), row in kept.items() if campaign == self.ids["campaign"]]
            return row[5]

        return self._commit(read)

    def test_reconciled_while_the_cron_runs(self):
        """R136: receipts reconciled while two refreshes run, the first ones filling: nothing lost or doubled."""
        for number in range(INVOICES):

            def refresh(env):
                env["crm.campaign.money"]._refresh()

            outcomes = self._at_once([self._reconcile(number), refresh, refresh])
            self.assertEqual({outcome.state for outcome in outcomes}, {"done"}, outcomes)
            self.assertEqual(outcomes[0].tries, 1, "who posts never waits for the refresh")
            self.assertEqual(self._collected(), 6000 * (number + 1))
        self._commit(refresh)
        self.assertEqual(self._collected(), 6000 * INVOICES)
