"""Two jobs send one run at the same time, in real transactions of their own."""

from unittest.mock import patch

from odoo import fields
from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

NUMBER = 12


@tagged("post_install", "-at_install")
class TestDunningParallel(ParallelCase):
    """Commits its own run and letters, and removes them whatever happens."""

    def _make(self, env):
        company = env.company.root_id
        template = env.ref("crm_finance_bridge.mail_template_dunning")
        strategy = env["crm.dunning.strategy"].create(
            {
                "name": "Parallel",
                "company_id": company.id,
                "applies_to": "named",
                "level_ids": [Command.create({"name": "One", "days": 7, "template_id": template.id})],
            }
        )
        run = env["crm.dunning.run"].create({"company_id": company.id, "state": "sending"})
        partners = env["res.partner"].create(
            [{"name": f"Parallel {number}", "email": f"p{number}@late.test"} for number in range(NUMBER)]
        )
        values = {"run_id": run.id, "company_id": company.id, "strategy_id": strategy.id, "channel": "mail"}
        env["crm.dunning.letter"].create(
            [dict(values, partner_id=partner.id, level_id=strategy.level_ids.id, date=run.date) for partner in partners]
        )
        return {"run": run.id, "strategy": strategy.id, "partners": partners.ids}

    def _remove(self, env, made):
        letters = env["crm.dunning.run"].browse(made["run"]).letter_ids
        env["mail.mail"].search([("model", "=", letters._name), ("res_id", "in", letters.ids)]).unlink()
        env.flush_all()
        env.execute_query(SQL("DELETE FROM crm_dunning_run WHERE id = %s RETURNING id", made["run"]))
        env.invalidate_all()
        env["res.partner"].browse(made["partners"]).unlink()
        env["crm.dunning.strategy"].browse(made["strategy"]).unlink()

    def test_two_jobs_send_each_letter_once(self):
        """Of two jobs that send the same letters at once, one does, and no letter has two mails."""
        made = self._commit(self._make)
        self.addCleanup(self._commit, lambda env: self._remove(env, made))
        now = fields.Datetime.now()

        def send(env):
            env["crm.dunning.run"].browse(made["run"])._send(now)

        letter_class = type(self.env["crm.dunning.letter"])
        with patch.object(letter_class, "_refresh", lambda letters: letters):
            outcomes = self._at_once([send, send])
        self.assertEqual([outcome.state for outcome in outcomes], ["done", "done"])

        def read(env):
            letters = env["crm.dunning.run"].browse(made["run"]).letter_ids
            mails = env["mail.mail"].search([("model", "=", letters._name), ("res_id", "in", letters.ids)])
            return letters.mapped("state"), sorted(mails.mapped("res_id")) == sorted(letters.ids)

        states, once = self._commit(read)
        self.assertEqual((states.count("sent"), once), (NUMBER, True))
