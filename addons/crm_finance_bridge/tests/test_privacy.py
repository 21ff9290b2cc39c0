import io

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .collect_common import CollectCommon

SAID = ("Pays after the harvest", "Steel was bent", "Half of it was", "Is on holiday", "Knows the owner", "ADVICE-7")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestPrivacy(CollectCommon):
    """What finance keeps on a person is in the person's workbook, and goes or loses the person; the books stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("privacy_manager", "sales_team.group_sale_manager,base.group_partner_manager")
        cls.chief = cls._user("privacy_chief", "sales_team.group_sale_manager,account.group_account_manager")
        cls.person = cls._customer("Anna Baker", is_company=False, email="anna@bakers.test")
        cls.bills = cls._invoice(100.0, "2026-01-01", "2026-01-10", partner=cls.person)
        cls.bills += cls._invoice(50.0, "2026-01-02", "2026-01-12", partner=cls.person)

    def _known(self):
        """Everything said of the person, the bills paid in the end; returns the records that stay."""
        promise = self._promise(60.0, partner_id=self.person.id, note=SAID[0])
        promise.message_post(body="Anna told of her divorce", message_type="comment")
        dispute = self._dispute(self.bills[0], 30.0, partner_id=self.person.id, description=SAID[1])
        dispute.sudo().outcome_note = SAID[2]
        dispute.sudo().outcome_note = SAID[2] + " ours"
        self.env.cr.precommit.run()
        self.env["crm.collection.call"].with_user(self.biller)._log(
            self.person, self.company, "no_answer", note=SAID[3]
        )
        terms = self._limit(partner=self.person, note=SAID[4])
        advice = self.env["crm.remittance.advice"].create(
            {"name": SAID[5], "partner_id": self.person.id, "line_ids": [Command.create({"text": "INV", "amount": 1})]}
        )
        self.env["crm.payment.score"]._refresh(self.company, self.company._crm_credit_today())
        line = (
            self.env["crm.statement.run.line"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.person.id,
                    "contact_id": self.person.id,
                    "email": "anna@bakers.test",
                    "kind": "open",
                    "date_from": "2026-01-01",
                    "date": "2026-02-28",
                    "state": "sent",
                    "mail_id": self.env["mail.mail"]
                    .sudo()
                    .create({"body_html": "Dear Anna", "email_to": "a@b.test"})
                    .id,
                }
            )
        )
        for bill in self.bills:
            self._pay(bill, bill.amount_residual)
        self.bills.matched_payment_ids.action_validate()
        return promise.sudo(), dispute.sudo(), terms.sudo(), advice.sudo(), line

    def _asked(self, kind, user=None):
        person = self.person.with_user(user or self.manager)
        return self.env["crm.privacy.request"].with_user(user or self.manager)._ask(person, kind)

    def _cells(self, content):
        import openpyxl

        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]

    def test_export(self):
        """Score, promises, disputes, contacts, credit terms, advices and statements are in the person's workbook."""
        self._known()
        asked = self._asked("export")
        asked.action_do()
        cells = self._cells(asked.attachment_id.sudo().raw)
        for text in (*SAID, "anna@bakers.test"):
            self.assertTrue(any(text in cell for cell in cells), text)
        for title in ("Payment score", "Statements", "Disputes", "Contacts about overdue money"):
            self.assertNotEqual(cells[cells.index(title) + 1], "nothing kept", title)
        self.assertNotIn("Wages and commissions", cells, "she is no colleague")

    def test_erase(self):
        """What was written goes, also in the history of the records; entries, amounts and who promised what stay."""
        promise, dispute, terms, advice, line = self._known()
        entries = self.env["account.move.line"].search([("partner_id", "=", self.person.id)])
        before = [(item.id, item.balance, item.parent_state, item.partner_id.id) for item in entries]
        mail = line.mail_id
        asked = self._asked("erase")
        asked.action_do()
        self.assertEqual(asked.state, "done")
        self.env.invalidate_all()
        self.assertEqual([(item.id, item.balance, item.parent_state, item.partner_id.id) for item in entries], before)
        self.assertEqual(self.person.name, "Anna Baker", "posted documents keep the name")
        self.assertFalse(self.person.email or self.person.active)
        self.assertFalse(promise.note or dispute.description or dispute.outcome_note or terms.note)
        self.assertFalse(line.email or line.contact_id or mail.exists())
        self.assertFalse(self.env["crm.payment.score"].sudo().search([("partner_id", "=", self.person.id)]))
        calls = self.env["crm.collection.call"].sudo().search([("partner_id", "=", self.person.id)])
        self.assertEqual(
            (set(calls.mapped("result")), any(calls.mapped("note"))), ({"promise", "dispute", "no_answer"}, False)
        )
        self.assertEqual((promise.amount, dispute.amount, promise.partner_id), (60.0, 30.0, self.person))
        talk = self.env["mail.message"].sudo().search([("model", "=", promise._name), ("res_id", "=", promise.id)])
        self.assertFalse(talk.filtered(lambda message: "divorce" in (message.body or "")))
        former = self.env["mail.tracking.value"].sudo().search([("mail_message_id.model", "=", dispute._name)])
        self.assertFalse([one for one in former if SAID[2] in f"{one.old_value_text} {one.new_value_text}"])

    def test_pay_of_a_colleague(self):
        """What a colleague is paid is not in the file that all sales administrators read: who exports it is said."""
        self.env["crm.wage"].sudo().create({"user_id": self.salesman.id, "month": "2026-01-01", "amount": 4321.0})
        self.person = self.salesman.partner_id
        for user in (self.manager, self.chief):
            asked = self._asked("export", user)
            asked.action_do()
            cells = self._cells(asked.attachment_id.sudo().raw)
            self.assertFalse(any("4,321" in cell for cell in cells), user.login)
            said = cells[cells.index("Wages and commissions") + 1]
            self.assertIn("accounting administrator exports them from Wage, Commission and Expenses", said)
        erase = self._asked("erase", self.chief)
        with self.assertRaisesRegex(UserError, "colleague"):
            erase.action_do()
