"""Orders confirmed at the same time, in real transactions of their own."""

import threading
from contextlib import closing
from unittest.mock import patch

import psycopg2.errors
from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import DummyRLock, Registry
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

TRIES = 20  # of one order, before the test gives up


@tagged("post_install", "-at_install")
class TestCreditParallel(TransactionCase):
    """Commits its own customer and orders, and removes them whatever happens."""

    def _transaction(self):
        return closing(db_connect(self.env.cr.dbname).cursor())

    def _orders(self, count, amount, limit):
        """Committed quotations of one new customer: (order ids, ids to remove by model)."""
        with self._transaction() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "mail_create_nolog": True})
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
            cr.commit()  # pylint: disable=invalid-commit
        self.addCleanup(self._remove, created)
        return created["sale.order"], created["res.partner"][0]

    def _remove(self, created):
        with self._transaction() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            env["sale.order"].browse(created["sale.order"])._action_cancel()
            for model, found in created.items():
                env[model].browse(found).unlink()
            cr.commit()  # pylint: disable=invalid-commit

    def _confirm_all(self, order_ids):
        """Confirm each order in a thread of its own, all snapshots taken before the first confirms."""
        barrier = threading.Barrier(len(order_ids))
        outcome = {}

        def confirm(order_id):
            with self._transaction() as cr:
                for attempt in range(TRIES):
                    try:
                        cr.execute("SELECT 1 FROM sale_order LIMIT 1")  # takes the snapshot
                        if not attempt:
                            barrier.wait(60)
                        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
                        env["sale.order"].browse(order_id).action_confirm()
                        cr.commit()  # pylint: disable=invalid-commit
                        outcome[order_id] = "confirmed"
                        return
                    except UserError:
                        outcome[order_id] = "held"
                        return
                    except psycopg2.errors.SerializationFailure:
                        cr.rollback()  # what Odoo does with each request: run it again
                    finally:
                        cr.rollback()

        threads = [threading.Thread(target=confirm, args=(order_id,), daemon=True) for order_id in order_ids]
        # The test runner holds the registry's lock: an environment of another thread would wait for it for ever.
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        return outcome

    def test_parallel_confirmations_never_pass_the_limit(self):
        """R193: of eight orders of 300 confirmed at once against 1,000, three pass and five are held."""
        order_ids, partner_id = self._orders(8, 300.0, 1000.0)
        outcome = self._confirm_all(order_ids)
        self.assertEqual(sorted(outcome.values()), ["confirmed"] * 3 + ["held"] * 5)
        with self._transaction() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].browse(partner_id)
            row = env["crm.credit.exposure"]._rows(env.company, partner)[partner_id]
            self.assertEqual((row["uninvoiced"], row["exposure"]), (900.0, 900.0))

    def test_customers_without_limits_do_not_wait(self):
        """R193: without a limit no order waits for another or is run again."""
        order_ids, _partner_id = self._orders(3, 300.0, 0.0)
        self.assertEqual(set(self._confirm_all(order_ids).values()), {"confirmed"})
        with self._transaction() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertFalse(env["crm.credit.limit"].search_count([("partner_id", "=", _partner_id)]))
