"""Two accountants at one receipt, and at two receipts of one invoice, in real transactions of their own."""

from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.fields import Command
from odoo.tests import tagged

NUMBER = "PARALLEL/2026/00077"


@tagged("post_install", "-at_install")
class TestReceiptParallel(ParallelCase):
    """Commits its own invoice and receipts, and removes them whatever happens."""

    def _books(self, receipts):
        """An invoice of 100 and receipts of 100 that name it, all committed: (ids, ids of the live matches)."""

        def make(env):
            company = env.company
            journal = env["account.journal"].search(
                [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
            )
            receivable = env["account.account"].search(
                [("account_type", "=", "asset_receivable"), ("company_ids", "in", company.ids)], limit=1
            )
            income = env["account.account"].search(
                [("account_type", "=", "income"), ("company_ids", "in", company.ids)], limit=1
            )
            partner = env["res.partner"].create({"name": "Parallel payer", "is_company": True})

            def entry(amount, name):
                line = {"account_id": receivable.id, "partner_id": partner.id, "name": name, "balance": amount}
                values = {"journal_id": journal.id, "date": "2026-02-01", "ref": name}
                values["line_ids"] = [
                    Command.create(line),
                    Command.create({"account_id": income.id, "balance": -amount, "name": name}),
                ]
                return env["account.move"].create(values)

            moves = entry(100.0, NUMBER)
            for _number in range(receipts):
                moves |= entry(-100.0, f"pays {NUMBER}")
            moves.action_post()
            env["crm.receipt.ledger"]._refresh(company)
            lines = moves.line_ids.filtered(lambda line: line.account_id == receivable)
            matches = env["crm.receipt.match"].search([("move_line_id", "in", lines.ids)])
            return {"moves": moves.ids, "partner": partner.id, "invoice": lines[0].id, "matches": matches.ids}

        made = self._commit(make)
        self.addCleanup(self._commit, lambda env: self._remove(env, made))
        return made

    def _remove(self, env, made):
        moves = env["account.move"].browse(made["moves"])
        moves.line_ids.remove_move_reconcile()
        env.cr.execute("DELETE FROM crm_receipt_match WHERE id = ANY(%s)", [made["matches"]])
        env.cr.execute("DELETE FROM crm_receipt_match WHERE move_line_id = ANY(%s)", [moves.line_ids.ids])
        moves.button_draft()
        moves.with_context(force_delete=True).unlink()
        env["res.partner"].browse(made["partner"]).unlink()

    def _settled(self, invoice_line):
        def read(env):
            line = env["account.move.line"].browse(invoice_line)
            return line.amount_residual, sum(line.matched_credit_ids.mapped("amount"))

        return self._commit(read)

    def test_two_users_at_one_receipt(self):
        """R166: one of two accountants matches the receipt, the other is told that it is decided."""
        made = self._books(1)
        acts = [lambda env: env["crm.receipt.match"].browse(made["matches"]).action_accept()] * 2
        outcomes = sorted(self._at_once(acts))
        self.assertEqual([outcome.state for outcome in outcomes], ["done", "refused"])
        self.assertIn("decided on already", outcomes[1].message)
        self.assertEqual(self._settled(made["invoice"]), (0.0, 100.0))

    def test_two_receipts_of_one_invoice(self):
        """R166: two receipts accepted at once for one invoice never settle it twice."""
        made = self._books(2)
        self.assertEqual(len(made["matches"]), 2)
        acts = [
            lambda env, number=number: env["crm.receipt.match"].browse(number).accept_with([made["invoice"]])
            for number in made["matches"]
        ]
        outcomes = sorted(self._at_once(acts))
        self.assertEqual([outcome.state for outcome in outcomes], ["done", "refused"], outcomes)
        self.assertEqual(self._settled(made["invoice"]), (0.0, 100.0))
