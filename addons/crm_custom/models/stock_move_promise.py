from collections import defaultdict

from odoo import fields, models
from odoo.tools import format_date

from ..tools import supply

PENDING = ("draft", "waiting", "confirmed", "partially_available", "assigned")


class StockMove(models.Model):
    """When the goods of a move are there: reserved, bought for it, or served from stock and open receipts in turn."""

    _inherit = "stock.move"

    def _crm_promises(self):
        """{move: (day or None, reason)}. Reserved goods leave as planned; what is bought for the order when it comes;
        the rest is served from free stock and open receipts in the order of the queue. A fixed number of queries."""
        today = fields.Date.context_today(self)
        bought = self._crm_bought_for()
        result, asking = {}, self.browse()
        for move in self:
            planned = max(move._crm_day(move.date), today)
            if move.state == "assigned":
                result[move] = (planned, self.env._("In stock and reserved"))
            elif bought[move]:
                result[move] = move._crm_promise_bought(bought[move], planned)
            else:
                asking |= move
        served = asking._crm_serve(today)
        for move in asking:
            result[move] = move._crm_promise_stock(served[move], max(move._crm_day(move.date), today))
        return result

    def _crm_day(self, moment):
        return fields.Datetime.context_timestamp(self, moment).date()

    def _crm_bought(self):
        """{move: purchase lines that bring its goods}, drafts included, cancelled not; through chains of any length."""
        self._rollup_move_origs_fetch()
        every = self.browse(self._rollup_move_origs())
        result = {}
        for move in self:
            chain = self.browse(move._rollup_move_origs()).with_prefetch(every._ids)
            lines = chain.purchase_line_id | chain.created_purchase_line_ids
            result[move] = lines.filtered(lambda line: line.state != "cancel")
        return result

    def _crm_bought_for(self):
        """As _crm_bought, those alone that are still to come."""
        return {
            move: lines.filtered(lambda line: line.product_uom_id.compare(line.qty_received, line.product_qty) < 0)
            for move, lines in self._crm_bought().items()
        }

    def _crm_promise_bought(self, lines, planned):
        today = fields.Date.context_today(self)
        line = max(lines, key=lambda line: line.date_planned or self.date)
        day = max(self._crm_day(line._crm_arrival()), planned, today)
        values = {"purchase": line.order_id.name, "day": format_date(self.env, line._crm_arrival())}
        if line.state != "purchase":
            return day, self.env._("Purchase %(purchase)s is not confirmed; planned for %(day)s", **values)
        return day, self.env._("Purchase %(purchase)s arrives on %(day)s", **values)

    def _crm_promise_stock(self, promise, planned):
        if promise.day is None:
            quantity = f"{promise.missing:g} {self.product_id.uom_id.name}"
            return None, self.env._("No supply planned for %(quantity)s", quantity=quantity)
        day = max(promise.day, planned)
        if promise.source is None:
            return day, self.env._("In stock, not reserved yet")
        return day, self.env._(
            "%(supply)s arrives on %(day)s", supply=promise.source, day=format_date(self.env, promise.day)
        )

    def _crm_serve(self, today):
        """{move: tools.supply.Promise}: all that wait for the same products and warehouses share one stock."""
        if not self:
            return {}
        rivals = self | self.search(
            [
                ("product_id", "in", self.product_id.ids),
                ("location_id.warehouse_id", "in", self.location_id.warehouse_id.ids),
                ("location_id.usage", "=", "internal"),
                ("location_dest_id.usage", "!=", "internal"),
                ("state", "in", ("confirmed", "partially_available", "waiting")),
                ("procure_method", "=", "make_to_stock"),
            ],
            order="priority desc, date asc, id asc",
        )
        rivals = rivals.sorted(lambda move: (-int(move.priority or 0), move.date, move.id))._crm_queue()
        demands, supplies = defaultdict(list), self._crm_supplies()
        for move in rivals:
            demands[move.product_id, move.location_id.warehouse_id].append((move, move._crm_need()))
        stock = self._crm_free_in_warehouses()
        result = {}
        for place, asked in demands.items():
            result.update(supply.allocate(stock[place], supplies[place], asked, today))
        return result

    def _crm_free_in_warehouses(self):
        groups = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", self.product_id.ids),
                ("location_id.usage", "=", "internal"),
                ("location_id.warehouse_id", "in", self.location_id.warehouse_id.ids),
            ],
            ["product_id", "location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        result = defaultdict(float)
        for product, location, quantity, reserved in groups:
            result[product, location.warehouse_id] += quantity - reserved
        return result

    def _crm_supplies(self):
        """{(product, warehouse): [(day, quantity, name)]} of open receipts from outside that no delivery owns."""
        found = self.search(
            [
                ("product_id", "in", self.product_id.ids),
                ("location_dest_id.warehouse_id", "in", self.location_id.warehouse_id.ids),
                ("location_id.usage", "in", ("supplier", "production")),
                ("location_dest_id.usage", "=", "internal"),
                ("state", "in", PENDING),
                ("move_dest_ids", "=", False),
            ]
        )
        result = defaultdict(list)
        for move in found:
            line = move.purchase_line_id
            day = move._crm_day(line._crm_arrival(move) if line else move.date)
            name = line.order_id.name or move.picking_id.name or move.reference
            if line:
                name = self.env._("Purchase %(purchase)s", purchase=name)
            result[move.product_id, move.location_dest_id.warehouse_id].append((day, move.product_qty, name))
        return result
