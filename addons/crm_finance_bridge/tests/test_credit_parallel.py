"""Orders confirmed at the same time, in real transactions of their own."""

import functools
import itertools

from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL


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

    @staticmethod
    def _act(order_id, way, env):
        return way(env["sale.order"].browse(order_id))

    def _all(self, order_ids, *ways):
        """Each order in a thread of its own, the ways taken in turn: how each ended."""
        pairs = zip(order_ids, itertools.cycle(ways), strict=False)
        acts = [functools.partial(self._act, order_id, way) for order_id, way in pairs]
        return sorted(act.state for act in self._at_once(acts))

    def _confirm_all(self, order_ids):
        return self._all(order_ids, lambda order: order.action_confirm())

    def _row(self, partner_id):
        def read(env):
            partner = env["res.partner"].browse(partner_id)
            return env["crm.credit.exposure"]._rows(env.company, partner)[partner_id]

        return self._commit(read)

    def test_parallel_confirmations_never_pass_the_limit(self):
        """R193: of 16 orders of 300 confirmed at once against 1,000, by button and by writing the state, three pass."""
        order_ids, partner_id = self._orders(16, 300.0, 1000.0)
        outcome = self._all(
            order_ids, lambda order: order.action_confirm(), lambda order: order.write({"state": "sale"})
        )
        self.assertEqual(outcome, ["done"] * 3 + ["refused"] * 13)
        row = self._row(partner_id)
        self.assertEqual((row["uninvoiced"], row["exposure"]), (900.0, 900.0))

    def test_parallel_growth_never_passes_the_limit(self):
        """R193: four confirmed orders of 100 that grow to 300 at once against 1,000: three grow."""
        order_ids, partner_id = self._orders(4, 100.0, 1000.0)
        self._commit(lambda env: env["sale.order"].browse(order_ids).action_confirm())
        outcome = self._all(
            order_ids,
            lambda order: order.order_line.write({"product_uom_qty": 3.0, "price_unit": 100.0}),
            lambda order: order.order_line.write({"price_unit": 300.0}),
        )
        self.assertEqual(outcome, ["done"] * 3 + ["refused"])
        self.assertEqual(self._row(partner_id)["exposure"], 1000.0)

    def test_customers_without_limits_do_not_wait(self):
        """R193: without a limit no order waits for another or is run again."""
        order_ids, partner_id = self._orders(3, 300.0, 0.0)
        self.assertEqual(self._confirm_all(order_ids), ["done"] * 3)
        limits = self._commit(lambda env: env["crm.credit.limit"].search_count([("partner_id", "=", partner_id)]))
        self.assertFalse(limits)

    # === DELIVERY === #

    def _prepaid(self):
        """Two confirmed orders of 100 for goods of one customer on prepayment who has paid 100: their deliveries."""

        def make(env):
            company = env.company
            account = env["account.account"].with_company(company)
            receivable = account.search(
                [("account_type", "=", "asset_receivable"), ("company_ids", "in", company.ids)], limit=1
            )
            income = account.search([("account_type", "=", "income"), ("company_ids", "in", company.ids)], limit=1)
            journal = env["account.journal"].search(
                [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
            )
            partner = env["res.partner"].create({"name": "Parallel prepayer", "is_company": True})
            env["crm.credit.limit"].create(
                {"partner_id": partner.id, "company_id": company.root_id.id, "hold_rule": "prepaid"}
            )
            product = env["product.product"].create(
                {"name": "Parallel goods", "type": "consu", "invoice_policy": "delivery", "taxes_id": [Command.clear()]}
            )
            line = {"product_id": product.id, "price_unit": 100.0, "tax_ids": [Command.clear()]}
            orders = env["sale.order"].create(
                [{"partner_id": partner.id, "order_line": [Command.create(line)]} for _number in range(2)]
            )
            orders.action_confirm()
            receipt = env["account.move"].create(
                {
                    "journal_id": journal.id,
                    "date": "2026-02-01",
                    "line_ids": [
                        Command.create({"account_id": receivable.id, "partner_id": partner.id, "balance": -100.0}),
                        Command.create({"account_id": income.id, "balance": 100.0}),
                    ],
                }
            )
            receipt.action_post()
            return {
                "sale.order": orders.ids,
                "stock.picking": orders.picking_ids.ids,
                "account.move": receipt.ids,
                "product.template": product.product_tmpl_id.ids,
                "res.partner": partner.ids,
            }

        created = self._commit(make)
        self.addCleanup(self._commit, lambda env: self._remove_prepaid(env, created))
        return created["stock.picking"], created["sale.order"]

    def _remove_prepaid(self, env, created):
        for table, column in (("stock_move", "picking_id"), ("stock_move_line", "picking_id"), ("stock_picking", "id")):
            # Nothing but SQL takes a done delivery back; no stock is kept of these goods.
            query = SQL(
                "UPDATE %s SET state = 'draft' WHERE %s = ANY(%s)",
                SQL.identifier(table),
                SQL.identifier(column),
                created["stock.picking"],
            )
            env.cr.execute(query)
        env["stock.picking"].browse(created.pop("stock.picking")).unlink()
        receipt = env["account.move"].browse(created.pop("account.move"))
        receipt.button_draft()
        receipt.with_context(force_delete=True).unlink()
        self._remove(env, created)

    def test_parallel_deliveries_do_not_share_a_receipt(self):
        """R195: 100 received from a customer on prepayment ship one of two orders of 100 at once, not both."""
        picking_ids, order_ids = self._prepaid()

        def ship(picking_id, env):
            picking = env["stock.picking"].browse(picking_id)
            picking.move_ids.write({"quantity": 1.0, "picked": True})
            picking.button_validate()

        outcomes = self._at_once([functools.partial(ship, picking_id) for picking_id in picking_ids])
        self.assertEqual(sorted(act.state for act in outcomes), ["done", "refused"], outcomes)
        delivered = self._commit(
            lambda env: sum(env["sale.order"].browse(order_ids).order_line.mapped("qty_delivered"))
        )
        self.assertEqual(delivered, 1.0)
