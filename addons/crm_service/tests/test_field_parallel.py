"""Two planners at once, in real transactions of their own."""

import threading
from contextlib import closing
from datetime import datetime, timedelta
from unittest.mock import patch

import psycopg2.errors
from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

START = datetime(2031, 5, 5, 9)
PLANNERS = 4
AGAIN = (psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected)


@tagged("post_install", "-at_install")
class TestVisitsParallel(TransactionCase):
    """Commits its own technician and tickets, and removes them whatever happens."""

    def _transaction(self):
        return closing(db_connect(self.env.cr.dbname).cursor())

    def _commit(self, work):
        with self._transaction() as cr:
            result = work(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True}))
            cr.commit()  # pylint: disable=invalid-commit
        return result

    def _prepare(self):
        def make(env):
            user = env["res.users"].create(
                {
                    "name": "Parallel Technician",
                    "login": "crm_parallel_technician",
                    "group_ids": [Command.set(env.ref("crm_service.group_service_user").ids)],
                }
            )
            tickets = env["crm.ticket"].create([{"name": f"Parallel {number}"} for number in range(PLANNERS)])
            return user.id, tickets.ids

        user_id, ticket_ids = self._commit(make)

        def remove(env):
            env["crm.service.visit"].search([("ticket_id", "in", ticket_ids)]).unlink()
            env["crm.ticket"].browse(ticket_ids).unlink()
            user = env["res.users"].browse(user_id)
            partner = user.partner_id
            user.unlink()
            partner.unlink()

        self.addCleanup(self._commit, remove)
        return user_id, ticket_ids

    def _at_once(self, acts):
        """Run each act in a thread of its own, all snapshots taken before the first acts; serialization: again."""
        barrier, outcome = threading.Barrier(len(acts)), [None] * len(acts)

        def run(number, act):
            with self._transaction() as cr:
                for attempt in range(20):
                    try:
                        cr.execute("SELECT 1 FROM res_partner LIMIT 1")
                        if not attempt:
                            barrier.wait(60)
                        act(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))
                        cr.commit()  # pylint: disable=invalid-commit
                        outcome[number] = "done"
                        return
                    except UserError:
                        outcome[number] = "refused"
                        return
                    except AGAIN as error:
                        outcome[number] = type(error).__name__  # what Odoo does with each request: run it again
                        cr.rollback()
                    except Exception as error:  # noqa: BLE001 - shown by the assertion
                        outcome[number] = repr(error)
                        return
                    finally:
                        cr.rollback()

        threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(acts)]
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        return outcome

    def test_planners_at_once_never_double_book(self):
        """R089: four planners give one technician overlapping jobs at the same moment: one gets in, three are told."""
        user_id, ticket_ids = self._prepare()

        def plan(number):
            start = START + timedelta(minutes=10 * number)
            return lambda env: env["crm.service.visit"].create(
                {
                    "ticket_id": ticket_ids[number],
                    "user_id": user_id,
                    "start": start,
                    "stop": start + timedelta(hours=1),
                }
            )

        outcome = self._at_once([plan(number) for number in range(PLANNERS)])
        self.assertEqual(sorted(outcome), ["done", *["refused"] * (PLANNERS - 1)])
        count = self._commit(lambda env: env["crm.service.visit"].search_count([("user_id", "=", user_id)]))
        self.assertEqual(count, 1)

    def test_two_jobs_moved_onto_one_time_at_once(self):
        """R089: two jobs moved onto the same hour at the same moment: one move is refused."""
        user_id, ticket_ids = self._prepare()

        def make(env):
            return [
                env["crm.service.visit"]
                .create(
                    {
                        "ticket_id": ticket_ids[number],
                        "user_id": user_id,
                        "start": START + timedelta(days=number),
                        "stop": START + timedelta(days=number, hours=1),
                    }
                )
                .id
                for number in range(2)
            ]

        goal = START + timedelta(days=7)

        def move(visit_id):
            return lambda env: (
                env["crm.service.visit"].browse(visit_id).write({"start": goal, "stop": goal + timedelta(hours=1)})
            )

        outcome = self._at_once([move(visit_id) for visit_id in self._commit(make)])
        self.assertEqual(sorted(outcome), ["done", "refused"])
