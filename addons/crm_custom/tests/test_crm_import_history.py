import base64
import csv
import gzip
import io
import itertools
import random
import unittest
from datetime import date
from pathlib import Path
from unittest.mock import patch

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..models import crm_import_run
from ..models.crm_import_pattern import RANKS, Pattern

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
ROWS = """
H1001,A1,Lamp,2,2020-01-02 08:00:00,2.55,17.0,France
H1001,B2,Table,1,2020-01-02 08:00:00,100,17.0,France
H1002,A1,Lamp,3,2020-01-03 09:00:00,2.55,18,EIRE
CH1003,A1,Lamp,-1,2020-01-05 09:00:00,2.55,18,EIRE
H1004,POST,Postage,1,2020-02-01 09:00:00,18,17,France
H1005,A1,Lamp,-4,2020-02-02 09:00:00,2.55,17,France
H1006,A1,Lamp,1,2020-02-02 09:00:00,0,17,France
H1007,A1,=HYPERLINK(1),1,2020-02-02 09:00:00,3.00,,France
H1008,A1,Lamp,1,soon,2.00,17,France
"""
# By hand: H1001 105.10, H1002 7.65, H1004 18.00 and the credit note 2.55; rejected: -10.20 + 0 + 3.00 + 2.00.
INVOICED, CREDITED, REJECTED = 130.75, 2.55, -5.20
SHARED_FILE = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "online_retail.csv.gz"
GROUPS = "sales_team.group_sale_manager,account.group_account_invoice"


def history_file(rows=ROWS, header=HEADER):
    return f"{header}\n{rows.strip()}\n".encode()


class HistoryCommon(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.company_data_2 = cls.setup_other_company()
        cls.importer = new_test_user(
            cls.env, "history importer", groups=GROUPS, company_id=cls.company.id, company_ids=cls.company.ids
        )
        cls.History = cls.env["crm.import.history"].with_user(cls.importer).with_company(cls.company)
        cls.Reference = cls.env["crm.import.reference"]

    def load(self, content=None, **options):
        return self.History._load_file(content or history_file(), self.company, **options)

    def moves(self, history):
        return history.sudo().reference_ids.move_id.sorted("name")


@tagged("post_install", "-at_install")
class TestImportHistory(HistoryCommon):
    def test_dry_run_lists_everything_and_makes_nothing(self):
        """R210.1: figures, plan and reasons are known before anything is made."""
        before = self.env["account.move"].search_count([])
        history = self.load(dry_run=True)
        self.assertRecordValues(
            history,
            [
                {
                    "state": "checked",
                    "row_count": 9,
                    "rejected_count": 4,
                    "invoice_count": 3,
                    "refund_count": 1,
                    "customer_count": 2,
                    "product_count": 3,
                    "total_invoices": INVOICED,
                    "total_refunds": CREDITED,
                    "total_rejected": REJECTED,
                    "total_file": INVOICED - CREDITED + REJECTED,
                }
            ],
        )
        reasons = {row.position: row.reason for row in history.rejection_ids}
        self.assertEqual(reasons, {7: "negative_quantity", 8: "zero_price", 9: "no_customer", 10: "bad_date"})
        plan = list(csv.reader(io.StringIO(base64.b64decode(history.plan_file).decode("utf-8-sig"))))
        self.assertEqual([line[0] for line in plan[1:]], ["H1001", "H1002", "CH1003", "H1004"])
        self.assertEqual(self.env["account.move"].search_count([]), before)
        self.assertFalse(self.env["res.partner"].search([("ref", "=", "18")]))

    def test_import_posts_invoices_and_credit_notes_that_tie_to_the_cent(self):
        """R210.1: customers, products, invoices and credit notes come from the file, and nothing is lost."""
        history = self.load()
        self.assertRecordValues(
            history,
            [
                {
                    "state": "done",
                    "booked_invoices": 3,
                    "booked_refunds": 1,
                    "total_booked": INVOICED - CREDITED,
                    "documents_done": 4,
                    "progress": 100.0,
                }
            ],
        )
        moves = self.moves(history)
        self.assertEqual(moves.mapped("name"), ["CH1003", "H1001", "H1002", "H1004"])
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(moves[0].move_type, "out_refund")
        self.assertEqual(moves[1].invoice_date_due, date(2020, 1, 2))
        self.assertEqual(moves[1].line_ids.mapped("debit"), [0.0, 0.0, 105.10])
        self.assertEqual(sum(moves.line_ids.mapped("balance")), 0.0)
        self.assertFalse(moves.invoice_user_id, "whoever imports did not sell")
        partner = moves[2].partner_id
        self.assertEqual((partner.ref, partner.country_id.code, partner.customer_rank), ("18", "IE", 2))
        self.assertEqual(partner.company_id, self.company)
        self.assertEqual(moves[3].invoice_line_ids.product_id.type, "service")

    def test_second_import_makes_nothing_new(self):
        """R210.1: the same file again, by another name, is recognised whole."""
        self.load()
        counts = [self.env[model].search_count([]) for model in ("account.move", "res.partner", "product.product")]
        again = self.load(name="again.csv")
        self.assertEqual((again.known_count, again.document_count, again.booked_invoices), (4, 0, 0))
        self.assertAlmostEqual(again.total_known, INVOICED - CREDITED)
        self.assertEqual(
            [self.env[model].search_count([]) for model in ("account.move", "res.partner", "product.product")], counts
        )

    def test_changed_invoice_is_refused(self):
        self.load()
        again = self.load(history_file(ROWS.replace("H1004,POST,Postage,1", "H1004,POST,Postage,2")), name="2.csv")
        self.assertIn("changed_document", again.rejection_ids.mapped("reason"))
        self.assertEqual((again.known_count, again.document_count), (3, 0))

    def test_companies_do_not_share_what_was_imported(self):
        """R210.1: references are kept per company."""
        self.load()
        other = self.company_data_2["company"]
        self.importer.company_ids += other
        History = self.History.with_context(allowed_company_ids=other.ids)
        history = History._load_file(history_file(), other)
        self.assertEqual((history.known_count, history.booked_invoices), (0, 3))
        self.assertEqual(self.moves(history).company_id, other)
        self.assertEqual(self.moves(history).partner_id.company_id, other)
        self.assertNotIn(history, self.History.with_context(allowed_company_ids=self.company.ids).search([]))
        rejections = self.env["crm.import.rejection"].with_user(self.importer)
        self.assertEqual(
            rejections.with_context(allowed_company_ids=self.company.ids).search([]).company_id, self.company
        )

    def test_records_entered_by_hand_are_used(self):
        """R210.1: a customer with that number and a product with that code are not made twice."""
        partner = self.env["res.partner"].create(
            {"name": "Bistro", "ref": "17", "user_id": self.importer.id, "company_id": self.company.id}
        )
        product = self.env["product.product"].create({"name": "Old lamp", "default_code": "A1"})
        history = self.load()
        move = self.moves(history)[1]
        self.assertEqual((move.partner_id, move.invoice_user_id), (partner, self.importer))
        self.assertEqual(move.invoice_line_ids[0].product_id, product)
        self.assertEqual((history.customer_count, history.product_count), (1, 2))

    def test_killed_import_goes_on_behind_whole_batches(self):
        """R210.1: a batch that breaks leaves nothing; the next run makes the rest, nothing twice."""
        remember = type(self.Reference)._remember

        def break_down(self, history, kind, records, amounts=None):
            if kind == "document" and "H1004" in records:
                raise UserError("out of power")  # pylint: disable=translation-required
            return remember(self, history, kind, records, amounts)

        with (
            patch.object(crm_import_run, "BATCH_DOCUMENTS", 2),
            patch.object(type(self.Reference), "_remember", break_down),
        ):
            history = self.load()
        self.assertEqual((history.state, history.message, history.documents_done), ("stopped", "out of power", 2))
        self.assertEqual(self.moves(history).mapped("name"), ["H1001", "H1002"])
        self.assertFalse(self.env["account.move"].search([("name", "=", "CH1003")]))
        resumed = self.load()
        self.assertEqual(resumed, history, "the same file goes on in its own record")
        self.assertEqual((resumed.state, resumed.booked_invoices, resumed.booked_refunds), ("done", 3, 1))
        self.assertAlmostEqual(resumed.total_booked, INVOICED - CREDITED)

    def test_checkpoint_can_stop_the_import(self):
        with patch.object(crm_import_run, "BATCH_DOCUMENTS", 2):
            history = self.load(checkpoint=lambda count: count == 0)
        self.assertEqual((history.state, history.documents_done), ("running", 2))
        history._process()
        self.assertEqual((history.state, history.booked_invoices), ("done", 3))

    def test_large_file_is_left_to_the_scheduled_action(self):
        history = self.load(dry_run=True)
        cron = self.env.ref("crm_custom.ir_cron_import_history")
        with patch("odoo.addons.crm_custom.models.crm_import_history.DIRECT_LIMIT", 1):
            history.action_import()
        self.assertEqual((history.state, history.documents_done), ("running", 0))
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        with self.enter_registry_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        history.invalidate_recordset()
        self.assertEqual((history.state, history.booked_invoices), ("done", 3))

    def test_numbers_do_not_disturb_sequences(self):
        """The journal History goes on behind the original numbers, the sales journal as if nothing had happened."""
        before = self.init_invoice("out_invoice", products=self.product_a, post=True).name
        history = self.load()
        invoice = self.init_invoice("out_invoice", products=self.product_a, journal=history.journal_id, post=True)
        self.assertEqual(invoice.name, "H1005")
        after = self.init_invoice("out_invoice", products=self.product_a, post=True).name
        self.assertEqual(int(after[-5:]), int(before[-5:]) + 1)

    def test_closed_period_and_foreign_numbers_are_refused(self):
        self.company.sudo().sale_lock_date = date(2020, 1, 2)
        history = self.load(history_file(ROWS + "INV/2019/00001,A1,Lamp,1,2020-03-01,1,17,France\n"))
        reasons = {row.number: row.reason for row in history.rejection_ids}
        self.assertEqual(reasons["H1001"], "closed_period")
        self.assertEqual(reasons["INV/2019/00001"], "number_date")
        self.assertEqual(history.booked_invoices, 2)

    def test_formulas_in_rejected_rows_are_harmless(self):
        history = self.load(dry_run=True)
        content = base64.b64decode(history.rejection_file).decode("utf-8-sig")
        self.assertIn("'=HYPERLINK(1)", content)
        self.assertNotIn(",=HYPERLINK", content)

    def test_errors_speak_the_users_language(self):
        for content, words in (
            (b"", "Choose a file"),
            (HEADER.encode(), "no rows"),
            (b"InvoiceNo,Quantity\n1,2\n", "StockCode"),
            (history_file().replace(b"Lamp", b"L\xe4mp"), "Choose the encoding"),
            (b"\xd0\xcf\x11\xe0", "old Excel"),
            (b"hello\nworld\n", "no spreadsheet"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self.load(content, dry_run=True) if content else self.History.create({"name": "x"}).action_check()

    def test_columns_may_have_other_names(self):
        content = history_file(header=HEADER.replace("Quantity", "Qty"))
        history = self.load(content, columns={"quantity": "Qty"}, dry_run=True)
        self.assertEqual(history.invoice_count, 3)

    def test_rows_without_customer_may_be_booked(self):
        history = self.load(walk_in=True)
        self.assertEqual((history.booked_invoices, history.total_rejected), (4, -8.20))

    def test_screen(self):
        """An importer uploads, checks and imports a file by the buttons."""
        with Form(self.History) as form:
            form.name = "sales.csv"
            form.file = base64.b64encode(history_file())
        history = form.save()
        history.action_check()
        history.action_import()
        self.assertEqual((history.state, history.booked_invoices), ("done", 3))
        self.assertEqual(len(self.History.env["account.move"].search(history.action_open_documents()["domain"])), 4)
        self.assertEqual(history.action_open_rejections()["domain"], [("history_id", "=", history.id)])

    def test_who_may_import(self):
        """Sales managers who may post invoices import; others do not, not by the button nor in another company."""
        record = self.load(dry_run=True)
        for groups in ("sales_team.group_sale_salesman_all_leads", "account.group_account_invoice"):
            user = new_test_user(self.env, groups, groups=groups, company_id=self.company.id)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                record.with_user(user).read(["name"])
        manager = new_test_user(
            self.env, "sales manager", groups="sales_team.group_sale_manager", company_id=self.company.id
        )
        with self.assertRaisesRegex(AccessError, "post customer invoices"):
            record.with_user(manager).action_import()
        with self.assertRaises(AccessError):
            record.with_user(manager).user_id = self.importer
        own = self.History.with_user(manager).create({"name": "own", "user_id": self.importer.id, "state": "running"})
        self.assertEqual(own.user_id, manager, "nobody imports with the rights of another")
        own._process()
        self.assertEqual(own.state, "stopped")
        other = self.company_data_2["company"]
        stranger = new_test_user(self.env, "other company", groups=GROUPS, company_id=other.id, company_ids=other.ids)
        with self.assertRaises(AccessError):
            record.with_user(stranger).action_import()
        with self.assertRaises(AccessError):
            self.Reference.with_user(self.importer).create({"company_id": other.id, "kind": "customer", "key": "1"})


@tagged("post_install", "-at_install")
class TestImportHistoryBulk(HistoryCommon):
    """Rows by COPY are the rows of account.move, column by column."""

    def assert_same_rows(self, content, **options):
        """Make the documents twice, by the ORM and by COPY, and compare every column of every table."""
        history = self.load(content, dry_run=True, **options)
        history._set_journals()
        plan = history._read_plan()
        specs = self.History.env["crm.import.writer"]._specs(history, plan.ordered(), plan)
        Bulk, Compare = self.History.env["crm.import.bulk"], self.History.env["crm.import.pattern"]
        self.assertEqual(Bulk._obstacle(history), "")
        plain, others = Bulk._split(history, specs)
        self.assertFalse(others)
        pattern = Pattern()
        self.assertEqual(Compare._learn(history, plain, pattern), [])
        expected = Compare._made_by(plain, lambda: self.History.env["crm.import.writer"]._book(history, plain))
        actual = Compare._made_by(plain, lambda: Bulk._book(history, plain, pattern))
        self.assertEqual(len(expected["account_move"]) >= len(plain), True)
        self.assertEqual(Compare._differences(expected, actual), [])
        return expected

    def test_open_documents(self):
        rows = self.assert_same_rows(history_file())
        self.assertEqual(len(rows["account_move_line"]), 9)

    def test_neighbours_in_number_close_gaps(self):
        swapped = ROWS.strip().split("\n")
        self.assert_same_rows(history_file("\n".join(line.replace("CH1003", "C1") for line in reversed(swapped))))

    def test_payments_stated_in_the_file(self):
        header = f"{HEADER},DueDate,PaidOn,PaidAmount"
        # Paid, part paid, open, part paid a year later; of four customers; invoices and credit notes in turn.
        settled = (",2020-02-01,2020-03-01,", ",2020-02-01,2020-03-01,2.00", ",,,", ",2020-02-01,2021-01-04,1.00")
        lines = []
        for number in range(1, 13):
            name, quantity = (f"{number}", 2) if number % 2 else (f"C{number}", -2)
            customer, payment = 17 + number // 2 % 4, settled[number // 2 % 4]
            lines.append(f"{name},A1,Lamp,{quantity},2020-01-0{1 + number % 3},2.55,{customer},France{payment}")
        rows = self.assert_same_rows(history_file("\n".join(lines), header))
        self.assertGreater(len(rows["account_payment"]), 4)
        self.assertGreater(len(rows["account_full_reconcile"]), 0)
        self.assertGreater(len(rows["account_partial_reconcile"]), len(rows["account_full_reconcile"]))

    def test_payment_terms_and_partners_of_the_company(self):
        """Terms, salesperson, fiscal position, address and bank of customers who were there before."""
        partner = self.env["res.partner"].create(
            {
                "name": "Bistro",
                "ref": "17",
                "user_id": self.importer.id,
                "country_id": self.env.ref("base.fr").id,
                "property_payment_term_id": self.env.ref("account.account_payment_term_30days").id,
                "bank_ids": [(0, 0, {"acc_number": "123"})],
                "child_ids": [(0, 0, {"name": "Kitchen", "type": "delivery"})],
            }
        )
        receivable = self.copy_account(self.company_data["default_account_receivable"])
        partner.with_company(self.company).property_account_receivable_id = receivable
        rows = self.assert_same_rows(history_file())
        accounts = {row["account_id"] for row in rows["account_move_line"]}
        self.assertIn(receivable.id, accounts)
        due = {row["name"]: row["invoice_date_due"] for row in rows["account_move"]}
        self.assertEqual((due["H1001"], due["H1002"]), (date(2020, 2, 1), date(2020, 1, 3)))

    def test_wrong_bulk_rows_are_noticed_and_the_orm_is_used(self):
        Bulk = type(self.env["crm.import.bulk"])
        term_row = Bulk._term_row

        def wrong(self, *arguments):
            row = list(term_row(self, *arguments))
            row[8] = date(1999, 1, 1)  # date_maturity
            return tuple(row)

        with patch.object(Bulk, "_term_row", wrong):
            history = self.load()
        self.assertIn("date_maturity", history.message)
        self.assertEqual(self.moves(history)[1].line_ids.mapped("date_maturity"), [False, False, date(2020, 1, 2)])
        self.assertEqual(history.booked_invoices, 3)

    def test_taxes_and_foreign_currency_take_the_slow_path(self):
        tax = self.company_data["default_tax_sale"]
        history = self.load(tax_ids=[(6, 0, tax.ids)])
        self.assertAlmostEqual(history.total_booked, INVOICED - CREDITED)
        self.assertGreater(self.moves(history)[1].amount_tax, 0)
        self.assertIn("taxes", history.message)
        foreign = self.setup_other_currency("EUR")
        content = history_file(ROWS.replace("H100", "F100").replace("CF", "CG"))
        history = self.load(content, currency_id=foreign.id)
        self.assertEqual(self.moves(history).currency_id, foreign)
        self.assertAlmostEqual(history.total_booked, INVOICED - CREDITED)

    def test_document_that_odoo_rounds_as_a_whole_takes_the_slow_path(self):
        """Three times 0.334 is 1.00, not 0.99: the total is Odoo's."""
        rows = "\n".join(f"H1,A{number},Pin,1,2020-01-02,0.334,17,France" for number in range(3))
        history = self.load(history_file(rows))
        self.assertEqual(history.state, "done")
        orm = self.load(history_file(rows.replace("H1", "H9")), use_orm=True, name="orm.csv")
        self.assertEqual(self.moves(history).amount_total, self.moves(orm).amount_total)

    def test_facts_see_invented_payments(self):
        """The loaded ledger is one of receivables: open items and collections tie to the entries."""
        rows = "\n".join(f"H{number},A1,Lamp,2,2020-01-02,2.55,{number % 20},France" for number in range(1, 61))
        history = self.load(history_file(rows), payment_rule="seeded", payment_until=date(2020, 3, 1))
        self.assertGreater(history.booked_payments, 20)
        self.assertFalse(self.env.cr.postcommit.data.get(RANKS), "the sample's documents are not counted after commit")
        self.env.flush_all()
        self.env.invalidate_all()
        partners = self.moves(history).partner_id
        domain = [("partner_id", "in", partners.ids), ("account_id.account_type", "=", "asset_receivable")]
        balance = sum(self.env["account.move.line"].search(domain).mapped("balance"))
        open_items = (
            self.env["crm.open.item"].with_context(as_of="2020-03-01").search([("partner_id", "in", partners.ids)])
        )
        self.assertAlmostEqual(sum(open_items.mapped("residual")), balance)
        collected = self.env["crm.collection"].search([("partner_id", "in", partners.ids)])
        self.assertAlmostEqual(sum(collected.mapped("amount")), history.total_booked - balance)

    def test_random_sample_of_real_history(self):
        """R210.1: real invoices and credit notes, paid and open, are the ORM's to the last column."""
        if not SHARED_FILE.exists():
            raise unittest.SkipTest(f"{SHARED_FILE} is not there: real data is kept outside the repository")
        with gzip.open(SHARED_FILE, "rt", encoding="utf-8", newline="") as handle:
            lines = list(itertools.islice(csv.reader(handle), 1, 20_000))
        by_number = {}
        for line in lines:
            if line[6] and float(line[5]) > 0:
                by_number.setdefault(line[0], []).append(line)
        rng = random.Random(20)
        invoices = sorted(number for number, rows in by_number.items() if number.isdigit() and len(rows) < 30)
        refunds = sorted(number for number in by_number if number.startswith("C"))
        chosen = rng.sample(invoices, 14) + rng.sample(refunds, 6)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(HEADER.split(","))
        writer.writerows(line for number in chosen for line in by_number[number])
        rows = self.assert_same_rows(
            out.getvalue().encode(), payment_rule="seeded", payment_seed=3, payment_until=date(2011, 12, 31)
        )
        self.assertGreater(len(rows["account_payment"]), 5)
