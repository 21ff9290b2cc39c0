from dateutil.relativedelta import relativedelta
from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestCrmContactLog(CustomerCommon):
    """The record of contacts, seen by salespeople."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer("Aldbrook", "direct", cls.salesman)
        cls.ann = cls.env["res.partner"].create({"name": "Ann", "parent_id": cls.customer.id})
        cls.bob = cls.env["res.partner"].create({"name": "Bob", "parent_id": cls.customer.id})
        cls.foreign = cls.make_customer("Foreign", "direct", cls.colleague)

    def log(self, partner=None, channel="call", user=None, days_ago=0, **values):
        date = fields.Datetime.now() - relativedelta(days=days_ago)
        logs = self.env["crm.contact.log"].with_user(user or self.salesman)
        return logs._log(partner or self.ann, channel, date=date, **values)

    def test_log_with_channel_content_and_next_step(self):
        """R014: channel, contact, content and next step are kept, the next step is planned, the last contact moves."""
        self.log(self.bob, "visit", days_ago=40)
        self.assertEqual(self.customer.crm_last_contact, fields.Datetime.to_datetime("2026-05-21 12:00:00"))
        for channel in ("call", "email", "im", "visit"):
            with Form(self.env["crm.contact.log"].with_user(self.salesman)) as form:
                form.channel = channel
                form.contact_id = self.ann
                form.subject = "Price list"
                form.content = "<p>Wants the new one</p>"
                form.next_step = "Send it"
                form.next_date = "2026-07-03"
            entry = form.record
            self.assertRecordValues(
                entry,
                [
                    {
                        "partner_id": self.customer.id,
                        "contact_id": self.ann.id,
                        "channel": channel,
                        "next_step": "Send it",
                    }
                ],
            )
            self.assertIn("Wants the new one", entry.content)
            activity = entry.activity_id
            self.assertEqual((activity.res_model, activity.res_id), ("res.partner", self.customer.id))
            self.assertEqual((activity.user_id, activity.summary), (self.salesman, "Send it"))
            self.assertEqual(activity.date_deadline, fields.Date.to_date("2026-07-03"))
        self.customer.invalidate_recordset()
        for partner in (self.customer, self.ann, self.bob):
            self.assertEqual(partner.crm_last_contact, fields.Datetime.now())
            self.assertEqual(partner.crm_last_contact_user_id, self.salesman)
        event = (
            self.env["crm.customer.event"]
            .with_user(self.salesman)
            .search([("kind", "=", "contact"), ("res_id", "=", entry.id)])
        )
        self.assertEqual((event.name, event.partner_id), ("Price list", self.customer))
        self.assertEqual(event.action_open()["res_id"], entry.id)

    def test_next_step_is_one_activity(self):
        """A changed next date moves the activity; without date it goes."""
        entry = self.log(next_step="Ring", next_date="2026-07-03")
        activity = entry.activity_id
        entry.next_date = "2026-07-10"
        self.assertEqual(entry.activity_id, activity)
        self.assertEqual(activity.date_deadline, fields.Date.to_date("2026-07-10"))
        entry.next_date = False
        self.assertFalse(activity.exists())
        self.assertEqual(entry.subject, "Call")

    def test_done_activity_counts_as_contact(self):
        """R014: a call planned as activity and marked done is a contact, once in the timeline."""
        activity = self.customer.activity_schedule(
            "mail.mail_activity_data_call", summary="Ask", user_id=self.salesman.id
        )
        todo = self.customer.activity_schedule("mail.mail_activity_data_todo", user_id=self.salesman.id)
        (activity | todo).with_user(self.salesman).action_feedback("Will order")
        entry = self.env["crm.contact.log"].with_user(self.salesman).search([("partner_id", "=", self.customer.id)])
        self.assertRecordValues(
            entry, [{"channel": "call", "subject": "Ask", "user_id": self.salesman.id, "company_id": self.company.id}]
        )
        self.assertIn("Will order", entry.content)
        self.assertEqual(self.customer.crm_last_contact, fields.Datetime.now())
        events = self.env["crm.customer.event"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(sorted(events.mapped("kind")), ["activity", "activity"])

    def test_search_by_last_contact(self):
        """Customers are found by their newest contact, contacts of theirs too, and by never having had one."""
        self.log(days_ago=40)
        self.log(self.foreign, user=self.colleague, days_ago=3)
        never = self.make_customer("Never", "direct", self.salesman)
        pool = self.customer | self.ann | self.foreign | never

        def found(*leaf):
            return self.env["res.partner"].search([leaf, ("id", "in", pool.ids)])

        self.assertEqual(found("crm_last_contact", "<", "-30d"), self.customer | self.ann)
        self.assertEqual(found("crm_last_contact", ">=", "-30d"), self.foreign)
        self.assertEqual(found("crm_last_contact", "=", False), never)
        self.assertEqual(found("crm_last_contact", "!=", False), pool - never)
        self.assertEqual(found("crm_last_contact_user_id", "=", self.colleague.id), self.foreign)
        self.assertEqual(found("crm_last_contact_user_id", "=", False), never)
        self.log()
        self.assertFalse(found("crm_last_contact", "<", "-30d"))

    def test_matrix_of_staff_and_contacts(self):
        """R009.1: staff x contact of the account, with number and last date, opened by the manager."""
        self.log(self.ann, days_ago=9)
        self.log(self.ann, "email", days_ago=2)
        self.log(self.bob, "visit", days_ago=5)
        self.log(self.ann, "video", user=self.manager, days_ago=1)
        self.log(self.customer, "letter", user=self.manager, days_ago=30)
        self.log(self.foreign, user=self.colleague)
        action = self.customer.with_user(self.manager).action_crm_contact_matrix()
        self.assertIn((False, "pivot"), action["views"])
        matrix = self.env[action["res_model"]].with_user(self.manager)
        rows = {
            (row.user_id, row.contact_id): (row.number, row.last_date.date().isoformat(), row.last_channel)
            for row in matrix.search(action["domain"])
        }
        nobody = self.env["res.partner"]
        self.assertEqual(
            rows,
            {
                (self.salesman, self.ann): (2, "2026-06-28", "email"),
                (self.salesman, self.bob): (1, "2026-06-25", "visit"),
                (self.manager, self.ann): (1, "2026-06-29", "video"),
                (self.manager, nobody): (1, "2026-05-31", "letter"),
            },
        )
        cells = matrix._read_group(
            action["domain"], ["user_id", "contact_id"], ["number:sum", "last_date:max", "days_since:min"]
        )
        self.assertIn((self.salesman, self.ann, 2, fields.Datetime.to_datetime("2026-06-28 12:00:00"), 2), cells)
        pair = matrix.search([("user_id", "=", self.salesman.id), ("contact_id", "=", self.ann.id)])
        self.assertEqual(self.env["crm.contact.log"].search_count(pair.action_open_contacts()["domain"]), 2)
        self.assertEqual(matrix.with_user(self.colleague).search([]).mapped("partner_id"), self.foreign)

    def test_rights(self):
        """Colleagues read and change their own; a clerk nothing; another company's contacts stay there."""
        entry = self.log()
        theirs = self.env["crm.contact.log"].with_user(self.colleague)
        self.assertFalse(theirs.search([("partner_id", "=", self.customer.id)]))
        with self.assertRaises(AccessError):
            entry.with_user(self.colleague).subject = "Changed"
        self.log(self.customer, user=self.manager)
        with self.assertRaises(AccessError):
            self.env["crm.contact.log"].with_user(self.salesman).create(
                {"partner_id": self.customer.id, "subject": "Not mine", "user_id": self.colleague.id}
            )
        with self.assertRaises(AccessError):
            self.env["crm.contact.log"].with_user(self.clerk).search([])
        other = self.setup_other_company(name="Second company")["company"]
        self.manager.company_ids |= other
        there = self.customer.with_user(self.manager).with_context(allowed_company_ids=other.ids)
        self.assertFalse(there.crm_last_contact)
        self.assertFalse(there.crm_contact_log_count)

    def test_wrong_input(self):
        """A contact of another customer and a contact in the future are refused in plain words."""
        with self.assertRaisesRegex(ValidationError, "Ann is no contact of Foreign|no contact of Foreign"):
            self.log(self.foreign, user=self.manager, contact_id=self.ann.id)
        with self.assertRaisesRegex(ValidationError, "lies in the past"):
            self.log(days_ago=-3)

    def test_queries_do_not_grow(self):
        """The last contact of a list of 10 and of 100 customers takes the same queries."""
        customers = self.env["res.partner"].create([{"name": f"C{n}", "is_company": True} for n in range(100)])
        for customer in customers:
            self.log(customer, user=self.manager)

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            some = some.with_user(self.manager)
            before = self.cr.sql_log_count
            some.read(["crm_last_contact", "crm_last_contact_user_id", "crm_contact_log_count"])
            return self.cr.sql_log_count - before

        count(customers)
        self.assertEqual(count(customers[:10]), count(customers))
