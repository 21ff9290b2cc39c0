"""Two thousand mails in a row through real servers, and the process that reads them is killed in the middle."""

import importlib.util
import logging
import os
import subprocess
import sys
import time
import unittest

from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tools import SQL, config, mute_logger

from .mail_pile import LOOPER, Pile
from .mail_servers import Mailbox, Outbox

_logger = logging.getLogger(__name__)
MAILS = int(os.environ.get("SUITE_MAILS", "2000"))  # fewer while the test itself is being worked on
CUSTOMERS = 150
LOOP_LIMIT = 20
CHILD = """
server = env["fetchmail.server"].browse({server})
error = server._fetch_mail(batch_limit=100000)
env["mail.mail"].process_email_queue()
print("child done", error)
"""


def has_servers():
    return all(importlib.util.find_spec(name) for name in ("aiosmtpd", "pymap"))


@tagged("post_install", "-at_install")
@unittest.skipUnless(has_servers(), "aiosmtpd and pymap are in config/requirements.txt")
class TestMailServers(BaseCase):
    """Works on committed data of its own, as another process must see it, and takes it away in the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._clean_up()  # what a killed run left
        cls.addClassCleanup(cls._clean_up)
        cls.mailbox = Mailbox()
        cls.addClassCleanup(cls.mailbox.stop)
        cls.outbox = Outbox()
        cls.addClassCleanup(cls.outbox.stop)
        with cls._env() as env:
            cls._make_data(env)

    @classmethod
    def _env(cls):
        return _Transaction()

    @classmethod
    def _make_data(cls, env):
        company = env.ref("base.main_company")
        domain = env["mail.alias.domain"].create({"name": "pile.test"})
        team = env["crm.service.team"].create({"name": "Pile", "company_id": company.id, "alias_name": "service.pile"})
        team.alias_id.alias_domain_id = domain
        cls.team, cls.domain, cls.address = team.id, domain.id, "service.pile@pile.test"
        partners = env["res.partner"].create(
            [{"name": f"Pile {n}", "email": f"customer{n}@pile-customer.test"} for n in range(CUSTOMERS)]
        )
        tickets = env["crm.ticket"].create(
            [{"name": f"Known {n}", "team_id": team.id, "partner_id": partners[n].id} for n in range(20)]
        )
        cls.known = {ticket.number: ticket.partner_id.email for ticket in tickets}
        cls.customers = partners.mapped("email")
        cls.smtp = (
            env["ir.mail_server"]
            .create({"name": "Pile", "smtp_host": "127.0.0.1", "smtp_port": cls.outbox.port, "sequence": -1})
            .id
        )
        cls.server = (
            env["fetchmail.server"]
            .create(
                {
                    "name": "Pile",
                    "server_type": "imap",
                    "server": "127.0.0.1",
                    "port": cls.mailbox.port,
                    "user": Mailbox.user,
                    "password": Mailbox.password,
                    "state": "done",
                }
            )
            .id
        )

    @classmethod
    def _clean_up(cls):
        with cls._env() as env:
            env["ir.mail_server"].search([("name", "=", "Pile")]).unlink()
            env["fetchmail.server"].search([("name", "=", "Pile")]).unlink()
            team = env["crm.service.team"].search([("name", "=", "Pile")])
            if team:
                tickets = tuple(
                    env["crm.ticket"].with_context(active_test=False).search([("team_id", "in", team.ids)]).ids
                )
                cls._delete(env, tickets or (0,))
                team.unlink()
            env["res.partner"].search([("email", "like", "@pile-customer.test")]).unlink()
            domains = env["mail.alias.domain"].search([("name", "=", "pile.test")])
            # The first domain of a database becomes everybody's.
            env.cr.execute(
                SQL("UPDATE mail_alias SET alias_domain_id = NULL WHERE alias_domain_id = ANY(%s)", domains.ids)
            )
            env.cr.execute(
                SQL("UPDATE res_company SET alias_domain_id = NULL WHERE alias_domain_id = ANY(%s)", domains.ids)
            )
            domains.unlink()

    @classmethod
    def _delete(cls, env, tickets):
        """Take thousands of tickets away by SQL: their unlink would be the longest part of the test."""
        of_tickets = SQL("model = 'crm.ticket' AND res_id IN %s", tickets)
        for statement in (
            SQL("DELETE FROM mail_mail WHERE mail_message_id IN (SELECT id FROM mail_message WHERE %s)", of_tickets),
            SQL("DELETE FROM mail_message WHERE %s", of_tickets),
            SQL("DELETE FROM mail_followers WHERE res_model = 'crm.ticket' AND res_id IN %s", tickets),
            SQL("DELETE FROM ir_attachment WHERE res_model = 'crm.ticket' AND res_id IN %s", tickets),
            SQL("DELETE FROM crm_ticket WHERE id IN %s", tickets),
        ):
            env.cr.execute(statement)
        env.invalidate_all()

    # === THE OTHER PROCESS === #

    def _start_child(self):
        """Start an Odoo process of its own that fetches the mailbox and sends what is to be sent."""
        command = [sys.executable, sys.argv[0], "shell", "-c", config["config"], "-d", self.env_name()]
        command += [f"--addons-path={','.join(map(str, config['addons_path']))}", "--no-http", "--log-level=error"]
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        child.stdin.write(CHILD.format(server=self.server))
        child.stdin.close()
        return child

    def env_name(self):
        return config["db_name"][0] if isinstance(config["db_name"], list) else config["db_name"]

    def _run_child(self):
        child = self._start_child()
        output = child.stdout.read()
        self.assertEqual(child.wait(), 0, output[-2000:])
        self.assertIn("child done None", output)

    def _kill_child_at(self, done):
        """Start the process and kill it, without a warning, when that many mails are read."""
        child = self._start_child()
        limit = time.monotonic() + 1200
        while self._count_read() < done:
            self.assertIsNone(child.poll(), "it ended before it was killed")
            self.assertLess(time.monotonic(), limit, "it reads no mail")
            time.sleep(0.5)
        child.kill()
        child.wait()
        child.stdout.close()

    def _count_read(self):
        with self._env() as env:
            return env["crm.ticket"].search_count([("team_id", "=", self.team), ("channel", "=", "email")])

    # === THE TEST === #

    @mute_logger("odoo.sql_db", "mail.log")
    def test_two_thousand_mails_and_a_kill(self):
        """R091, R097.1: of 2,000 mails with duplicates, loops, broken ones and a kill none is lost or doubled."""
        pile = Pile(MAILS, self.address, self.customers, self.known, LOOP_LIMIT)
        started = time.monotonic()
        self.mailbox.fill(pile.mails)
        self.assertEqual(self.mailbox.unread(), MAILS)
        filled = time.monotonic()
        self._kill_child_at(len(pile.opens) // 3)
        left = self.mailbox.unread()
        self.assertGreater(left, MAILS // 10, "killed in the middle")
        again = time.monotonic()
        self._run_child()
        _logger.info(
            "%s mails: %.0f s to fill the mailbox, %.0f s until the kill, %.0f s for the other %s",
            *(MAILS, filled - started, again - filled, time.monotonic() - again, left),
        )
        self.assertEqual(self.mailbox.unread(), 0)
        with self._env() as env:
            self._check_tickets(env, pile)
            self._check_threads(env, pile)
            self._check_refusals(env, pile)
            self._check_answers(env)

    def _check_tickets(self, env, pile):
        """Each mail of a person that starts something opened one ticket, with its text or with the raw mail."""
        messages = env["mail.message"].search([("message_id", "in", pile.opens), ("model", "=", "crm.ticket")])
        self.assertEqual(len(messages), len(pile.opens), "each mail once")
        self.assertEqual(set(messages.mapped("message_id")), set(pile.opens), "none lost")
        self.assertEqual(len(set(messages.mapped("res_id"))), len(pile.opens), "one ticket each")
        tickets = env["crm.ticket"].search([("team_id", "=", self.team), ("channel", "=", "email")])
        self.assertEqual(len(tickets), len(pile.opens) + pile.nameless, "no ticket too many")
        self.assertEqual(len(set(tickets.mapped("number"))), len(tickets), "one reference each")
        looped = tickets.filtered(lambda ticket: LOOPER in (ticket.partner_email or ""))
        self.assertEqual(len(looped), min(LOOP_LIMIT, pile.looped))
        broken = tickets.filtered(lambda ticket: (ticket.name or "").startswith("Broken"))
        self.assertGreaterEqual(len(broken), pile.broken * 2 // 3)
        files = env["ir.attachment"].search([("res_model", "=", "crm.ticket"), ("res_id", "in", broken.ids)])
        kept = {file.res_id for file in files if b"glass" in (file.raw or b"")}
        empty = broken.filtered(lambda ticket: ticket.id not in kept and "glass" not in (ticket.description or ""))
        self.assertFalse(empty, "the words of a broken mail are on the ticket or attached to it")

    def _check_threads(self, env, pile):
        """Each reply is on the ticket of its mail, each mail that names a ticket on that ticket, once."""
        Message = env["mail.message"]
        where = {message.message_id: message.res_id for message in Message.search([("message_id", "in", pile.opens)])}
        found = Message.search([("message_id", "in", list(pile.replies)), ("model", "=", "crm.ticket")])
        self.assertEqual(
            {message.message_id: message.res_id for message in found},
            {reply: where[first] for reply, first in pile.replies.items()},
        )
        self.assertEqual(len(found), len(pile.replies))
        found = Message.search([("message_id", "in", list(pile.named)), ("model", "=", "crm.ticket")])
        numbers = {t.id: t.number for t in env["crm.ticket"].browse(set(found.mapped("res_id")))}
        self.assertEqual({m.message_id: numbers[m.res_id] for m in found}, pile.named)
        self.assertEqual(len(found), len(pile.named))

    def _check_refusals(self, env, pile):
        """Robots, own addresses and the loop opened nothing and are listed."""
        noted = env["crm.mail.refusal"].search([("team_id", "=", self.team), ("reason", "!=", "duplicate")])
        self.assertEqual(sorted(noted.mapped("message_id")), sorted(pile.robots))
        self.assertFalse(env["mail.message"].search_count([("message_id", "in", pile.robots)]))

    def _check_answers(self, env):
        """No ticket was acknowledged twice; what was not sent before the kill was sent after it."""
        tickets = env["crm.ticket"].search([("team_id", "=", self.team), ("channel", "=", "email")])
        numbers = set(tickets.mapped("number"))
        sent = [word for _to, subject in self.outbox.mails for word in subject.split() if word.strip("[]") in numbers]
        # A mail that the server took in the instant of the kill may go out again: one, at most.
        self.assertLessEqual(len(sent) - len(set(sent)), 1)
        self.assertGreater(len(set(sent)), len(tickets) // 2)
        waiting = env["mail.mail"].search_count(
            [("state", "in", ("outgoing", "exception")), ("model", "=", "crm.ticket")]
        )
        self.assertFalse(waiting, "everything is sent")


class _Transaction:
    """A committed transaction of its own, outside the one of the test run."""

    def __enter__(self):
        name = config["db_name"]
        registry = Registry(name[0] if isinstance(name, list) else name)
        self.cr = registry.cursor()
        return api.Environment(self.cr, api.SUPERUSER_ID, {})

    def __exit__(self, kind, _error, _trace):
        try:
            if kind is None:
                self.cr.commit()  # pylint: disable=invalid-commit
        finally:
            self.cr.close()
