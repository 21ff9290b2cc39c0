from odoo import api, models

from .sale_order_credit_guard import links_nothing, refuse_computed

FIELDS = {
    "discount",
    "order_id",
    "price_unit",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "tax_ids",
    "technical_price_unit",
}
COMPUTED = {
    "invoice_lines",
    "price_subtotal",
    "price_tax",
    "price_total",
    "qty_delivered_method",
    "qty_invoiced",
    "state",
}

REINVOICING = "crm_finance_bridge.credit_reinvoicing"  # set while a bill or an expense adds its cost to an order


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _sale_create_reinvoice_sale_line(self):
        data = self.env.cr.precommit.data  # not the context, which anybody may send along
        outer = data.setdefault(REINVOICING, self) is self
        try:
            return super()._sale_create_reinvoice_sale_line()
        finally:
            if outer:
                data.pop(REINVOICING, None)


class SaleOrderLine(models.Model):
    """Lines of confirmed orders change under the guard of their order. Costs re-invoiced from a bill or an
    expense do not: the money is spent, and the bill must post. A line that a user merely calls a cost does.
    """

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "crm.own.default.mixin"]

    _crm_own_defaults = frozenset(COMPUTED | {"invoice_status"})

    def _credit_free_costs(self):
        """Whether costs are free of the guard: those that the server books, not those a user enters."""
        return self.env.su or REINVOICING in self.env.cr.precommit.data

    @api.model_create_multi
    def create(self, vals_list):
        refuse_computed(self.env, self._credit_forged(vals_list))
        free = self._credit_free_costs()
        default = self.default_get(["is_expense", "order_id"])
        filled = [{**default, **vals} for vals in vals_list]
        order_ids = {
            vals["order_id"] for vals in filled if vals.get("order_id") and not (free and vals.get("is_expense"))
        }
        confirmed = self.env["sale.order"].browse(order_ids).sudo().filtered(lambda order: order.state == "sale")
        if not confirmed:
            return super().create(vals_list)
        with confirmed.sudo(self.env.su)._credit_guard():
            return super().create(vals_list)

    def _credit_forged(self, vals_list):
        """Fields of new lines that the server alone writes; none is invoiced yet."""
        names = {name for vals in vals_list for name in COMPUTED.intersection(vals) if not links_nothing(vals[name])}
        if any(vals.get("invoice_status") == "invoiced" for vals in vals_list):
            names.add("invoice_status")
        return names

    def _credit_guarded(self):
        free = self._credit_free_costs()
        return self.filtered(lambda line: line.state == "sale" and not (free and line.is_expense))

    def _credit_computed(self, vals):
        """Fields of `vals` that the server alone writes; a line is called invoiced only where it is."""
        names = {name for name in COMPUTED.intersection(vals) if not links_nothing(vals[name])}
        if vals.get("invoice_status") == "invoiced" and any(line.qty_invoiced < line.product_uom_qty for line in self):
            names.add("invoice_status")
        if "qty_delivered" in vals and any(line._credit_takes_back(vals["qty_delivered"]) for line in self):
            names.add("qty_delivered")
        return names

    def _credit_takes_back(self, delivered):
        """Whether less is called delivered than was: of goods, their moves alone say so."""
        return self.qty_delivered_method != "manual" and self.product_uom_id.compare(delivered, self.qty_delivered) < 0

    def write(self, vals):
        refuse_computed(self.env, self._credit_computed(vals))
        if FIELDS.isdisjoint(vals):
            return super().write(vals)
        confirmed = self._credit_guarded().order_id
        if vals.get("order_id"):
            confirmed |= self.env["sale.order"].browse(vals["order_id"])
        if not confirmed:
            return super().write(vals)
        with confirmed._credit_guard():
            return super().write(vals)

    def unlink(self):
        confirmed = self._credit_guarded().order_id
        if not confirmed:
            return super().unlink()
        with confirmed._credit_guard():  # a negative line may go
            return super().unlink()
