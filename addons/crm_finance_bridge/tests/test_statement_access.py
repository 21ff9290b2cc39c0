"""Who sees what a customer owes: the customer in the portal, salespeople and agents by the traffic light."""

import re

from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import FinanceCommon


@tagged("post_install", "-at_install")
class TestStatementAccess(FinanceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._customer("Stranger Tools", user_id=cls.other_salesman.id)
        cls.own = cls._invoice(100.0, "2026-01-01", "2026-01-10")
        cls.foreign = cls._invoice(77.0, "2026-01-01", "2026-01-10", partner=cls.stranger)
        cls.portal = cls._user("fin_portal", "base.group_portal", password="fin_portal_pass", email="anna@river.test")
        cls.portal.partner_id.parent_id = cls.customer
        cls.agent = cls._user("fin_agent", "crm_service.group_service_user")
        cls.other_agent = cls._user("fin_other_agent", "crm_service.group_service_user")
        cls.cause = cls.env.ref("crm_finance_bridge.crm_dispute_cause_price_list")

    def _login(self):
        self.authenticate(self.portal.login, "fin_portal_pass")

    def _item(self, move):
        return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def _post(self, what, token=True, **data):
        if token:
            page = self.url_open("/my/statement").text
            data["csrf_token"] = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
        return self.url_open(f"/my/statement/{what}", data=data)

    def test_page_and_files_show_the_own_account_only(self):
        """The customer sees own items, pays them, and gets PDF and workbook; no parameter leads to another's."""
        self._login()
        for query in ("", f"?company_id={self.company.id}", f"?company_id=999999&partner_id={self.stranger.id}"):
            page = self.url_open(f"/my/statement{query}").text
            self.assertIn(self.own.name, page)
            self.assertIn(f"/my/invoices/{self.own.id}", page)
            self.assertNotIn("Stranger", page)
        for query in ("?kind=movement&date_from=2025-12-01", "?kind=nonsense", "?date=nonsense", "?date_from=x"):
            response = self.url_open(f"/my/statement{query}")
            self.assertEqual(response.status_code, 200)
            self.assertIn(self.own.name, response.text)
        self.assertIn(self.own.name, self.url_open("/my/statement.pdf").text)
        self.assertTrue(self.url_open("/my/statement.xlsx").content.startswith(b"PK"))
        self.assertIn("/my/statement", self.url_open("/my/home").text)

    @mute_logger("odoo.http")
    def test_files_of_the_staff_are_not_for_the_portal(self):
        """A customer does not reach the address of the staff, not even for the own account; a salesperson does."""
        self._login()
        for partner in (self.customer, self.stranger):
            response = self.url_open(f"/crm_finance_bridge/statement/{partner.id}.pdf")
            self.assertNotIn("INV/", response.text)
            self.assertNotEqual(response.status_code, 200)
        response = self.url_open(f"/report/html/crm_finance_bridge.report_statement/{self.stranger.id}")
        self.assertNotIn(self.foreign.name, response.text)

    def test_promise(self):
        """The customer promises an own invoice; another's, a past day or too much is refused with a reason."""
        self._login()
        day = self.company._crm_credit_today()
        Promise = self.env["crm.payment.promise"].sudo()
        found = [("partner_id", "in", (self.customer + self.stranger).ids)]
        for values in (
            {"item_id": self._item(self.foreign).id, "date": day},
            {"item_id": "nonsense", "date": day},
            {"item_id": self._item(self.own).id, "date": "2020-01-01"},
            {"item_id": self._item(self.own).id, "date": "nonsense"},
            {"item_id": self._item(self.own).id, "date": "9999-12-31"},
            {"item_id": self._item(self.own).id, "date": day, "amount": "100.01"},
            {"item_id": self._item(self.own).id, "date": day, "amount": "1,000"},
            {"item_id": self._item(self.own).id, "date": day, "amount": "nan"},
            {"item_id": self._item(self.own).id, "date": day, "amount": "-5"},
        ):
            self.assertIn("alert-warning", self._post("promise", **values).text)
        with mute_logger("odoo.http"):
            self._post("promise", token=False, item_id=self._item(self.own).id, date=day)
        self.assertFalse(Promise.search(found))
        page = self._post("promise", item_id=self._item(self.own).id, date=day, amount="60").text
        self.assertIn("your promise is noted", page)
        promise = Promise.search(found)
        self.assertEqual((promise.amount, promise.channel, promise.state), (60.0, "portal", "open"))
        self.assertEqual(promise.line_ids.move_id, self.own)
        self.assertFalse(self.env["crm.collection.call"].search([("partner_id", "=", self.customer.id)]))

    def test_dispute(self):
        """The customer disputes an own invoice with a reason, once; another's cannot be touched."""
        self._login()
        Dispute = self.env["crm.dispute"].sudo()
        found = [("partner_id", "in", (self.customer + self.stranger).ids)]
        good = {"item_id": self._item(self.own).id, "cause_id": self.cause.id, "description": "Wrong <b>price</b>"}
        for values in (
            {"item_id": self._item(self.foreign).id},
            {"cause_id": 999999},
            {"description": "  "},
        ):
            self.assertIn("alert-warning", self._post("dispute", **(good | values)).text)
        self.assertFalse(Dispute.search(found))
        reasons = re.findall(r"<option value=.(?:\d+).>\s*(.*?)\s*</option>", self.url_open("/my/statement").text)
        self.assertEqual(reasons[-1], "Something else", "last, and not in the words of the house")
        self.assertNotIn("Not sorted yet", reasons)
        self.assertIn("we look into it", self._post("dispute", **good).text)
        dispute = Dispute.search(found)
        self.assertEqual((dispute.amount, dispute.origin, dispute.state), (100.0, "portal", "open"))
        self.assertEqual(dispute.description, "Wrong <b>price</b>")
        self._post("dispute", **good)
        self.assertEqual(Dispute.search_count(found), 1)

    def test_what_is_promised_or_disputed_can_be_paid(self):
        """Whoever has promised an invoice in full may still pay or dispute it; in dispute, it can be paid."""
        self._login()
        item, day = self._item(self.own).id, self.company._crm_credit_today()
        buttons = ("o_crm_pay", "o_crm_promise", "o_crm_dispute")
        page = self.url_open("/my/statement").text
        self.assertEqual([name in page for name in buttons], [True, True, True])
        self._post("promise", item_id=item, date=day, amount="60.10")
        page = self._post("promise", item_id=item, date=day).text
        self.assertEqual([name in page for name in buttons], [True, False, True])
        page = self._post("dispute", item_id=item, cause_id=self.cause.id, description="Late").text
        self.assertEqual([name in page for name in buttons], [True, False, False])

    @mute_logger("odoo.http")
    def test_a_period_before_all_workbooks(self):
        """A day that no workbook and no paper can write is refused, not an error of the server."""
        self._login()
        query = "?kind=movement&date_from=0001-01-01"
        self.assertIn("cannot be read", self.url_open(f"/my/statement{query}").text)
        for extension in ("pdf", "xlsx"):
            self.assertEqual(self.url_open(f"/my/statement.{extension}{query}").status_code, 200)

    def test_promise_and_dispute_of_a_branch(self):
        """A promise and a dispute are filed where the invoice is, and only the causes of that company are offered."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.env.user.company_ids += branch
        receivable = self.company_data["default_account_receivable"]
        self.customer.with_company(branch).property_account_receivable_id = receivable
        move = self._invoice(
            80.0, journal_id=self.company_data["default_journal_sale"].id, company_id=branch.id, invoice_user_id=False
        )
        self.assertEqual(move.company_id, branch)
        Cause = self.env["crm.dispute.cause"]
        own = Cause.create({"name": "Only of the branch", "company_id": branch.id})
        root = Cause.create({"name": "Only of the root", "company_id": self.company.id})
        clerk = self._user("fin_branch", "account.group_account_invoice")
        clerk.sudo().write({"company_id": branch.id, "company_ids": [Command.set(branch.ids)]})
        self._login()
        item, day = self._item(move), self.company._crm_credit_today()
        page = self.url_open("/my/statement").text
        self.assertEqual((page.count(own.name), page.count(root.name)), (1, 1))
        self.assertIn("is noted", self._post("promise", item_id=item.id, date=day, amount="30").text)
        promise = self.env["crm.payment.promise"].with_user(clerk).search([("line_ids.move_id", "=", move.id)])
        self.assertEqual((promise.company_id, promise.amount), (branch, 30.0))
        values = {"item_id": item.id, "amount": "20", "description": "Wrong"}
        self.assertIn("alert-warning", self._post("dispute", cause_id=root.id, **values).text)
        self.assertIn("we look into it", self._post("dispute", cause_id=own.id, **values).text)
        dispute = self.env["crm.dispute"].with_user(clerk).search([("line_ids.move_id", "=", move.id)])
        self.assertEqual((dispute.company_id, dispute.amount), (branch, 20.0))
        task = self.env["crm.collection.task"].search([("partner_id", "=", self.customer.id)])
        self.assertIn(branch, task.company_id)

    def test_wish(self):
        """The customer opts out of the monthly statement, for the own company only."""
        self._login()
        self._post("wish", wish="none", partner_id=self.stranger.id)
        self.assertEqual((self.customer.crm_statement_send, self.stranger.crm_statement_send), ("none", False))
        self.assertIn("alert-warning", self._post("wish", wish="nonsense").text)
        self.assertEqual(self.customer.crm_statement_send, "none")

    # === TRAFFIC LIGHT === #

    def _lead(self, partner, user):
        return self.env["crm.lead"].sudo().create({"name": "Deal", "partner_id": partner.id, "user_id": user.id})

    def test_light_of_own_customers(self):
        """A salesperson without accounting rights sees exposure, overdue and promises of own customers only."""
        for user in self.salesman + self.agent:
            self.assertFalse(user.has_groups("account.group_account_readonly,account.group_account_invoice"))
        order = self._order(40.0)
        lead = self._lead(self.customer, self.salesman)
        ticket = (
            self.env["crm.ticket"]
            .with_user(self.agent)
            .create(
                {
                    "name": "Help",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "user_id": self.agent.id,
                }
            )
        )
        for record in (order, lead):
            seen = record.with_user(self.salesman)
            self.assertEqual((seen.crm_light, seen.crm_light_overdue, seen.crm_light_promised), ("red", 100.0, 0.0))
            self.assertEqual(seen.crm_light_exposure, 100.0)
            self.assertIn("100.00", seen.crm_light_text)
        self.env["crm.payment.promise"].with_user(self.biller).create(
            {"partner_id": self.customer.id, "date": self.company._crm_credit_today(), "amount": 100.0}
        )
        self.env.invalidate_all()
        seen = order.with_user(self.salesman)
        self.assertEqual((seen.crm_light, seen.crm_light_promised), ("yellow", 100.0))
        self.assertEqual(seen.action_crm_light()["res_model"], "crm.open.item")
        strange = self._order(40.0, self.stranger, user_id=self.salesman.id).with_user(self.salesman)
        strange |= self._order(40.0, self._customer("Of nobody", user_id=False)).with_user(self.salesman)
        lead = self._lead(self.stranger, self.salesman).with_user(self.salesman)
        for seen in (strange[0], lead):
            self.assertEqual((seen.crm_light, seen.crm_light_figures), ("red", False), "own work, another's customer")
            self.assertEqual((seen.crm_light_overdue, seen.crm_light_exposure), (0.0, 0.0))
            self.assertEqual(seen.crm_light_text, "Overdue for long, and nothing is promised.")
        self.assertEqual(strange[1].crm_light, "none")
        lead.sudo().user_id = self.other_salesman
        self.assertEqual((lead.sudo().crm_light, lead.sudo().crm_light_text), (False, False))
        agent = ticket.with_user(self.agent)
        self.assertEqual((agent.crm_light, agent.crm_light_overdue, agent.crm_light_exposure), ("yellow", 0.0, 0.0))
        self.assertNotIn("100", agent.crm_light_text)
        self.assertFalse(ticket.with_user(self.other_agent).sudo().crm_light)
        self.assertEqual(ticket.with_user(self.finance).sudo().crm_light_overdue, 100.0)

    def test_light_of_the_company_of_the_record(self):
        """A quotation, a lead and a ticket of another company are judged by that company, in its currency."""
        euro = self.setup_other_currency("EUR")
        data = self.setup_other_company(currency_id=euro.id)
        other = data["company"]
        self.salesman.company_ids += other
        self.agent.company_ids += other
        self.customer.with_company(other).property_account_receivable_id = data["default_account_receivable"]
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-01-01",
                "invoice_date_due": "2026-01-10",
                "currency_id": euro.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "line",
                            "price_unit": 333.0,
                            "tax_ids": [Command.clear()],
                            "account_id": data["default_account_revenue"].id,
                        }
                    )
                ],
            }
        ).action_post()
        companies = (self.company + other).ids
        mine = self._order(40.0)
        foreign = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": other.id, "user_id": self.salesman.id}
        )
        lead = self._lead(self.customer, self.salesman)
        seen = (mine + foreign).with_user(self.salesman).with_context(allowed_company_ids=companies)
        self.assertEqual(seen.mapped("crm_light_overdue"), [100.0, 333.0])
        self.assertEqual(seen[1].crm_light_currency_id, euro)
        self.assertIn("333.00", seen[1].crm_light_text)
        domain = seen[1].action_crm_light()["domain"]
        self.assertIn(("company_id", "child_of", other.id), domain)
        lead = lead.with_user(self.salesman).with_context(allowed_company_ids=companies)
        lead.company_id = self.company
        self.assertEqual(lead.crm_light_overdue, 100.0)
        lead.company_id = other
        self.assertEqual((lead.crm_light_overdue, lead.crm_light_currency_id), (333.0, euro))
        lead.company_id = False
        self.assertEqual(lead.crm_light_overdue, 100.0, "without a company the current one judges")
        ticket = (
            self.env["crm.ticket"]
            .sudo()
            .create({"name": "Help", "partner_id": self.customer.id, "company_id": other.id, "user_id": self.agent.id})
        )
        self.assertEqual(ticket.with_user(self.finance).sudo().crm_light_overdue, 333.0)

    def test_light_of_a_list(self):
        """The lights of a hundred quotations take as many queries as those of ten."""
        orders = self.env["sale.order"]
        for number in range(100):
            orders |= self._order(10.0, self._customer(f"Listed {number}"))
        counts = []
        for found in (orders[:10], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(set(found.with_user(self.salesman).mapped("crm_light")), {"none"})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)
