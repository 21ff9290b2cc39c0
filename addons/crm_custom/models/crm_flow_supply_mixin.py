from odoo import api, fields, models
from odoo.tools import format_date

from ..tools import supply

GOODS = [
    ("none", "No goods"),
    ("waiting", "Waiting for stock"),
    ("partial", "Partly reserved"),
    ("ready", "Ready to ship"),
    ("shipped", "Shipped"),
]
PURCHASES = [
    ("none", "No purchase"),
    ("to_order", "To be ordered"),
    ("late", "Purchase late"),
    ("ordered", "Ordered"),
    ("part_received", "Partly received"),
    ("received", "Received"),
]


class CrmFlowStatusMixin(models.AbstractModel):
    """Stock and purchase behind the confirmed orders of a lead or an order, beside shipment, invoice and money.

    Computed in sudo, as the money is: a salesperson reads the state without access to stock or purchases.
    Days in the user's time zone. A fixed number of queries, whatever the number of records.
    """

    _inherit = "crm.flow.status.mixin"

    flow_goods = fields.Selection(GOODS, string="Goods", compute="_compute_flow_supply", compute_sudo=True)
    flow_purchase = fields.Selection(PURCHASES, string="Purchase", compute="_compute_flow_supply", compute_sudo=True)
    flow_promised = fields.Date(
        "Goods Complete",
        compute="_compute_flow_supply",
        compute_sudo=True,
        help="Day on which the last goods can leave.",
    )
    flow_supply_text = fields.Char("Supply", compute="_compute_flow_supply", compute_sudo=True)

    def _flow_lines(self):
        """{record id: lines of its confirmed orders that are goods}; one search."""
        path = "order_id" if self._flow_field == "order_id" else f"order_id.{self._flow_field}"
        lines = self.env["sale.order.line"].search(
            [
                (path, "in", self.ids),
                ("state", "=", "sale"),
                ("display_type", "=", False),
                ("company_id", "in", [record._flow_company().id for record in self]),
            ]
        )
        found = {}
        for line in lines:
            owner = line.order_id if path == "order_id" else line.order_id[self._flow_field]
            found.setdefault(owner.id, []).append(line.id)
        return {owner: lines.browse(ids).with_prefetch(lines._ids) for owner, ids in found.items()}

    @api.depends_context("company", "lang", "tz")
    def _compute_flow_supply(self):
        owned = self._flow_lines() if self.ids else {}
        today = fields.Date.context_today(self)
        pending = {
            line: line._crm_pending_moves()
            for lines in owned.values()
            for line in lines
            if line.qty_delivered_method == "stock_move"
        }
        bought = self.env["sale.order.line"].union(*pending)._crm_purchase_lines()
        every_line = [line.id for line in pending]
        every_move = self.env["stock.move"].union(*pending.values())._ids
        every_purchase = self.env["purchase.order.line"].union(*bought.values())._ids
        for record in self:
            goods = [line.id for line in owned.get(record._origin.id, ()) if line in pending]
            lines = self.env["sale.order.line"].browse(goods).with_prefetch(every_line)
            moves = self.env["stock.move"].union(*(pending[line] for line in lines)).with_prefetch(every_move)
            purchases = self.env["purchase.order.line"].union(*(bought[line] for line in lines))
            purchases = purchases.with_prefetch(every_purchase)
            record.flow_goods = supply.goods_state(
                sum(moves.mapped("product_qty")),
                sum(move.product_qty - move._crm_need() for move in moves),
                sum(lines.mapped("qty_delivered")),
            )
            record.flow_purchase = supply.purchase_state(record._flow_purchase_facts(purchases), today)
            days = [line.crm_promised_date for line in lines if pending[line]]
            record.flow_promised = max(days) if days and all(days) else False
            record.flow_supply_text = record._flow_supply_sentence(days, purchases)

    def _flow_purchase_facts(self, lines):
        return [
            (
                line.state == "purchase",
                line.product_qty,
                line.qty_received,
                fields.Datetime.context_timestamp(self, line._crm_arrival()).date(),
            )
            for line in lines
        ]

    def _flow_supply_sentence(self, days, purchases):
        """'Waiting for stock; Ordered: P00012; complete on 04/05/2026'."""
        if self.flow_goods == "none":
            return False
        parts = [dict(self._fields["flow_goods"]._description_selection(self.env))[self.flow_goods]]
        if purchases:
            label = dict(self._fields["flow_purchase"]._description_selection(self.env))[self.flow_purchase]
            parts.append(f"{label}: {', '.join(sorted(set(purchases.order_id.mapped('name'))))}")
        if self.flow_promised:
            parts.append(self.env._("complete on %(day)s", day=format_date(self.env, self.flow_promised)))
        elif days:
            parts.append(self.env._("no supply planned for a part"))
        return "; ".join(parts)

    def action_flow_purchases(self):
        """Purchases behind the record, for those who may read them."""
        lines = self.sudo()._flow_lines()
        orders = self.env["sale.order.line"].sudo().union(*lines.values())._crm_purchase_lines()
        found = self.env["purchase.order.line"].sudo().union(*orders.values()).order_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Purchases: %(record)s", record=self.display_name),
            "res_model": "purchase.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", found.ids)],
            "context": {"create": False},
        }
