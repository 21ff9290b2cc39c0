"""Two agents at once, in real transactions of their own."""

import threading
from contextlib import closing
from unittest.mock import patch

import psycopg2.errors
from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

TRIES = 20


@tagged("post_install", "-at_install")
class TestAfterSalesParallel(TransactionCase):
    """Commits a delivery and its tickets, and removes what can be removed."""

    def _transaction(self):
        return closing(db_connect(self.env.cr.dbname).cursor())

    def _commit(self, work):
        with self._transaction() as cr:
            result = work(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))
            cr.commit()  # pylint: disable=invalid-commit
        return result

    def _prepare(self, env):
        """A delivery of ten and two returns of six each, not asked for yet."""
        product = env["product.product"].create({"name": "Parallel cup", "type": "consu", "list_price": 1})
        partner = env["res.partner"].create({"name": "Parallel buyer"})
        order = env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 10})]}
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 10, "picked": True})
        picking.button_validate()
        ticket = env["crm.ticket"].create({"name": "Parallel", "sale_order_line_id": order.order_line.id})
        reason = env.ref("crm_service.crm_return_reason_defect")
        returns = env["crm.return"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "picking_id": picking.id,
                    "reason_id": reason.id,
                    "line_ids": [(0, 0, {"move_id": picking.move_ids.id, "quantity": 6})],
                }
                for _number in range(2)
            ]
        )
        return returns.ids, picking.move_ids.id, order.id

    def _remove(self, env, order_id, return_ids):
        returns = env["crm.return"].browse(return_ids)
        returns.action_cancel()
        tickets = returns.ticket_id
        (env["sale.order"].browse(order_id).picking_ids - returns.picking_id).unlink()
        returns.unlink()
        tickets.unlink()
        env["sale.order"].browse(order_id).partner_id.active = False

    def test_the_same_goods_asked_for_at_once(self):
        """R085: of ten delivered, two agents ask for six each at once: one gets them, the other hears of 4."""
        return_ids, move_id, order_id = self._commit(self._prepare)
        self.addCleanup(self._commit, lambda env: self._remove(env, order_id, return_ids))
        barrier, outcome = threading.Barrier(2), [None, None]

        def run(number):
            with self._transaction() as cr:
                for attempt in range(TRIES):
                    try:
                        cr.execute("SELECT 1 FROM res_partner LIMIT 1")  # takes the snapshot
                        if not attempt:
                            barrier.wait(60)
                        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
                        env["crm.return"].browse(return_ids[number]).action_submit()
                        cr.commit()  # pylint: disable=invalid-commit
                        outcome[number] = "done"
                        return
                    except UserError as error:
                        outcome[number] = str(error)
                        return
                    except (psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected):
                        cr.rollback()  # what Odoo does with each request: run it again
                    finally:
                        cr.rollback()

        threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(2)]
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertEqual(outcome.count("done"), 1, outcome)
        self.assertIn("only 4 of", "".join(outcome))

        def read(env):
            moves = env["stock.move"].search([("origin_returned_move_id", "=", move_id), ("state", "!=", "cancel")])
            states = env["crm.return"].browse(return_ids).mapped("state")
            return sum(moves.mapped("product_uom_qty")), sorted(states)

        self.assertEqual(self._commit(read), (6, ["approved", "draft"]))
