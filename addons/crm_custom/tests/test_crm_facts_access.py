"""Who sees which rows; caches, dates and query counts."""

from datetime import date, timedelta

from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged, warmup

TODAY = date(2026, 6, 30)


@tagged("post_install", "-at_install")
class TestFactsAccess(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.other = cls.setup_other_company(name="Other company")["company"]
        users = {"anna": "sales_team.group_sale_salesman", "bert": "sales_team.group_sale_salesman"}
        users |= {"lead": "sales_team.group_sale_salesman_all_leads", "billing": "account.group_account_invoice"}
        users |= {"auditor": "account.group_account_readonly", "nobody": "base.group_user"}
        cls.users = {
            login: new_test_user(
                cls.env, login=f"facts_{login}", groups=f"base.group_user,{groups}", company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for login, groups in users.items()
        }  # fmt: skip
        cls.partner_a.user_id = cls.users["anna"]
        cls.partner_b.user_id = cls.users["bert"]
        cls.invoices = {
            login: cls.invoice(partner, cls.users[login], day)
            for login, partner, day in (("anna", cls.partner_a, TODAY), ("bert", cls.partner_b, TODAY))
        }
        cls.paid = cls.invoice(cls.partner_a, cls.users["anna"], TODAY - timedelta(days=100))
        cls._register_payment(cls.paid, payment_date=TODAY - timedelta(days=10))
        cls.on_account = cls.env["account.payment"].create(
            {"partner_id": cls.partner_a.id, "amount": 5, "date": TODAY, "payment_type": "inbound",
             "partner_type": "customer", "journal_id": cls.company_data["default_journal_bank"].id}
        )  # fmt: skip
        cls.on_account.action_post()
        cls.env.user.company_ids |= cls.other
        cls.foreign_invoice = cls.invoice(cls.partner_a, cls.users["anna"], TODAY, cls.other)

    @classmethod
    def invoice(cls, partner, user, day, company=None):
        company = company or cls.company
        env = cls.env(context=dict(cls.env.context, allowed_company_ids=company.ids))
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_user_id": user.id,
                "invoice_date": day,
                "invoice_date_due": day,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": 100, "tax_ids": [Command.clear()]})
                ],
            }
        )
        invoice.action_post()
        return invoice

    def items(self, login, as_of=TODAY):
        return self.env["crm.open.item"].with_user(self.users[login]).with_context(as_of=as_of)

    def test_salesperson_sees_own_customers_rows_only(self):
        moves = self.items("anna").search([]).sudo().move_id
        self.assertEqual(moves, self.invoices["anna"] + self.on_account.move_id)
        self.assertEqual(self.items("bert").search([]).sudo().move_id, self.invoices["bert"])
        parts = self.env["crm.collection"]
        self.assertEqual(parts.with_user(self.users["anna"]).search([]).move_id, self.paid)
        self.assertFalse(parts.with_user(self.users["bert"]).search([]))

    def test_all_leads_and_accountants_see_their_companies(self):
        expected = self.invoices["anna"] + self.invoices["bert"] + self.on_account.move_id
        for login in ("lead", "billing", "auditor"):
            self.assertEqual(self.items(login).search([]).sudo().move_id, expected, login)

    def test_other_users_see_nothing(self):
        for model in ("crm.open.item", "crm.collection", "crm.order.flow"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.users["nobody"]).search([])

    def test_nobody_writes_a_fact(self):
        item = self.items("lead").search([], limit=1)
        with self.assertRaises(AccessError):
            item.write({"residual": 0})
        with self.assertRaises(AccessError):
            item.unlink()

    def test_salesperson_reads_a_row_whole(self):
        item = self.items("anna").search([("kind", "=", "payment")])
        [values] = item.read()
        self.assertEqual(values["residual"], -5)
        self.assertEqual(values["move_id"][1], self.on_account.move_id.name)
        self.assertEqual(item.action_open_document()["res_model"], "res.partner")

    def test_two_dates_in_one_transaction(self):
        early, late = TODAY - timedelta(days=60), TODAY - timedelta(days=5)
        then = self.items("billing", early).search([("move_id", "=", self.paid.id)])
        self.assertRecordValues(then, [{"residual": 100, "days_overdue": 40, "bucket": "31_60"}])
        self.assertFalse(self.items("billing", late).search([("move_id", "=", self.paid.id)]))
        later = then.with_context(as_of=str(TODAY - timedelta(days=20)))
        self.assertRecordValues(later, [{"residual": 100, "days_overdue": 80, "bucket": "61_90"}])
        self.assertRecordValues(then, [{"days_overdue": 40, "bucket": "31_60"}])

    @freeze_time("2026-06-30 12:00:00")
    def test_today_is_the_default_date(self):
        Item = self.env["crm.open.item"].with_user(self.users["billing"])
        self.assertEqual(Item._as_of(), TODAY)
        self.assertEqual(Item.search([]), self.items("billing").search([]).with_env(Item.env))

    def test_limits_of_the_company_decide_the_bucket(self):
        self.company.write({"crm_bucket_1": 10, "crm_bucket_2": 20, "crm_bucket_3": 30, "crm_bucket_4": 40})
        for days, expected in (
            (0, "not_due"),
            (1, "1_30"),
            (10, "1_30"),
            (11, "31_60"),
            (40, "91_180"),
            (41, "over_180"),
        ):
            item = self.items("billing", TODAY + timedelta(days=days)).search(
                [("move_id", "=", self.invoices["anna"].id)]
            )
            self.assertEqual(item.bucket, expected, days)
        labels = dict(self.env["crm.open.item"].with_company(self.company)._selection_bucket())
        self.assertEqual(labels["1_30"], "1-10 days")
        self.assertEqual(labels["over_180"], "Over 40 days")
        with self.assertRaises(ValidationError):
            self.company.crm_bucket_2 = 10

    def test_buckets_come_in_order_of_age(self):
        for days in (40, 15, 500):
            self.invoice(self.partner_a, self.users["anna"], TODAY - timedelta(days=days))
        groups = self.items("anna")._read_group([], ["bucket"], ["residual:sum"])
        self.assertEqual(groups, [("not_due", 95), ("1_30", 100), ("31_60", 100), ("over_180", 100)])
        groups = self.items("anna")._read_group([], ["partner_id", "bucket"], [], order="partner_id, bucket DESC")
        self.assertEqual([bucket for _partner, bucket in groups], ["over_180", "31_60", "1_30", "not_due"])

    def test_wizard_opens_the_chosen_date(self):
        wizard = self.env["crm.open.item.as.of"].with_user(self.users["anna"]).create({"as_of": "2026-05-01"})
        action = wizard.action_open()
        self.assertEqual(action["context"]["as_of"], "2026-05-01")
        Item = self.env["crm.open.item"].with_user(self.users["anna"]).with_context(**action["context"])
        self.assertEqual(Item.search([]).move_id, self.paid)

    @warmup
    def test_list_takes_the_same_queries_at_any_length(self):
        fields = ["partner_id", "move_id", "residual", "bucket", "days_overdue", "user_id"]
        spec = {name: {"fields": {"display_name": {}}} if name.endswith("_id") else {} for name in fields}
        self.items("anna").web_search_read([], spec, limit=80)  # access rights and views into the caches
        counts = []
        for number in (1, 12):
            for _index in range(number):
                self.invoice(self.partner_a, self.users["anna"], TODAY)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.items("anna").web_search_read([], spec, limit=80)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            self.items("anna").with_company(self.company)._read_group([], ["partner_id", "bucket"], ["residual:sum"])
