"""Commission computed by two users at the same time, in real transactions of their own."""

from datetime import date

from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.fields import Command
from odoo.tests import tagged

DAY = date(2090, 1, 31)


@tagged("post_install", "-at_install")
class TestCommissionParallel(ParallelCase):
    """Commits a plan and an order far in the future, and removes them whatever happens."""

    def _make(self, env):
        partner = env["res.partner"].create({"name": "Parallel buyer", "is_company": True})
        product = env["product.product"].create({"name": "Parallel work", "type": "service", "taxes_id": False})
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": env.ref("base.user_admin").id,
                "order_line": [Command.create({"product_id": product.id, "price_unit": 200.0})],
            }
        )
        order.action_confirm()
        order.date_order = "2090-01-05 10:00:00"
        plan = env["crm.commission.plan"].create(
            {
                "name": "Parallel plan",
                "base": "ordered",
                "date_from": "2090-01-01",
                "rule_ids": [Command.create({"kind": "rate", "rate": 5.0})],
                "state": "active",
            }
        )
        return {
            "crm.commission.plan": plan.ids,
            "sale.order": order.ids,
            "product.template": product.product_tmpl_id.ids,
            "res.partner": partner.ids,
        }

    def _remove(self, env, created):
        lines = env["crm.commission.line"].search([("plan_id", "in", created["crm.commission.plan"])])
        statements = lines.statement_id
        lines.unlink()
        statements.unlink()
        env["sale.order"].browse(created["sale.order"])._action_cancel()
        for model, found in created.items():
            env[model].browse(found).unlink()

    def test_two_users_compute_at_once_and_pay_once(self):
        """R187: two computations at the same time leave one line a source, and a third changes nothing."""
        created = self._commit(self._make)
        self.addCleanup(self._commit, lambda env: self._remove(env, created))
        act = lambda env: env["crm.commission.run"]._run(env.company, DAY)  # noqa: E731
        outcomes = self._at_once([act, act])
        self.assertEqual([outcome.state for outcome in outcomes], ["done", "done"], outcomes)
        domain = [("plan_id", "in", created["crm.commission.plan"])]
        self._commit(act)
        amounts = self._commit(lambda env: env["crm.commission.line"].search(domain).mapped("amount"))
        self.assertEqual(amounts, [10.0])
