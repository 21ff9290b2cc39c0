from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

RESULTS = [
    ("fault", "Fault confirmed"),
    ("no_fault", "No fault found"),
    ("misuse", "Damaged by the customer"),
    ("wrong", "Wrong article sent"),
]
DISPOSITIONS = [
    ("restock", "Back to stock"),
    ("scrap", "Scrap"),
    ("repair", "Repair"),
    ("vendor", "Back to vendor"),
]
ASKED = frozenset({"return_id", "move_id", "quantity", "lot_id"})
INSPECTED = frozenset({"result", "quantity_good", "quantity_bad", "quantity_accepted", "disposition", "vendor_id"})
MADE = frozenset({"quantity_received", "scrap_id", "repair_id", "vendor_picking_id"})


class CrmReturnLine(models.Model):
    """Goods of one delivered move that come back. Quantities are in the unit of that move, never negative."""

    _name = "crm.return.line"
    _description = "Customer Return Line"
    _order = "return_id, id"
    _rec_name = "product_id"

    return_id = fields.Many2one("crm.return", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="return_id.company_id", store=True, precompute=True)
    state = fields.Selection(related="return_id.state")
    move_id = fields.Many2one(
        "stock.move",
        "Delivered Goods",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('picking_id', '=', parent.picking_id), ('state', '=', 'done')]",
    )
    product_id = fields.Many2one(related="move_id.product_id", store=True, precompute=True, index=True)
    product_uom_id = fields.Many2one(related="move_id.product_uom", string="Unit")
    lot_id = fields.Many2one("stock.lot", "Lot/Serial", index="btree_not_null", domain="[('id', 'in', lot_ids)]")
    lot_ids = fields.Many2many(related="move_id.lot_ids", string="Lots Shipped")
    quantity_free = fields.Float(
        "May Come Back",
        compute="_compute_quantity_free",
        compute_sudo=True,
        digits="Product Unit",
        help="Delivered, less what came back or is on its way back or asked for.",
    )
    quantity = fields.Float("Comes Back", required=True, default=1, digits="Product Unit")
    currency_id = fields.Many2one(related="return_id.currency_id")
    amount = fields.Monetary(compute="_compute_amount", store=True, compute_sudo=True)
    quantity_received = fields.Float("Received", readonly=True, copy=False, digits="Product Unit")
    result = fields.Selection(RESULTS, copy=False)
    quantity_good = fields.Float("Good", copy=False, digits="Product Unit")
    quantity_bad = fields.Float("Bad", copy=False, digits="Product Unit")
    quantity_accepted = fields.Float(
        "Accepted",
        compute="_compute_quantity_accepted",
        store=True,
        readonly=False,
        copy=False,
        digits="Product Unit",
        help="What is credited or replaced; nothing of what the customer damaged.",
    )
    disposition = fields.Selection(DISPOSITIONS, "Bad Goods Go", copy=False, help="Good ones go back to stock.")
    vendor_id = fields.Many2one(
        "res.partner", compute="_compute_vendor_id", store=True, readonly=False, copy=False, index="btree_not_null"
    )
    scrap_id = fields.Many2one("stock.scrap", readonly=True, copy=False, index="btree_not_null")
    repair_id = fields.Many2one("repair.order", readonly=True, copy=False, index="btree_not_null")
    vendor_picking_id = fields.Many2one(
        "stock.picking", "Shipment to Vendor", readonly=True, copy=False, index="btree_not_null"
    )

    _check_quantity = models.Constraint("CHECK (quantity > 0)", "The quantity that comes back must be positive.")
    _check_inspected = models.Constraint(
        "CHECK (quantity_good >= 0 AND quantity_bad >= 0 AND quantity_accepted >= 0)",
        "Inspected quantities cannot be negative.",
    )
    _move_unique = models.UniqueIndex("(return_id, move_id, lot_id)", "These goods are on this return already.")

    @api.depends("move_id", "return_id.state")
    def _compute_quantity_free(self):
        free = self.move_id._crm_free_to_return(self.return_id._origin)
        for line in self:
            line.quantity_free = free.get(line.move_id, 0)

    @api.depends("move_id", "quantity")
    def _compute_amount(self):
        """Tax included, after discount, as the order line sells it; 0 for goods without an order."""
        for line in self:
            sold = line.move_id.sale_line_id
            quantity = (
                line.move_id.product_uom._compute_quantity(line.quantity, sold.product_uom_id, round=False)
                if sold
                else 0
            )
            line.amount = sold.price_reduce_taxinc * quantity if sold else 0

    @api.depends("result", "quantity_received")
    def _compute_quantity_accepted(self):
        for line in self:
            line.quantity_accepted = 0 if line.result == "misuse" else line.quantity_received

    @api.depends("product_id")
    def _compute_vendor_id(self):
        for line in self:
            line.vendor_id = line.vendor_id or line.sudo().product_id.seller_ids[:1].partner_id

    @api.constrains("move_id", "return_id", "lot_id")
    def _check_move(self):
        for line in self:
            move = line.move_id.sudo()
            if move.picking_id != line.return_id.sudo().picking_id or move.state != "done":
                raise ValidationError(
                    self.env._("%s was not shipped with this delivery.", move.product_id.display_name)
                )
            if line.lot_id and line.lot_id not in move.lot_ids:
                raise ValidationError(self.env._("Lot %s was not shipped with this delivery.", line.lot_id.sudo().name))

    # === RIGHTS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and MADE & vals.keys():
                raise UserError(self.env._("The steps of a return are done with its buttons."))
        lines = super().create(vals_list)
        lines._check_step("draft")
        return lines

    def write(self, vals):
        if not self.env.su:
            if MADE & vals.keys():
                raise UserError(self.env._("The steps of a return are done with its buttons."))
            if ASKED & vals.keys():
                self._check_step("draft")
            if INSPECTED & vals.keys():
                self._check_step("received")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_in_draft(self):
        self._check_step("draft", "cancel", "refused")

    def _check_step(self, *states):
        if not self.env.su and any(line.return_id.state not in states for line in self):
            raise UserError(
                self.env._("The goods are chosen before a return is asked for, and inspected after they came.")
            )

    def _received(self):
        """Return what came so far, in the unit of the delivered move."""
        moves = self.env["stock.move"].search([("crm_return_line_id", "=", self.id), ("state", "=", "done")])
        unit = self.product_uom_id
        return sum(move.product_uom._compute_quantity(move.quantity, unit) for move in moves)

    # === INSPECTION === #

    def action_all_good(self):
        """The inspector found nothing wrong with what came."""
        for line in self:
            line.write(
                {
                    "quantity_good": line.quantity_received,
                    "quantity_bad": 0,
                    "result": line.result or "no_fault",
                    "disposition": "restock",
                }
            )

    def action_all_bad(self):
        for line in self:
            disposition = line.disposition if line.disposition != "restock" else False
            line.write(
                {
                    "quantity_good": 0,
                    "quantity_bad": line.quantity_received,
                    "result": line.result or "fault",
                    "disposition": disposition or "scrap",
                }
            )

    def _check_rest(self):
        """Raise while the warehouse still expects a part: what comes after the inspection would be judged by nobody."""
        moves = self.env["stock.move"].sudo()
        open_moves = moves.search(
            [("crm_return_line_id", "in", self.ids), ("state", "not in", ("done", "cancel"))], limit=1
        )
        for move in open_moves:
            raise UserError(
                self.env._(
                    "%(product)s: %(rest)g are still expected. Receive %(receipt)s first, or cancel it.",
                    product=move.product_id.display_name,
                    rest=move.product_uom_qty,
                    receipt=move.picking_id.name,
                )
            )

    def _check_inspection(self):
        """Raise unless every unit that came was judged, and it is said where the bad ones go."""
        for line in self:
            unit = line.product_uom_id
            if unit.compare(line.quantity_good + line.quantity_bad, line.quantity_received):
                raise UserError(
                    self.env._(
                        "%(product)s: %(received)g came, but %(judged)g were judged.",
                        product=line.product_id.display_name,
                        received=line.quantity_received,
                        judged=line.quantity_good + line.quantity_bad,
                    )
                )
            if unit.compare(line.quantity_accepted, line.quantity_received) > 0:
                raise UserError(self.env._("%s: no more can be accepted than came.", line.product_id.display_name))
            if not unit.is_zero(line.quantity_received) and not line.result:
                raise UserError(self.env._("%s: enter the result of the inspection.", line.product_id.display_name))
            if not unit.is_zero(line.quantity_bad) and not line.disposition:
                raise UserError(self.env._("%s: say where the bad goods go.", line.product_id.display_name))
