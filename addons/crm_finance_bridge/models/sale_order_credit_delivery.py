from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import credit


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _credit_unpaid(self, row=None):
        """What is not yet paid of this order, in company currency.

        Not yet invoiced (as ordered, or as delivered if that is more) + open on its posted invoices - paid online and
        not yet posted. With `row` (the customer's exposure, all parts), receipts of the customer that no debt claims
        cover it too: money received before the invoice. Posted and in-process payments count, since both are in the
        ledger; drafts do not.
        """
        self.ensure_one()
        order_sudo = self.sudo()
        currency = order_sudo.company_id.currency_id
        own_open = self._credit_own_open()
        paid = float(self._credit_company_amount(self._credit_paid()))
        unpaid = currency.round(own_open + self._credit_rest() - paid)
        if row:
            shipped = row["shipped"] - self._credit_uninvoiced()[1]
            others = row["receivable"] - own_open + shipped + self._credit_other_drafts(row)
            unpaid -= max(currency.round(-row["unapplied"] - others), 0.0)
        return Decimal(str(currency.round(unpaid)))

    def _credit_rest(self):
        """What of this order is on no posted invoice, in company currency: as ordered or, if more, as delivered."""
        order_sudo = self.sudo()
        ordered = max(order_sudo.amount_total - order_sudo.amount_invoiced, 0.0)
        rest = float(self._credit_company_amount(ordered))
        lines = order_sudo.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        if all(line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) <= 0 for line in lines):
            return rest
        return max(rest, self._credit_uninvoiced()[0] + self._credit_drafts())

    def _credit_drafts(self):
        """This order's part of draft invoices, in company currency."""
        own_lines, amount = self.sudo().order_line.invoice_lines, 0.0
        for move in own_lines.move_id:
            if move.state == "draft" and move.move_type in ("out_invoice", "out_receipt") and move.amount_total:
                share = sum((own_lines & move.invoice_line_ids).mapped("price_total")) / move.amount_total
                amount += move.amount_total_signed * share
        return amount

    def _credit_other_drafts(self, row):
        """Draft invoices of the customer of `row` without this order's part. A draft credit note is no money."""
        domain = [
            ("state", "=", "draft"),
            ("move_type", "in", ("out_invoice", "out_receipt")),
            ("commercial_partner_id", "=", row["partner_id"]),
            ("company_id", "child_of", row["company_id"]),
        ]
        [[drafts]] = self.env["account.move"].sudo()._read_group(domain, [], ["amount_total_signed:sum"])
        return max((drafts or 0.0) - self._credit_drafts(), 0.0)

    def _credit_own_open(self):
        """What is open on the posted invoices of this order; a match with an entry set back to draft pays nothing."""
        lines = self.sudo().invoice_ids.line_ids.filtered(
            lambda line: line.parent_state == "posted" and line.account_id.account_type == "asset_receivable"
        )
        amount = 0.0
        for line in lines:
            drafts = sum(p.amount for p in line.matched_credit_ids if p.credit_move_id.parent_state != "posted")
            drafts -= sum(p.amount for p in line.matched_debit_ids if p.debit_move_id.parent_state != "posted")
            amount += max(line.amount_residual + drafts, 0.0)
        return amount

    def _credit_uninvoiced(self):
        """What of this order is on no invoice, and the part of it that is delivered, as the exposure counts them.

        In company currency; drafts count as invoiced, what is delivered beyond the order as ordered.
        """
        Exposure = self.env["crm.credit.exposure"].sudo()
        root = self.sudo().company_id.root_id
        rows = self.env.execute_query(
            SQL(
                "WITH terms AS (%s), entity AS (%s) %s",
                Exposure._sql_terms(root, None, whole=True),
                Exposure._sql_entity(root),
                Exposure._sql_uninvoiced(SQL("AND o.id = %s", self.id)),
            )
        )
        return (rows[0][4], rows[0][-1]) if rows else (0.0, 0.0)

    # === DELIVERY === #

    def _credit_lock_delivery(self):
        """The orders of `self` whose delivery is to be judged; other orders of their customers wait from here on."""
        CreditLimit = self.env["crm.credit.limit"].sudo()
        checked = self.browse()
        for company, orders_sudo in self.sudo().grouped(lambda order: order.company_id.root_id).items():
            by_partner = orders_sudo.grouped(lambda order: order.partner_invoice_id.commercial_partner_id)
            settings = CreditLimit._settings_of(company, orders_sudo.partner_invoice_id.commercial_partner_id)
            for partner, orders in by_partner.items():
                terms = settings[partner.id]
                strict = company.crm_credit_hold_delivery or terms.stop or terms.rule == credit.PREPAID
                if not terms.limited or not strict:
                    continue
                if terms.rule in (*credit.LOCKED, credit.PREPAID):  # money received is not to pay two deliveries
                    CreditLimit._lock(company, partner)
                checked |= self.browse(orders.ids)
        return checked

    def _credit_check_delivery(self):
        """Refuse the delivery of orders on hold. A release of the order is good for its delivery."""
        for order in self.sudo():
            check = order._credit_check()
            if not check.verdict.holds or order._credit_release():
                continue
            soft = not check.company.crm_credit_hold_delivery and check.terms.rule in credit.LOCKED
            if soft and check.verdict.state != credit.STOP:
                continue
            raise UserError(
                self.env._("%(order)s must not be delivered.", order=order.name) + "\n" + order._credit_text(check)
            )
