from collections import defaultdict
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
        not yet posted - what its own down payment left. With `row` (the customer's exposure, all parts), receipts of
        the customer that no debt claims cover it too: money received before the invoice. What a down payment left of
        another order is claimed by the rest of that order. Posted and in-process payments count, since both are in
        the ledger; drafts do not.
        """
        self.ensure_one()
        order_sudo = self.sudo()
        currency = order_sudo.company_id.currency_id
        own_open = self._credit_own_open()
        paid = float(self._credit_company_amount(self._credit_paid()))
        unpaid = currency.round(own_open + self._credit_rest() - paid)
        deposits = self._credit_deposits(row)
        deposit = min(deposits.pop(order_sudo.id, 0.0), max(unpaid, 0.0))
        unpaid -= deposit
        if row:
            uninvoiced = self._credit_uninvoiced(deposits)
            shipped = row["shipped"] - uninvoiced[order_sudo.id][1]
            claimed = sum(min(left, uninvoiced[order][0] - uninvoiced[order][1]) for order, left in deposits.items())
            others = row["receivable"] - own_open + shipped + self._credit_other_drafts(row) + claimed
            unpaid -= max(currency.round(-row["unapplied"] - deposit - others), 0.0)
        return Decimal(str(currency.round(unpaid)))

    def _credit_rest(self):
        """What of this order is on no posted invoice, in company currency: as ordered or, if more, as delivered."""
        order_sudo = self.sudo()
        ordered = max(order_sudo.amount_total - order_sudo.amount_invoiced, 0.0)
        rest = float(self._credit_company_amount(ordered))
        lines = order_sudo.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        if all(line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) <= 0 for line in lines):
            return rest
        return max(rest, self._credit_uninvoiced()[order_sudo.id][0] + self._credit_drafts())

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

    def _credit_deposits(self, row=None):
        """{order id: what is open on credit notes by which a down payment of the order exceeds what is invoiced}.

        In company currency, of this order; with `row`, of all orders of that customer. Where such a credit note is of
        several orders, each has its own lines' part of what is open. One that reverses an invoice gives money back
        instead.
        """
        moves = self.sudo().invoice_ids
        if row:
            own = [("commercial_partner_id", "=", row["partner_id"]), ("company_id", "child_of", row["company_id"])]
            kind = [("move_type", "=", "out_refund"), ("state", "=", "posted"), ("amount_residual", ">", 0)]
            moves = moves.search(own + kind)
        left = defaultdict(float)
        for move in moves:
            if move.move_type != "out_refund" or move.state != "posted" or move.reversed_entry_id:
                continue
            open_part = -move.amount_residual_signed / (move.amount_total or 1.0)
            for order in move.invoice_line_ids.sale_line_ids.order_id:
                lines = move.invoice_line_ids.filtered(lambda line, own=order: line.sale_line_ids.order_id == own)
                if any(lines.sale_line_ids.mapped("is_downpayment")):
                    over = move.company_currency_id.round(sum(lines.mapped("price_total")) * open_part)
                    left[order.id] += max(min(over, -move.amount_residual_signed), 0.0)
        return left

    def _credit_uninvoiced(self, order_ids=()):
        """{order id: what of it is on no invoice, and the part of that which is delivered}, as the exposure counts.

        Of this order and others of its company. In company currency; drafts count as invoiced, what is delivered
        beyond the order as ordered.
        """
        Exposure = self.env["crm.credit.exposure"].sudo()
        root = self.sudo().company_id.root_id
        rows = self.env.execute_query(
            SQL(
                "WITH terms AS (%s), entity AS (%s) %s",
                Exposure._sql_terms(root, None, whole=True),
                Exposure._sql_entity(root),
                Exposure._sql_uninvoiced(SQL("AND o.id IN %s", (self.id, *order_ids)), by=SQL("o.id")),
            )
        )
        return defaultdict(lambda: (0.0, 0.0), {row[1]: (row[4], row[-1]) for row in rows})

    # === DELIVERY === #

    def _credit_lock_delivery(self):
        """The orders of `self` whose delivery is to be judged; other orders of their customers wait from here on."""
        CreditLimit = self.env["crm.credit.limit"].sudo()
        checked = self.browse()
        for company, orders_sudo in self.sudo().grouped(lambda order: order.company_id.root_id).items():
            by_partner = orders_sudo.grouped(lambda order: order.partner_invoice_id.commercial_partner_id)
            partners = (orders_sudo.partner_id | orders_sudo.partner_invoice_id).commercial_partner_id
            settings = CreditLimit._settings_of(company, partners)
            for partner, orders in by_partner.items():
                terms = settings[partner.id]
                strict = company.crm_credit_hold_delivery or terms.stop or terms.rule == credit.PREPAID
                for order in orders:
                    if credit.stopped(settings[order.partner_id.commercial_partner_id.id], credit.DELIVERY):
                        checked |= self.browse(order.id)
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
