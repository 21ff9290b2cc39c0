"""Two workers assign at once, in real transactions of their own."""

from odoo import Command
from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.tests import tagged

WORKERS, AGENTS, CAPACITY, TICKETS = 3, 2, 2, 9


@tagged("post_install", "-at_install")
class TestDeskParallel(ParallelCase):
    """Commits its own agents and tickets, and removes them whatever happens."""

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

    def test_workers_at_once_never_overload_an_agent(self):
        """R101: three workers give nine tickets to two agents of two at once: four are given, nobody has three."""
        self.user_ids, self.team_id, self.ticket_ids = self._commit(self._prepare)
        self.addCleanup(self._commit, self._remove)
        share = TICKETS // WORKERS

        def give(number):
            ids = self.ticket_ids[number * share : (number + 1) * share]
            return lambda env: env["crm.ticket"].browse(ids)._assign()

        outcome = self._at_once([give(number) for number in range(WORKERS)])
        self.assertEqual({act.state for act in outcome}, {"done"}, outcome)
        self.assertGreater(sum(act.tries for act in outcome), WORKERS, "nobody had to try again")

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
        self.assertEqual({act.state for act in outcome}, {"done"}, outcome)

        def read(env):
            tickets = env["crm.ticket"].browse(self.ticket_ids)
            return len(tickets.filtered("user_id")), tickets.mapped(lambda ticket: len(ticket.assignment_ids))

        given, lines = self._commit(read)
        self.assertEqual((given, sum(lines), max(lines)), (CAPACITY * AGENTS, CAPACITY * AGENTS, 1))
