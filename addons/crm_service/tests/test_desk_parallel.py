"""Two workers assign at once, in real transactions of their own."""

import threading
from contextlib import closing
from unittest.mock import patch

import psycopg2.errors
from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

WORKERS, AGENTS, CAPACITY, TICKETS = 3, 2, 2, 9
TRIES = 30  # of one worker, before the test gives up


@tagged("post_install", "-at_install")
class TestDeskParallel(TransactionCase):
    """Commits its own agents and tickets, and removes them whatever happens."""

    def _transaction(self):
        return closing(db_connect(self.env.cr.dbname).cursor())

    def _commit(self, work):
        """Run `work(env)` in a transaction of its own; returns what it returns."""
        with self._transaction() as cr:
            result = work(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True}))
            cr.commit()  # pylint: disable=invalid-commit
        return result

    def _prepare(self, env):
        users = env["res.users"].create(
            [
                {
                    "name": f"Parallel agent {number}",
                    "login": f"crm_desk_parallel_{number}",
                    "group_ids": [Command.set([env.ref("crm_service.group_service_user").id])],
                }
                for number in range(AGENTS)
            ]
        )
        team = env["crm.service.team"].create(
            {"name": "Parallel desk", "member_ids": [Command.set(users.ids)], "max_open": CAPACITY}
        )
        tickets = env["crm.ticket"].create(
            [{"name": f"Parallel {number}", "team_id": team.id, "user_id": False} for number in range(TICKETS)]
        )
        return users.ids, team.id, tickets.ids

    def _remove(self, env):
        env["crm.ticket"].browse(self.ticket_ids).unlink()
        env["crm.agent.profile"].search([("user_id", "in", self.user_ids)]).unlink()
        env["crm.service.team"].browse(self.team_id).unlink()
        users = env["res.users"].browse(self.user_ids)
        partners = users.partner_id
        users.unlink()
        partners.unlink()

    def _at_once(self, works):
        """Run each `work(env)` in a thread, all snapshots taken before the first works: their numbers of tries."""
        barrier, outcome = threading.Barrier(len(works)), [None] * len(works)

        def run(number, work):
            with self._transaction() as cr:
                for attempt in range(TRIES):
                    try:
                        cr.execute("SELECT 1 FROM crm_ticket LIMIT 1")  # takes the snapshot
                        if not attempt:
                            barrier.wait(60)
                        work(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))
                        cr.commit()  # pylint: disable=invalid-commit
                        outcome[number] = attempt + 1
                        return
                    except (psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected):
                        cr.rollback()  # what Odoo does with each request: run it again
                    finally:
                        cr.rollback()

        threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(works)]
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        return outcome

    def test_workers_at_once_never_overload_an_agent(self):
        """R101: three workers give nine tickets to two agents of two at once: four are given, nobody has three."""
        self.user_ids, self.team_id, self.ticket_ids = self._commit(self._prepare)
        self.addCleanup(self._commit, self._remove)
        share = TICKETS // WORKERS

        def give(number):
            ids = self.ticket_ids[number * share : (number + 1) * share]
            return lambda env: env["crm.ticket"].browse(ids)._assign()

        outcome = self._at_once([give(number) for number in range(WORKERS)])
        self.assertTrue(all(outcome), outcome)
        self.assertGreater(sum(outcome), WORKERS, "nobody had to try again: the test proves nothing")

        def read(env):
            tickets = env["crm.ticket"].browse(self.ticket_ids)
            owners = [len(tickets.filtered(lambda item: item.user_id.id == user)) for user in self.user_ids]  # noqa: B023
            return owners, tickets.assignment_ids.mapped("kind")

        owners, kinds = self._commit(read)
        self.assertEqual(owners, [CAPACITY] * AGENTS)
        self.assertEqual(kinds, ["auto"] * CAPACITY * AGENTS)

    def test_one_ticket_is_given_once(self):
        """R101: all workers see the same nine tickets: each given ticket has one owner and one line in the log."""
        self.user_ids, self.team_id, self.ticket_ids = self._commit(self._prepare)
        self.addCleanup(self._commit, self._remove)
        outcome = self._at_once([lambda env: env["crm.ticket"].browse(self.ticket_ids)._assign()] * WORKERS)
        self.assertTrue(all(outcome), outcome)

        def read(env):
            tickets = env["crm.ticket"].browse(self.ticket_ids)
            return len(tickets.filtered("user_id")), tickets.mapped(lambda ticket: len(ticket.assignment_ids))

        given, lines = self._commit(read)
        self.assertEqual((given, sum(lines), max(lines)), (CAPACITY * AGENTS, CAPACITY * AGENTS, 1))
