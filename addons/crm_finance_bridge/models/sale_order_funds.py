from collections import defaultdict

from odoo import api, fields, models
from odoo.addons.crm_custom.tools.split import largest_remainder


class SaleOrder(models.Model):
    """What of an order is invoiced, collected and open, with its receipts.

    Tax included, in the order's currency; an invoice in another currency is converted at its own date. Credit notes
    are deducted. An invoice of several orders counts for each by its lines. Draft invoices are not invoiced yet.
    """

    _inherit = "sale.order"

    crm_invoiced = fields.Monetary("Invoiced", compute="_compute_crm_money", compute_sudo=True)
    crm_collected = fields.Monetary(
        "Money Collected",
        compute="_compute_crm_money",
        compute_sudo=True,
        help="Money received less refunds; write-offs and discounts are no money.",
    )
    crm_open = fields.Monetary(
        "Open", compute="_compute_crm_money", compute_sudo=True, help="What posted invoices of this order still lack."
    )
    crm_receipt_ids = fields.Many2many(
        "crm.collection", string="Receipts", compute="_compute_crm_receipt_ids", compute_sudo=True
    )

    @api.depends("order_line.invoice_lines")
    def _compute_crm_money(self):
        lines = self.order_line.invoice_lines.filtered(lambda line: line.parent_state == "posted")
        invoiced, opened = self._crm_invoiced(lines.move_id)
        collected = defaultdict(float)
        rows = self.env["crm.collection"].search(
            [("move_id", "in", lines.move_id.ids), ("order_id", "in", self.ids)] if lines else [(0, "=", 1)]
        )
        for row in rows:
            collected[row.order_id.id] += self._crm_in_order_currency(row.amount_currency, row.move_id, row.order_id)
        for order in self:
            key = order._origin.id
            order.crm_invoiced = order.currency_id.round(invoiced[key])
            order.crm_collected = order.currency_id.round(collected[key])
            order.crm_open = order.currency_id.round(opened[key])

    @api.model
    def _crm_in_order_currency(self, amount, invoice, order):
        if invoice.currency_id == order.currency_id:
            return amount
        day = invoice.invoice_date or invoice.date
        return invoice.currency_id._convert(amount, order.currency_id, order.company_id, day)

    @api.model
    def _crm_invoiced(self, invoices):
        """({order id: invoiced}, {order id: open}) of posted invoices, each split by the orders of its lines."""
        invoiced, opened = defaultdict(float), defaultdict(float)
        for invoice in invoices:
            # A line that bills several orders counts for the oldest; lines of no order are a share of their own.
            weights = defaultdict(float)
            for line in invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product"):
                weights[line.sale_line_ids.order_id.sorted("id")[:1]] += line.price_total
            orders = sorted(weights, key=lambda order: order.id or 0)
            sign = -1 if invoice.move_type == "out_refund" else 1
            for totals, amount in ((invoiced, invoice.amount_total), (opened, invoice.amount_residual)):
                for order, part in zip(orders, self._crm_split(invoice, amount, orders, weights), strict=True):
                    if order:
                        totals[order.id] += self._crm_in_order_currency(sign * part, invoice, order)
        return invoiced, opened

    @api.model
    def _crm_split(self, invoice, amount, orders, weights):
        """Split an amount of the invoice by its orders to the cent."""
        if len(orders) == 1:
            return [amount]
        digits = invoice.currency_id.decimal_places
        shares = [round(weights[order], digits) for order in orders]
        return [float(part) for part in largest_remainder(f"{amount:.{digits}f}", shares, digits)]

    @api.depends("order_line.invoice_lines")
    @api.depends_context("uid")
    def _compute_crm_receipt_ids(self):
        """The receipts that the user may see; read by invoice, which has an index.

        Computed in sudo, searched without: an agent who opens the order behind a ticket may read no receipts, and
        Odoo refuses to set even an empty list of records that the user may not read.
        """
        moves = self.order_line.invoice_lines.move_id
        found = self.env["crm.collection"].sudo(False)
        if moves and found.has_access("read"):
            found = found.search([("move_id", "in", moves.ids), ("order_id", "in", self.ids)])
        for order in self:
            order.crm_receipt_ids = found.filtered(lambda row, order=order: row.order_id == order._origin)

    def action_crm_receipts(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Receipts of %(order)s", order=self.name),
            "res_model": "crm.collection",
            "views": [(False, "list"), (False, "graph")],
            "domain": [("move_id", "in", self.sudo().order_line.invoice_lines.move_id.ids), ("order_id", "=", self.id)],
        }
