"""Two planners at once, in real transactions of their own."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.tests import tagged

START = datetime(2031, 5, 5, 9)
PLANNERS = 4


@tagged("post_install", "-at_install")
class TestVisitsParallel(ParallelCase):
    """Commits its own technician and tickets, and removes them whatever happens."""

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
        self.assertEqual(sorted(act.state for act in outcome), ["done", *["refused"] * (PLANNERS - 1)], outcome)
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
        self.assertEqual(sorted(act.state for act in outcome), ["done", "refused"], outcome)
