from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install", "is_tour")
class TestDunningTour(HttpCase):
    def test_run_by_hand(self):
        """R171: an accountant prepares a run, leaves a letter out, sends the other and sees why one got none."""
        company = self.env["res.company"].create({"name": "Tour Company", "currency_id": self.env.ref("base.USD").id})
        self.env.user.company_ids += company
        env = self.env(context=dict(self.env.context, allowed_company_ids=company.ids))
        env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        new_test_user(
            env,
            "dunning_biller",
            groups="account.group_account_invoice",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for name in ("Tour Late", "Tour Later"):
            partner = env["res.partner"].create({"name": name, "is_company": True, "email": "tour@late.test"})
            env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": "2026-01-01",
                    "invoice_date_due": "2026-01-05",
                    "invoice_line_ids": [Command.create({"name": "line", "price_unit": 100.0, "tax_ids": False})],
                }
            ).action_post()
        self.start_tour(
            "/odoo/action-crm_finance_bridge.crm_dunning_run_action",
            "crm_finance_bridge_dunning",
            login="dunning_biller",
        )
        run = env["crm.dunning.run"].search([("company_id", "=", company.id)])
        self.assertEqual(run.state, "done")
        self.assertEqual(sorted(run.letter_ids.mapped("state")), ["cancelled", "sent"])
