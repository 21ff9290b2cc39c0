"""Workbooks, prints, order entry: as the people who use them, through the web server."""

import base64
import io
import time

import openpyxl
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged

from .supply_common import SupplyCommon


@tagged("post_install", "-at_install")
class TestSupplyDocuments(SupplyCommon, HttpCase):
    def sheet(self, content):
        return openpyxl.load_workbook(io.BytesIO(content)).active

    def cells(self, content):
        return [[cell.value for cell in row] for row in self.sheet(content).iter_rows()]

    # === EXCEL === #

    def rich_order(self):
        tax = self.env["account.tax"].create({"name": "19 %", "amount": 19, "amount_type": "percent"})
        order = self.order(self.agent, (self.lamp, 3), confirm=False, client_order_ref="=1+1")
        order.order_line.write({"price_unit": 33.335, "discount": 7.5, "tax_ids": [Command.set(tax.ids)]})
        order.write(
            {
                "order_line": [
                    Command.create({"display_type": "line_section", "name": "=HYPERLINK('http://x')"}),
                    Command.create(
                        {
                            "product_id": self.lamp.id,
                            "name": '=cmd|"/c calc"',
                            "product_uom_qty": 0.7,
                            "price_unit": 9.99,
                        }
                    ),
                ]
            }
        )
        return order

    def test_quotation_in_excel_equals_the_record(self):
        """R070: lines and totals of the workbook are those of the record, to the cent; text is never a formula."""
        order = self.rich_order()
        self.authenticate("crm_salesman", "crm_salesman")
        response = self.url_open(order.action_crm_xlsx()["url"])
        self.assertEqual(response.status_code, 200)
        self.assertIn(f"{order.name}.xlsx", response.headers["Content-Disposition"])
        rows = self.cells(response.content)
        lines = [row for row in rows if row[0] and isinstance(row[2], (int, float))]
        priced = order.order_line.filtered(lambda line: not line.display_type)
        self.assertEqual(
            [(row[2], row[4], row[5], row[6]) for row in lines],
            [(line.product_uom_qty, line.price_unit, line.discount, line.price_subtotal) for line in priced],
        )
        totals = [row[6] for row in rows if row[5] and isinstance(row[5], str) and isinstance(row[6], (int, float))]
        self.assertEqual(totals, [order.amount_untaxed, order.amount_tax, order.amount_total])
        types = {cell.data_type for row in self.sheet(response.content).iter_rows() for cell in row if cell.value}
        self.assertNotIn("f", types)
        self.assertIn("=1+1", {value for row in rows for value in row})

    def test_workbook_only_for_those_who_may_read(self):
        """R070: a colleague's quotation, a portal user and a nonsense link get nothing."""
        order = self.rich_order()
        url = order.action_crm_xlsx()["url"]
        self.authenticate("crm_colleague", "crm_colleague")
        self.assertEqual(self.url_open(url).status_code, 404)
        new_test_user(self.env, "crm_guest", "base.group_portal")
        self.authenticate("crm_guest", "crm_guest")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate("crm_manager", "crm_manager")
        self.assertEqual(self.url_open("/crm/xlsx/sale/999999999").status_code, 404)
        self.assertEqual(self.url_open("/crm/xlsx/users/1").status_code, 404)
        self.authenticate(None, None)
        self.assertNotIn("spreadsheet", self.url_open(url).headers["Content-Type"])

    def test_purchase_order_goes_to_the_vendor_as_excel(self):
        """R075: the ordinary Send button mails the purchase order with the .xlsx; the print is there as ever."""
        self.vendor.email = "vendor@example.com"
        purchase = self.purchase((self.lamp, 12))
        composer = (
            self.env["mail.compose.message"].with_user(self.buyer).with_context(**purchase.action_rfq_send()["context"])
        )
        wizard = Form(composer).save()
        names = wizard.attachment_ids.mapped("name")
        self.assertIn(f"{purchase.name}.xlsx", names)
        wizard.action_send_mail()
        message = purchase.message_ids.filtered("attachment_ids")[:1]
        book = message.attachment_ids.filtered(lambda file: file.name.endswith(".xlsx"))
        rows = self.cells(base64.b64decode(book.datas))
        self.assertIn(purchase.amount_total, [row[7] for row in rows])
        self.assertIn(12, [row[3] for row in rows])
        html, kind = self.env["ir.actions.report"]._render_qweb_html("purchase.report_purchaseorder", purchase.ids)
        self.assertIn(purchase.name, html.decode() if kind == "html" else "")
        self.company.crm_purchase_xlsx = False
        wizard = Form(composer).save()
        self.assertFalse([name for name in wizard.attachment_ids.mapped("name") if name.endswith(".xlsx")])

    # === PRINTS === #

    def render(self, report, records):
        return self.env["ir.actions.report"]._render_qweb_html(report, records.ids)[0].decode()

    def test_quotation_on_a_template_edited_by_the_company(self):
        """R069: words edited on the quotation template and on the layout, no code, are on the print."""
        template = self.env["sale.order.template"].create({"name": "House style"})
        order = self.order(self.agent, (self.lamp, 1), confirm=False, sale_order_template_id=template.id)
        before = self.render("sale.report_saleorder", order)
        self.assertNotIn("Made with care", before)
        form = Form(template.with_user(self.manager))
        form.crm_print_title = "Our Offer"
        form.crm_print_intro = "<p>Made with care since 1911</p>"
        form.crm_print_closing = "<p>Yours, the house</p>"
        form.save()
        self.company.report_footer = "<p>Footer of the house</p>"
        after = self.render("sale.report_saleorder", order)
        for words in ("Our Offer", "Made with care since 1911", "Yours, the house", "Footer of the house"):
            self.assertIn(words, after)
        view = self.env.ref("sale.report_saleorder_document")
        view.arch_db = view.arch_db.replace('<div class="page">', '<div class="page"><h1>Edited in the client</h1>', 1)
        self.assertIn("Edited in the client", self.render("sale.report_saleorder", order))

    def test_shipping_order_in_labelled_copies(self):
        """R073: N copies, each with the name of who gets it, as the settings say."""
        picking = self.order(self.agent, (self.lamp, 2)).picking_ids
        html = self.render("crm_custom.report_shipping_order", picking)
        for label in ("Customer", "Warehouse", "Finance"):
            self.assertEqual(html.count(f"<span>{label}</span>"), 1, label)
        self.assertGreaterEqual(html.count(picking.name), 3)
        self.company.crm_delivery_copies = "Kunde, Lager"
        html = self.render("crm_custom.report_shipping_order", picking)
        self.assertEqual((html.count("<span>Kunde</span>"), html.count("<span>Finance</span>")), (1, 0))
        slip = self.render("stock.report_deliveryslip", picking)
        self.assertNotIn("crm_copy_label", slip, "Odoo's own slip stays as it is")

    # === ORDER ENTRY === #

    def test_order_entry_with_the_scan(self):
        """R071: model, quantity and price make the amount; the scan of the fax hangs on the order."""
        scan = self.env["ir.attachment"].with_user(self.salesman).create({"name": "fax.pdf", "raw": b"%PDF-1.4 fax"})
        entry = self.env["sale.order"].with_user(self.salesman).with_context(crm_fast_entry=True)
        form = Form(entry, view="crm_custom.sale_order_view_form_entry")
        form.partner_id = self.agent
        form.client_order_ref = "Contract 7"
        form.crm_scan_ids.add(scan)
        with form.order_line.new() as line:
            line.product_id = self.lamp
            line.product_uom_qty = 4
            self.assertEqual(line.price_subtotal, 400)
            line.price_unit = 99.5
            self.assertEqual(line.price_subtotal, 398)
        order = form.save()
        self.assertEqual((order.amount_untaxed, order.client_order_ref), (398, "Contract 7"))
        self.assertEqual((scan.res_model, scan.res_id), ("sale.order", order.id))
        self.assertEqual(scan.with_user(self.manager).raw, b"%PDF-1.4 fax")
        with self.assertRaises(AccessError):
            scan.with_user(self.colleague).read(["raw"])

    def test_entry_time_and_its_median(self):
        """R071.1: seconds from opening the screen to saving, and their median by person."""
        seconds = (20, 40, 300)
        for number in seconds:
            with freeze_time("2026-06-30 09:00:00") as clock:
                entry = self.env["sale.order"].with_user(self.salesman).with_context(crm_fast_entry=True)
                form = Form(entry, view="crm_custom.sale_order_view_form_entry")
                clock.tick(number)
                form.partner_id = self.agent
                with form.order_line.new() as line:
                    line.product_id = self.lamp
                order = form.save()
            self.assertEqual(order.crm_entry_seconds, number)
        plain = self.order(self.agent, (self.lamp, 1), confirm=False)
        self.assertFalse(plain.crm_entry_seconds, "orders from elsewhere are not timed")
        self.env.flush_all()
        model = self.env["crm.response.time"].with_user(self.manager)
        [(median, average, share)] = model._read_group(
            [("entry_user_id", "=", self.salesman.id), ("seconds_entry", ">", 0)],
            [],
            ["median_seconds_entry:avg", "seconds_entry:avg", "within_minute:avg"],
        )
        self.assertEqual((median, average, round(share)), (40, 120, 67))

    def test_customer_facts_while_quoting(self):
        self.order(self.agent, (self.lamp, 2))
        self.env.flush_all()
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.agent
        self.assertIn("Class A", form.crm_customer_facts)
        self.assertIn("1 orders in 12 months", form.crm_customer_facts)

    def test_catalogue_facts_and_suggestions_on_one_screen(self):
        """R068, R068.1: from the opportunity, customer filled in; catalogue, facts and suggestions on its form."""
        chair = self.goods("Chair", 40, stock=5)
        for number in range(3):
            alike = self.make_customer(f"Alike {number}", user=self.colleague)
            self.bill(alike, 100, 20, product=self.lamp)
            self.bill(alike, 40, 21, product=chair)
        self.bill(self.agent, 100, 20, product=self.lamp)
        self.env["crm.product.affinity"]._run(self.company, self.today)
        env = self.env(user=self.salesman.id)
        lead = env["crm.lead"].create({"name": "Lamps", "type": "opportunity", "partner_id": self.agent.id})
        form = Form(env["sale.order"].with_context(**lead.action_new_quotation()["context"]))
        self.assertEqual(form.partner_id, self.agent)
        order = form.save()
        self.assertEqual(order.pricelist_id, order._crm_due_pricelist())
        self.authenticate("crm_salesman", "crm_salesman")
        self.make_jsonrpc_request(
            "/product/catalog/update_order_line_info",
            {"res_model": "sale.order", "order_id": order.id, "product_id": self.lamp.id, "quantity": 3},
        )
        order.invalidate_recordset()
        self.assertEqual((order.order_line.product_id, order.amount_untaxed), (self.lamp, 300))
        panel = env["sale.order"].crm_suggestion_panel(order.id, order.partner_id.id, order.order_line.product_id.ids)
        self.assertIn(chair.id, [offer["product_id"] for offer in panel["offers"]])
        self.assertIn("Class A", order.crm_customer_facts)
        arch = env["sale.order"].get_view(self.env.ref("sale.view_order_form").id, "form")["arch"]
        for part in ("crm_suggestions", "crm_customer_facts", "action_add_from_catalog"):
            self.assertIn(part, arch)

    # === TOURS === #

    def test_five_lines_within_a_minute(self):
        """R071.1: a sales assistant enters five lines on one screen within a minute, clicks and time measured."""
        for name in ("Lamp", "Chair", "Desk", "Shelf", "Stool"):
            self.goods(f"Entry {name}", 50)
        started = time.monotonic()
        self.start_tour("/odoo/enter-order", "crm_custom_supply_entry", login="crm_salesman", timeout=120)
        whole = time.monotonic() - started
        order = self.env["sale.order"].search([("partner_id", "=", self.agent.id)], order="id desc", limit=1)
        self.assertEqual((order.state, len(order.order_line)), ("sale", 5))
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [2, 3, 4, 5, 6])
        self.assertEqual(order.amount_untaxed, 50 * 20)
        self.assertTrue(0 < order.crm_entry_seconds <= 60, f"{order.crm_entry_seconds} s of {whole:.0f} s")

    def test_day_of_a_sales_assistant(self):
        """R074: from the deliveries due to the order with its goods and purchases."""
        self.order(self.direct, (self.lamp, 4), commitment_date="2026-01-05 12:00:00")
        self.start_tour("/odoo/deliveries-due", "crm_custom_supply_day", login="crm_salesman", timeout=120)
