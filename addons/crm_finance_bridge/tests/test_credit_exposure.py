"""The parts of a customer's exposure, against the ledger and the orders."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..tools import credit
from .common import FinanceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditExposure(FinanceCommon):
    def test_receivables_are_netted_with_receipts(self):
        """R193: open invoices less what was received and not matched yet."""
        self._invoice(700.0)
        self._receipt(200.0)
        row = self._row()
        self.assertEqual((row["receivable"], row["unapplied"], row["exposure"]), (700.0, -200.0, 500.0))

    def test_open_receivables_equal_the_ledger_and_the_fact(self):
        """R193, R201: receivables of the exposure are those of the posted ledger and of crm.open.item."""
        paid = self._invoice(300.0)
        self._pay(paid, 120.0)
        self._invoice(50.0, move_type="out_refund")
        self._invoice(80.0, post=False)
        row = self._row()
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.customer.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertAlmostEqual(row["receivable"] + row["unapplied"], sum(lines.mapped("balance")), 2)
        [[fact]] = self.env["crm.open.item"]._read_group([("partner_id", "=", self.customer.id)], [], ["residual:sum"])
        self.assertAlmostEqual(row["receivable"] + row["unapplied"], fact, 2)
        self.assertEqual(row["draft"], 80.0)

    def test_match_with_a_draft_does_not_hide_a_debt(self):
        """R201: an invoice matched with a credit note set back to draft is open, as in the posted ledger."""
        invoice = self._invoice(100.0)
        refund = self._reverse_invoice(invoice, reason="test", date="2026-01-02")
        if refund.state == "draft":
            refund.action_post()
        lines = (invoice + refund).line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        if not all(lines.mapped("reconciled")):
            lines.reconcile()
        self.assertEqual(self._row()["receivable"], 0.0)
        refund.button_draft()
        self.assertEqual(self._row()["receivable"], 100.0)

    def test_confirmed_order_counts_at_ordered_quantity(self):
        """R193: an order invoiced on delivery counts before it is delivered; Odoo's own figure leaves it out."""
        self.service.invoice_policy = "delivery"
        order = self._order(250.0)
        order.action_confirm()
        self.assertEqual(self._row()["uninvoiced"], 250.0)
        order.order_line.qty_delivered = 1.0
        invoice = order._create_invoices()
        row = self._row()
        self.assertEqual((row["uninvoiced"], row["draft"], row["exposure"]), (0.0, 250.0, 250.0))
        invoice.action_post()
        row = self._row()
        self.assertEqual((row["receivable"], row["draft"], row["exposure"]), (250.0, 0.0, 250.0))

    def test_partly_invoiced_order_with_tax(self):
        """R193: the rest of an order counts with its tax: 3 of 10 invoiced at 11.50 leaves 80.50."""
        order = self._order(10.0)
        order.order_line.write({"product_uom_qty": 10.0, "tax_ids": [Command.set(self._tax().ids)]})
        order.order_line.price_unit = 10.0
        order.action_confirm()
        self.assertEqual(self._row()["uninvoiced"], 115.0)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.filtered("product_id").quantity = 3.0
        invoice.action_post()
        row = self._row()
        self.assertEqual((row["receivable"], row["uninvoiced"]), (34.5, 80.5))

    def _tax(self):
        return self.env["account.tax"].create({"name": "15 %", "amount": 15.0, "type_tax_use": "sale"})

    def test_credit_note_does_not_reopen_the_order(self):
        """R193: goods invoiced and credited are no open order again."""
        order = self._order(100.0)
        order.order_line.qty_delivered = 1.0
        order.action_confirm()
        order.order_line.qty_delivered = 1.0
        invoice = order._create_invoices()
        invoice.action_post()
        refund = self._reverse_invoice(invoice, reason="returned", date="2026-01-05")
        if refund.state == "draft":
            refund.action_post()
        order.order_line.qty_delivered = 0.0
        row = self._row()
        self.assertEqual((row["uninvoiced"], row["exposure"]), (0.0, 0.0))

    def test_down_payment_lowers_the_order(self):
        """R193: a paid down payment of 40 on an order of 100 leaves 60 at risk."""
        order = self._order(100.0)
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": "fixed", "fixed_amount": 40.0}
        )
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        row = self._row()
        self.assertEqual((row["receivable"], row["uninvoiced"], row["exposure"]), (40.0, 60.0, 100.0))
        self._pay(invoice, 40.0)
        self.assertEqual(self._row()["exposure"], 60.0)

    def test_foreign_currency_in_company_currency(self):
        """R193: an order in a currency at 2 for 1 counts half."""
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": currency.id})
        order = self._order(300.0, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        order.action_confirm()
        self._invoice(100.0, currency_id=currency.id)
        row = self._row()
        self.assertEqual((row["uninvoiced"], row["receivable"]), (150.0, 50.0))

    def test_contacts_and_invoice_address_count_for_who_pays(self):
        """R193: an order of a contact, invoiced to another company, is that company's debt."""
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        payer = self._customer("Head Office")
        self._order(10.0, partner=contact).action_confirm()
        self._order(20.0, partner=contact, partner_invoice_id=payer.id).action_confirm()
        self._invoice(5.0, partner=contact)
        self.assertEqual(self._row()["exposure"], 15.0)
        self.assertEqual(self._row(payer)["exposure"], 20.0)

    def test_companies_are_apart_and_branches_together(self):
        """R193: each legal entity has its own exposure, branches count with their root."""
        other = self.setup_other_company()["company"]
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self._order(10.0).action_confirm()
        self.env.user.company_ids += branch
        self._order(7.0, company_id=branch.id).action_confirm()
        self._order(30.0, company_id=other.id).action_confirm()
        self.assertEqual(self._row()["exposure"], 17.0)
        self.assertEqual(self._row(company=branch)["exposure"], 17.0)
        self.assertEqual(self._row(company=other)["exposure"], 30.0)

    def test_overdue_uses_receipts_on_the_oldest_items(self):
        """R178, R179: 100 due 59 days ago is covered by 100 received, what is left is 19 days overdue."""
        self._invoice(100.0, due="2026-01-01")
        self._invoice(60.0, date="2026-02-10", due="2026-02-10")
        self._invoice(40.0, date="2026-02-10", due="2026-03-01")  # due today is not overdue
        row = self._row()
        self.assertEqual((row["overdue"], row["days_overdue"]), (160.0, 59))
        self._receipt(100.0)
        row = self._row()
        self.assertEqual((row["overdue"], row["days_overdue"]), (60.0, 19))

    def test_state_of_the_list_is_that_of_the_rule(self):
        """R178, R179: the list judges customers as the pure rule does, at boundaries too."""
        Exposure = self.env["crm.credit.exposure"]
        partners = self.env["res.partner"]
        cases = [(899.99, 1000, 0, 0), (900, 1000, 0, 0), (1000, 1000, 0, 0), (1000.01, 1000, 0, 0)]
        cases += [(50, 0, 50, 0), (50.01, 0, 50, 0), (50, 0, 0, 58), (50, 0, 0, 59), (50, 0, 0, 0), (44, 0, 50, 0)]
        for number, (debt, amount, overdue, days) in enumerate(cases):
            partner = self._customer(f"Case {number}")
            self._limit(partner, amount=amount, overdue_limit=overdue, max_days_overdue=days)
            self._invoice(debt, partner=partner, due="2026-01-01")
            partners += partner
        for number, values in enumerate(({"hold_rule": "prepaid"}, {"hold_rule": "one_invoice"}, {"stop": "all"})):
            for debt in (0.0, 10.0):
                partner = self._customer(f"Rule {number} {debt}")
                self._limit(partner, amount=1000, **values)
                if debt:
                    self._invoice(debt, partner=partner, due="2026-01-01")
                partners += partner
        for row in Exposure._rows(self.company, partners).values():
            verdict = credit.judge(Exposure._position(row), Exposure._terms(row), credit.ANY)
            self.assertEqual(row["state"], verdict.state, row)
        found = Exposure.search([("partner_id", "in", partners.ids), ("state", "=", "hold")]).partner_id
        self.assertEqual(found, partners[3] + partners[5] + partners[6] + partners[13])  # 13: one invoice, open
        for name, number in (("is_over_limit", 3), ("is_over_overdue", 5), ("is_too_old", 6)):
            found = Exposure.search([("partner_id", "in", partners.ids), (name, "=", True)]).partner_id
            self.assertEqual(found, partners[number], name)

    def test_asked_customers_are_the_only_ones_read(self):
        """R193: a row opened by its id, or by its customer, says what the list says, and reads no other's debts."""
        self._invoice(70.0)
        self._receipt(20.0)
        other = self._customer("Other")
        self._invoice(30.0, partner=other)
        self._limit(other, amount=10)
        quiet = self._customer("Quiet")  # neither debts nor terms: not listed, by its own id neither
        Exposure = self.env["crm.credit.exposure"].with_user(self.biller)
        names = [name for name, field in Exposure._fields.items() if field.store and name != "id"]
        listed = {row.partner_id: row.read(names) for row in Exposure.search([])}
        both = Exposure.search([("partner_id", "in", (self.customer + other).ids)])
        for partner in self.customer + other:
            self.env.invalidate_all()
            row = Exposure.search([("partner_id", "=", partner.id)])
            self.assertEqual(row.read(names), listed[partner])
            self.env.invalidate_all()
            self.assertEqual(Exposure.browse(row.id).read(names), listed[partner])
        self.assertFalse(Exposure.search([("partner_id", "=", quiet.id)]))
        self.assertFalse(Exposure.browse((both[0].id >> 32 << 32) + quiet.id).exists())
        for domain in ([("id", "in", both.ids)], [("partner_id", "in", both.partner_id.ids)]):
            # The debts, the drafts and the orders are each of these customers.
            scopes = [part for part in Exposure._search(domain).select().params if isinstance(part, tuple)]
            self.assertGreaterEqual(sum(set(part) == set(both.partner_id.ids) for part in scopes), 4, domain)
