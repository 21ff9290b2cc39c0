"""The matching screen in a browser, as an accountant who may only invoice."""

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestReceiptTour(HttpCase):
    def _entry(self, amount, name, ref=""):
        company, accounts = self.env.company, self.env["account.account"]
        of_company = ("company_ids", "in", company.ids)
        receivable = accounts.search([("account_type", "=", "asset_receivable"), of_company], limit=1)
        income = accounts.search([("account_type", "=", "income"), of_company], limit=1)
        journal = self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
        )
        line = {"account_id": receivable.id, "partner_id": self.payer.id, "name": name, "balance": amount}
        move = self.env["account.move"].create(
            {
                "name": name,
                "ref": ref,
                "journal_id": journal.id,
                "date": "2026-02-01",
                "line_ids": [
                    Command.create(line),
                    Command.create({"account_id": income.id, "balance": -amount, "name": name}),
                ],
            }
        )
        move.action_post()
        return move

    def test_desk(self):
        """R166: one key accepts, one key undoes, and the accountant may choose other invoices beside the receipt."""
        if not self.env["account.account"].search_count([("company_ids", "in", self.env.company.ids)], limit=1):
            self.skipTest("no chart of accounts")
        self.payer = self.env["res.partner"].create({"name": "Tour payer", "is_company": True})
        self._entry(100.0, "MATCH/TOUR/00001")
        twins = self._entry(55.0, "MATCH/TOUR/00002") | self._entry(55.0, "MATCH/TOUR/00003")
        self._entry(-100.0, "MATCH/TOUR/00004", "pays MATCH/TOUR/00001")
        self._entry(-55.0, "MATCH/TOUR/00005", "either of two")
        new_test_user(self.env, "match_tour", groups="account.group_account_invoice")
        self.start_tour("/odoo/match-receipts", "crm_finance_bridge_matching", login="match_tour")
        receivable = twins.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertEqual(receivable.filtered("reconciled").move_id, twins[1], "the one chosen by hand")
