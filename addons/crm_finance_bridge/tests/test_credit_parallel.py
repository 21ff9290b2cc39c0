"""Orders confirmed at the same time, in real transactions of their own."""

from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCreditParallel(ParallelCase):
    """Commits its own customer and orders, and removes them whatever happens."""

    def _orders(self, count, amount, limit):
        """Committed quotations of one new customer: (order ids, ids to remove by model)."""

        def make(env):
            partner = env["res.partner"].create({"name": "Parallel customer", "is_company": True})
            product = env["product.product"].create(
                {"name": "Parallel service", "type": "service", "taxes_id": [Command.clear()]}
            )
            partner.with_company(env.company).credit_limit = limit
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": partner.id,
                        "order_line": [
                            Command.create(
                                {"product_id": product.id, "price_unit": amount, "tax_ids": [Command.clear()]}
                            )
                        ],
                    }
                    for _number in range(count)
                ]
            )
            created = {"sale.order": orders.ids, "product.template": product.product_tmpl_id.ids}
            created["res.partner"] = partner.ids
            return created

        created = self._commit(make)
        self.addCleanup(self._commit, lambda env: self._remove(env, created))
        return created["sale.order"], created["res.partner"][0]

    def _remove(self, env, created):
        env["sale.order"].browse(created["sale.order"])._action_cancel()
        for model, found in created.items():
            env[model].browse(found).unlink()

    def _confirm_all(self, order_ids):
        """Confirm each order in a thread of its own: how each ended."""
        acts = [
            lambda env, order_id=order_id: env["sale.order"].browse(order_id).action_confirm() for order_id in order_ids
        ]
        return sorted(act.state for act in self._at_once(acts))

    def test_parallel_confirmations_never_pass_the_limit(self):
        """R193: of eight orders of 300 confirmed at once against 1,000, three pass and five are held."""
        order_ids, partner_id = self._orders(8, 300.0, 1000.0)
        outcome = self._confirm_all(order_ids)
        self.assertEqual(outcome, ["done"] * 3 + ["refused"] * 5)

        def read(env):
            partner = env["res.partner"].browse(partner_id)
            return env["crm.credit.exposure"]._rows(env.company, partner)[partner_id]

        row = self._commit(read)
        self.assertEqual((row["uninvoiced"], row["exposure"]), (900.0, 900.0))

    def test_customers_without_limits_do_not_wait(self):
        """R193: without a limit no order waits for another or is run again."""
        order_ids, partner_id = self._orders(3, 300.0, 0.0)
        self.assertEqual(self._confirm_all(order_ids), ["done"] * 3)
        limits = self._commit(lambda env: env["crm.credit.limit"].search_count([("partner_id", "=", partner_id)]))
        self.assertFalse(limits)
