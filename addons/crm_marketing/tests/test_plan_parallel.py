from odoo import Command
from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.tests import tagged

APPROVERS, BUDGET, RAISED = 2, 1000, 9000


@tagged("post_install", "-at_install")
class TestPlanParallel(ParallelCase):
    """Commits its own campaign, people and orders, and removes them whatever happens."""

    def setUp(self):
        super().setUp()
        self.ids = self._commit(self._prepare)
        self.addCleanup(self._commit, self._remove)

    def _prepare(self, env):
        company = env.company
        names = ("crm_campaign_approval", "crm_campaign_approval_amount", "crm_campaign_stop_pct")
        before = {name: company[name] for name in names}
        company.write(dict(zip(names, ("budget", 100, 100), strict=True)))
        users = env["res.users"].create(
            [
                {
                    "name": f"Approver {number}",
                    "login": f"crm_plan_parallel_{number}",
                    "group_ids": [Command.set([env.ref("sales_team.group_sale_manager").id])],
                }
                for number in range(APPROVERS)
            ]
        )
        campaign = env["utm.campaign"].create(
            {"title": "Parallel campaign", "company_id": company.id, "date_start": "2026-03-01"}
        )
        campaign.budget_line_ids = [Command.create({"amount": BUDGET})]
        campaign.action_ask_approval()
        # Nothing in common but the campaign: what keeps the two orders apart is its budget alone.
        suppliers = env["res.partner"].create([{"name": f"Parallel supplier {n}"} for n in range(APPROVERS)])
        products = env["product.product"].create(
            [{"name": f"Parallel stand {n}", "type": "service"} for n in range(APPROVERS)]
        )
        line = {"product_qty": 1, "price_unit": 600, "tax_ids": [Command.clear()]}
        orders = env["purchase.order"].create(
            [
                {
                    "partner_id": supplier.id,
                    "campaign_id": campaign.id,
                    "order_line": [Command.create({"product_id": product.id, **line})],
                }
                for supplier, product in zip(suppliers, products, strict=True)
            ]
        )
        return {
            "company": (company.id, before), "users": users.ids, "campaign": campaign.id, "partners": suppliers.ids,
            "products": products.ids, "orders": orders.ids,
        }  # fmt: skip

    def _remove(self, env):
        company, before = self.ids["company"]
        env["res.company"].browse(company).write(before)
        orders = env["purchase.order"].browse(self.ids["orders"])
        orders.button_cancel()
        orders.unlink()
        env["utm.campaign"].browse(self.ids["campaign"]).unlink()
        users = env["res.users"].browse(self.ids["users"])
        partners = users.partner_id | env["res.partner"].browse(self.ids["partners"])
        users.unlink()
        partners.unlink()
        env["product.product"].browse(self.ids["products"]).product_tmpl_id.unlink()

    def _campaign(self, env, user=None):
        return env["utm.campaign"].with_user(user or env.uid).browse(self.ids["campaign"])

    def test_two_managers_approve_one_campaign_at_once(self):
        """R128: two managers at once: one approves, the other is told who was first; one approval is logged."""
        acts = [lambda env, user=user: self._campaign(env, user).action_approve() for user in self.ids["users"]]
        outcome = self._at_once(acts)
        self.assertEqual(sorted(act.state for act in outcome), ["done", "refused"], outcome)
        first = [act.state for act in outcome].index("done")
        self.assertIn(f"approved by Approver {first}", outcome[1 - first].message)

        def read(env):
            campaign = self._campaign(env)
            return campaign.approval_state, campaign.approved_by_id.id

        self.assertEqual(self._commit(read), ("approved", self.ids["users"][first]))

    def test_budget_raised_while_a_manager_approves(self):
        """R128: approved while it is raised from 1,000 to 9,000: an approval of 1,000 never stands for 9,000."""

        def raise_budget(env):
            self._campaign(env).budget_line_ids.amount = RAISED

        outcome = self._at_once([lambda env: self._campaign(env, self.ids["users"][0]).action_approve(), raise_budget])
        self.assertEqual([act.state for act in outcome], ["done", "done"], outcome)
        self.assertEqual(sum(act.tries for act in outcome), 3, "one of the two was done again on what was then")

        def read(env):
            campaign = self._campaign(env)
            return campaign.approval_state, campaign.budget

        # Raised last: asked for anew. Raised first: the manager approves what is there when his request is repeated.
        raised_last = outcome[1].tries > 1
        self.assertEqual(self._commit(read), ("draft" if raised_last else "approved", RAISED))

    def test_two_orders_never_pass_the_budget_stop(self):
        """R131: two orders of 600 on a budget of 1,000 approved at once: one is stopped, 600 are committed."""
        orders = self.ids["orders"]
        acts = [lambda env, order=order: env["purchase.order"].browse(order).button_confirm() for order in orders]
        outcome = self._at_once(acts)
        self.assertEqual(sorted(act.state for act in outcome), ["done", "refused"], outcome)
        self.assertEqual(self._commit(lambda env: self._campaign(env).committed), 600)
