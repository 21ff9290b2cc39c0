from datetime import timedelta

from odoo.fields import Date
from odoo.tests import HttpCase, tagged

from .common import FinanceCommon


@tagged("post_install", "-at_install")
class TestCollectTour(FinanceCommon, HttpCase):
    """The two screens of collection in the browser, by a salesperson and by an accountant without more rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = Date.today()
        other = cls._customer("Other Tools", user_id=cls.other_salesman.id)
        due = cls.today - timedelta(days=40)
        cls.own = cls._invoice(200.0, due, due)
        cls.foreign = cls._invoice(1000.0, due, due, partner=other, invoice_user_id=cls.other_salesman.id)

    def test_own_receivables(self):
        """R185: a salesperson sees own overdue invoices only and logs a promise in the web client."""
        self.start_tour("/odoo/my-receivables", "crm_finance_bridge_own_receivables", login=self.salesman.login)
        promise = self.env["crm.payment.promise"].search([("user_id", "=", self.salesman.id)])
        self.assertEqual(promise.line_ids.move_id, self.own)
        self.assertEqual((promise.amount, promise.date), (200.0, self.today + timedelta(days=7)))

    def test_worklist(self):
        self.env["crm.collection.task"]._refresh(self.company)
        self.start_tour("/odoo/collection-worklist", "crm_finance_bridge_worklist", login=self.biller.login)
        tasks = self.env["crm.collection.task"].search([("company_id", "=", self.company.id)])
        by_name = tasks.grouped(lambda task: task.partner_id.name)
        self.assertEqual(by_name["Riverside Tools"].state, "deferred")
        self.assertEqual(by_name["Other Tools"].disputed, 1000.0)
