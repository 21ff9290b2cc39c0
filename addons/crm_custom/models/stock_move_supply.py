from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Place in the queue of a customer without class: behind everybody who has one.
NO_CLASS = 1000
WAITING = ("confirmed", "partially_available")
# Value of the context key crm_out_of_turn once the reason is written down; nothing that a client can send.
REASON_GIVEN = object()


class StockMove(models.Model):
    """Scarce stock goes to the better customer class first; who wants it otherwise says why.

    Only moves of sales orders change places among themselves: transfers, production and other moves keep theirs, as
    do urgent moves and those for whose document the goods were bought.
    """

    _inherit = "stock.move"

    # === RANK === #

    def _crm_ranks(self):
        """{move id: place of the customer's class in the queue, the smaller first}; moves of sales orders only.

        stock_priority of the class's policy, else a=1, b=2, c=3. One query. In SQL without rules: whoever reserves
        need not see the customer's scorecard.
        """
        moves = self.filtered("sale_line_id")
        if not moves:
            return {}
        self.flush_model(["sale_line_id"])
        self.env["sale.order"].flush_model(["partner_id"])
        self.env["crm.customer.class.policy"].flush_model(["stock_priority"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.id, COALESCE(
                           policy.stock_priority, STRPOS('abc', card.customer_class), %(none)s)
                  FROM stock_move move
                  JOIN sale_order_line line ON line.id = move.sale_line_id
                  JOIN sale_order sale ON sale.id = line.order_id
                  JOIN res_partner partner ON partner.id = sale.partner_id
                  LEFT JOIN crm_scorecard card ON card.partner_id = partner.commercial_partner_id
                       AND card.company_id = sale.company_id AND card.is_latest
                  LEFT JOIN crm_customer_class_policy policy ON policy.company_id = sale.company_id
                       AND policy.customer_class = card.customer_class
                 WHERE move.id IN %(ids)s
                """,
                ids=tuple(moves.ids),
                none=NO_CLASS,
            )
        )
        return dict(rows)

    def _crm_queue(self):
        """The moves in the order in which they are served."""
        ranks = self._crm_ranks()
        if len(set(ranks.values())) < 2:
            return self
        references = set(self.browse(self.env.context.get("crm_assign_for", ())).reference_ids.ids)
        slots = [index for index, move in enumerate(self) if move.id in ranks]
        served = sorted(
            (self[index] for index in slots),
            key=lambda move: (
                -int(move.priority or 0),
                not references.intersection(move.reference_ids.ids),
                ranks[move.id],
            ),
        )
        ids = list(self._ids)
        for index, move in zip(slots, served, strict=True):
            ids[index] = move.id
        return self.browse(ids)

    # === RESERVATION === #

    def _action_assign(self, force_qty=False):
        moves = self
        if not force_qty and len(self) > 1 and self._crm_compete():
            moves = self._crm_queue()
        return super(StockMove, moves)._action_assign(force_qty=force_qty)

    def _crm_compete(self):
        """Whether two sales of the batch ask for the same product; no query for one order's different products."""
        products = [move.product_id.id for move in self if move.sale_line_id]
        return len(set(products)) < len(products) and any(self.company_id.mapped("crm_stock_by_class"))

    def _trigger_assign(self):
        """Goods bought for a document stay first: remembered for the queue."""
        return super(StockMove, self.with_context(crm_assign_for=self.ids))._trigger_assign()

    def write(self, vals):
        if vals.get("quantity") and self.env.context.get("crm_out_of_turn") is not REASON_GIVEN:
            self._crm_check_turn(vals["quantity"])
        return super().write(vals)

    def _crm_check_turn(self, quantity):
        """Setting stock aside by hand for a lower class needs a reason, as the button does."""
        asking = self.filtered(
            lambda move: (
                move.state in WAITING
                and move.sale_line_id
                and move.is_storable
                and move.company_id.crm_stock_by_class
                and move.product_uom.compare(quantity, move.quantity) > 0
            )
        )
        if asking and (rivals := asking._crm_overtaken()):
            raise UserError(
                self.env._(
                    "%(customers)s stand before this delivery and stock is short. Use Check Availability on the "
                    "delivery and give the reason.",
                    customers=", ".join(sorted(set().union(*(move._crm_customers() for move in rivals.values())))),
                )
            )

    # === WHO IS OVERTAKEN === #

    def _crm_customers(self):
        """Names of the customers of the moves, with their number."""
        return {move.sudo().sale_line_id.order_id.partner_id.commercial_partner_id.name or "" for move in self}

    def _crm_need(self):
        """Quantity that is still to be reserved, in the product's unit."""
        self.ensure_one()
        return self.product_qty - self.product_uom._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _crm_overtaken(self):
        """{move of self: moves of better classes that would go without}; four queries, whatever the number."""
        asking = self.filtered(
            lambda move: move.state in WAITING and move.sale_line_id and move.is_storable and not move.move_orig_ids
        )
        if not asking:
            return {}
        waiting = self.sudo().search(
            [
                ("product_id", "in", asking.product_id.ids),
                ("location_id", "in", asking.location_id.ids),
                ("state", "in", WAITING),
                ("procure_method", "=", "make_to_stock"),
                ("sale_line_id", "!=", False),
                ("id", "not in", self.ids),
            ]
        )
        if not waiting:
            return {}
        ranks = (asking.sudo() | waiting)._crm_ranks()
        by_place = defaultdict(lambda: self.sudo().browse())
        for move in waiting:
            by_place[move.product_id, move.location_id] |= move
        free = asking._crm_free()
        result = {}
        for move in asking:
            better = by_place[move.product_id, move.location_id].filtered(
                lambda other, move=move: (
                    ranks.get(other.id, NO_CLASS) < ranks.get(move.id, NO_CLASS)
                    and other.priority >= move.priority
                    and not other.move_orig_ids
                )
            )
            wanted = move._crm_need() + sum(other._crm_need() for other in better)
            if better and free[move.product_id, move.location_id] < wanted:
                result[move] = better
        return result

    def _crm_free(self):
        """{(product, location): free quantity beneath it} of the moves, in one query a location."""
        result = defaultdict(float)
        for location, moves in self.grouped("location_id").items():
            groups = (
                self.env["stock.quant"]
                .sudo()
                ._read_group(
                    [("product_id", "in", moves.product_id.ids), ("location_id", "child_of", location.id)],
                    ["product_id"],
                    ["quantity:sum", "reserved_quantity:sum"],
                )
            )
            for product, quantity, reserved in groups:
                result[product.with_env(self.env), location] = quantity - reserved
        return result
