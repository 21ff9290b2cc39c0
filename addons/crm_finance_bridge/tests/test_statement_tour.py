from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install", "is_tour")
class TestStatementTour(HttpCase):
    def test_run_by_hand(self):
        """An accountant prepares the statements of the month, looks at one and sends them."""
        company = self.env["res.company"].create({"name": "Tour Company", "currency_id": self.env.ref("base.USD").id})
        self.env.user.company_ids += company
        company.crm_statement_attachment = "none"
        env = self.env(context=dict(self.env.context, allowed_company_ids=company.ids))
        env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        new_test_user(
            env,
            "statement_biller",
            groups="account.group_account_invoice",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        partner = env["res.partner"].create({"name": "Tour Owes", "is_company": True, "email": "tour@owes.test"})
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
            "/odoo/action-crm_finance_bridge.crm_statement_run_action",
            "crm_finance_bridge_statement",
            login="statement_biller",
        )
        run = env["crm.statement.run"].search([("company_id", "=", company.id)])
        self.assertEqual((run.state, run.line_ids.mapped("state")), ("done", ["sent"]))
