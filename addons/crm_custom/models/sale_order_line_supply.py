from odoo import api, fields, models

from .stock_move_promise import PENDING


class SaleOrderLine(models.Model):
    """The day on which goods can leave, following stock and receipts; computed at each read, never stored.

    Days are of the user's time zone. A receipt counts on the later of its own date and the purchase line's expected
    arrival; one that is overdue counts today.
    """

    _inherit = "sale.order.line"

    crm_promised_date = fields.Date(
        "Possible Delivery",
        compute="_compute_crm_promise",
        compute_sudo=True,
        help="Day on which all of the line can leave, by stock and expected receipts; empty: no supply is planned.",
    )
    crm_promise_reason = fields.Char("Why", compute="_compute_crm_promise", compute_sudo=True)
    crm_promise_late = fields.Boolean(
        "After the Day Agreed",
        compute="_compute_crm_promise",
        compute_sudo=True,
        help="The goods cannot leave by the delivery date of the order.",
    )

    @api.depends_context("lang", "tz", "uid")
    def _compute_crm_promise(self):
        self.crm_promised_date = self.crm_promise_reason = self.crm_promise_late = False
        pending = {line: line._crm_pending_moves() for line in self if line.state == "sale" and not line.display_type}
        moves = self.env["stock.move"].union(*pending.values())
        if not moves:
            return
        promises = moves._crm_promises()
        today = fields.Date.context_today(self)
        for line, own in pending.items():
            if not own:
                continue
            found = [promises[move] for move in own]
            worst = max(found, key=lambda promise: (promise[0] is None, promise[0] or today))
            agreed = line._crm_agreed_day()
            line.crm_promised_date, line.crm_promise_reason = worst
            line.crm_promise_late = bool(agreed and (worst[0] is None or worst[0] > agreed))

    def _crm_agreed_day(self):
        """Day agreed on the order, else order date and lead time, in the user's time zone."""
        self.ensure_one()
        agreed = self.order_id.commitment_date or self._expected_date()
        return agreed and fields.Datetime.context_timestamp(self, agreed).date()

    def _crm_pending_moves(self):
        """Moves of the line that are still to bring goods to the customer: the last of each chain."""
        self.ensure_one()
        pending = [
            move
            for move in self.move_ids
            if move.state in PENDING and move.location_id.usage not in ("customer", "supplier")
        ]
        ids = {move.id for move in pending}
        last = [move.id for move in pending if ids.isdisjoint(move.move_dest_ids._ids)]
        return self.move_ids.browse(last).with_prefetch(self.move_ids._prefetch_ids)

    def _crm_purchase_lines(self):
        """{line: purchase lines, drafts included, that bring its goods}."""
        bought = self.move_ids._crm_bought()
        nothing = self.env["purchase.order.line"]
        return {line: nothing.union(*(bought[move] for move in line.move_ids)) for line in self}
