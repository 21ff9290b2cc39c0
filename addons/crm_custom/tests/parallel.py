"""Several users at once, in real transactions of their own, for the tests of every addon."""

import threading
import time
from collections import namedtuple
from contextlib import closing
from unittest.mock import patch

import psycopg2.errors
from odoo import SUPERUSER_ID, api
from odoo.exceptions import RedirectWarning, UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase
from odoo.tools import mute_logger

TRIES = 30  # of one act, before it is given up
PAUSE = 0.2  # seconds until a user tries again by hand
CONTEXT = {"tracking_disable": True, "no_reset_password": True, "mail_create_nolog": True}
AGAIN = (psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected)

Outcome = namedtuple("Outcome", "state tries message")
"""How an act ended: `state` done, refused (an error meant for the user, its text in `message`) or lost."""


class ParallelCase(TransactionCase):
    """Commits what it makes: every test removes its own records in a clean-up."""

    def _transaction(self):
        return closing(db_connect(self.env.cr.dbname).cursor())

    def _commit(self, work):
        """Run `work(env)` in a transaction of its own; returns what it returns."""
        with self._transaction() as cr:
            result = work(api.Environment(cr, SUPERUSER_ID, CONTEXT))
            cr.commit()  # pylint: disable=invalid-commit
        return result

    def _at_once(self, acts, asked_again=None):
        """Run each `act(env)` in a thread of its own, all snapshots taken before the first acts: [Outcome].

        A serialization failure or deadlock is run again, as Odoo does with each request. `asked_again`: text in an
        error at which the user tries again by hand.
        """
        barrier, outcomes = threading.Barrier(len(acts)), [Outcome("lost", 0, "")] * len(acts)

        def run(number, act):
            with self._transaction() as cr:
                for attempt in range(TRIES):
                    try:
                        cr.execute("SELECT 1 FROM res_partner LIMIT 1")  # takes the snapshot
                        if not attempt:
                            barrier.wait(60)
                        act(api.Environment(cr, SUPERUSER_ID, CONTEXT))
                        cr.commit()  # pylint: disable=invalid-commit
                        outcomes[number] = Outcome("done", attempt + 1, "")
                        return
                    except (UserError, RedirectWarning) as error:
                        if not (asked_again and asked_again in str(error)) or attempt == TRIES - 1:
                            outcomes[number] = Outcome("refused", attempt + 1, str(error))
                            return
                        time.sleep(PAUSE)
                    except AGAIN:
                        continue
                    except Exception as error:  # noqa: BLE001 - shown by the assertion
                        outcomes[number] = Outcome("lost", attempt + 1, repr(error))
                        return
                    finally:
                        cr.rollback()

        threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(acts)]
        # The test runner holds the registry's lock: an environment of another thread would wait for it for ever.
        with mute_logger("odoo.sql_db"), patch.object(Registry, "_lock", DummyRLock()):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        return outcomes
