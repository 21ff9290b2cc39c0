"""Two jobs send one run of statements at the same time, in real transactions of their own."""

from unittest.mock import patch

from odoo import fields
from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.tests import tagged
from odoo.tools import SQL

NUMBER = 12


@tagged("post_install", "-at_install")
class TestStatementParallel(ParallelCase):
    """Commits its own run and lines, and removes them whatever happens."""

    def _make(self, env):
        company = env.company.root_id
        run = env["crm.statement.run"].create(
            {"company_id": company.id, "date_from": "2019-01-01", "date": "2019-01-31", "state": "sending"}
        )
        partners = env["res.partner"].create(
            [{"name": f"Parallel {number}", "email": f"p{number}@late.test"} for number in range(NUMBER)]
        )
        env["crm.statement.run.line"].create(
            [
                {
                    "run_id": run.id,
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "kind": "open",
                    "date_from": run.date_from,
                    "date": run.date,
                }
                for partner in partners
            ]
        )
        return {"run": run.id, "partners": partners.ids}

    def _remove(self, env, made):
        lines = env["crm.statement.run"].browse(made["run"]).line_ids
        env["mail.mail"].search([("model", "=", lines._name), ("res_id", "in", lines.ids)]).unlink()
        env.flush_all()
        env.execute_query(SQL("DELETE FROM crm_statement_run WHERE id = %s RETURNING id", made["run"]))
        env.invalidate_all()
        env["res.partner"].browse(made["partners"]).unlink()

    def test_two_jobs_send_each_statement_once(self):
        """Of two jobs that send the same statements at once, one does, and no customer has two mails."""
        made = self._commit(self._make)
        self.addCleanup(self._commit, lambda env: self._remove(env, made))
        now = fields.Datetime.now()

        def send(env):
            env["crm.statement.run"].browse(made["run"])._send(now)

        line_class = type(self.env["crm.statement.run.line"])

        def queue(lines, moment):
            """Without what the test has no ledger for."""
            return lines._queue_or_fail(moment)

        with patch.object(line_class, "_send_batch", queue), patch.object(line_class, "_attach", lambda lines: None):
            outcomes = self._at_once([send, send])
        self.assertEqual([outcome.state for outcome in outcomes], ["done", "done"])

        def read(env):
            lines = env["crm.statement.run"].browse(made["run"]).line_ids
            mails = env["mail.mail"].search([("model", "=", lines._name), ("res_id", "in", lines.ids)])
            return lines.mapped("state"), sorted(mails.mapped("res_id")) == sorted(lines.ids)

        states, once = self._commit(read)
        self.assertEqual((states.count("sent"), once), (NUMBER, True))
