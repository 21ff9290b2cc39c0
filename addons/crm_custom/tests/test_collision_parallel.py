"""Two users at once, in real transactions of their own."""

from odoo import Command
from odoo.tests import tagged

from .parallel import ParallelCase


@tagged("post_install", "-at_install")
class TestCollisionParallel(ParallelCase):
    """Commits its own users and customer, and removes them whatever happens."""

    def _prepare(self, owned):
        groups = ("base.group_user", "sales_team.group_sale_salesman")

        def make(env):
            users = env["res.users"].create(
                [
                    {
                        "name": f"Parallel {number}",
                        "login": f"crm_parallel_{number}",
                        "group_ids": [Command.set([env.ref(group).id for group in groups])],
                    }
                    for number in range(3)
                ]
            )
            owner = users[0].id if owned else False
            customer = env["res.partner"].create({"name": "Parallel customer", "user_id": owner})
            requests = []
            if owned:
                for user in users[1:]:
                    partner = customer.with_user(user)
                    requests.append(env["crm.collision"].with_user(user)._request(partner, "mine").id)
            return users.ids, customer.id, requests

        user_ids, customer_id, requests = self._commit(make)

        def remove(env):
            env["crm.collision"].search([("partner_id", "=", customer_id)]).unlink()
            env["crm.reassignment"].search([("from_user_id", "in", user_ids)]).unlink()
            users = env["res.users"].browse(user_ids)
            partners = users.partner_id
            env["res.partner"].browse(customer_id).unlink()
            users.unlink()
            partners.unlink()

        self.addCleanup(self._commit, remove)
        return user_ids, customer_id, requests

    def test_two_requests_accepted_at_once(self):
        """R011: owner and manager accept two requests for one customer at once: one gets it, the other does not."""
        user_ids, customer_id, requests = self._prepare(owned=True)

        def accept(request_id):
            return lambda env: env["crm.collision"].with_user(user_ids[0]).browse(request_id).action_accept()

        outcome = self._at_once([accept(request_id) for request_id in requests], "Try again")
        self.assertEqual(sorted(act.state for act in outcome), ["done", "refused"], outcome)

        def read(env):
            customer = env["res.partner"].browse(customer_id)
            states = env["crm.collision"].browse(requests).mapped("state")
            return customer.user_id.id, sorted(states), dict(zip(states, requests, strict=True))

        owner_id, states, by_state = self._commit(read)
        self.assertEqual(states, ["accepted", "overtaken"])
        self.assertEqual(owner_id, user_ids[1 + requests.index(by_state["accepted"])])

    def test_two_take_a_free_customer_at_once(self):
        """R011: two salespeople write themselves on one free customer at once: the second is refused."""
        user_ids, customer_id, _requests = self._prepare(owned=False)

        def take(user_id):
            return lambda env: env["res.partner"].with_user(user_id).browse(customer_id).write({"user_id": user_id})

        outcome = self._at_once([take(user_id) for user_id in user_ids[1:]], "Try again")
        self.assertEqual(sorted(act.state for act in outcome), ["done", "refused"], outcome)
        owner_id = self._commit(lambda env: env["res.partner"].browse(customer_id).user_id.id)
        self.assertEqual(owner_id, user_ids[1 + [act.state for act in outcome].index("done")])
