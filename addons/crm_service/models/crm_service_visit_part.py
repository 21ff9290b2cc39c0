from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmServiceVisitPart(models.Model):
    """A part that the technician used: taken from his stock when the job is done, billed unless it is covered."""

    _name = "crm.service.visit.part"
    _description = "Part Used on a Visit"
    _order = "visit_id, id"
    _rec_name = "product_id"
    _check_company_auto = True

    visit_id = fields.Many2one("crm.service.visit", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="visit_id.company_id", store=True, precompute=True, index=True)
    state = fields.Selection(related="visit_id.state")
    product_id = fields.Many2one(
        "product.product",
        "Part",
        required=True,
        index=True,
        check_company=True,
        domain=[("type", "=", "consu")],
        ondelete="restrict",
    )
    quantity = fields.Float(required=True, default=1, digits="Product Unit", help="In the unit of the product.")
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    lot_id = fields.Many2one("stock.lot", "Lot/Serial", domain="[('product_id', '=', product_id)]", ondelete="restrict")
    tracking = fields.Selection(related="product_id.tracking")
    billable = fields.Boolean(
        "To Invoice",
        compute="_compute_billable",
        store=True,
        readonly=False,
        precompute=True,
        help="Goes on a quotation when the job is done. Off when agreement or warranty covers the request.",
    )
    move_id = fields.Many2one("stock.move", readonly=True, copy=False, index="btree_not_null", ondelete="set null")
    sale_line_id = fields.Many2one(
        "sale.order.line", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    cost = fields.Float(
        readonly=True, copy=False, groups="crm_service.group_service_manager", help="Of one unit when it was used."
    )

    _check_quantity = models.Constraint("CHECK (quantity > 0)", "Enter how many parts were used.")

    @api.depends("visit_id")
    def _compute_billable(self):
        for part in self:
            part.billable = part.visit_id.ticket_id.coverage_state not in ("covered", "warranty")

    def write(self, vals):
        if any(part.visit_id.state == "done" for part in self):
            raise UserError(self.env._("This visit is done: its report stays as it was signed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(part.move_id for part in self):
            raise UserError(self.env._("This visit is done: its report stays as it was signed."))

    # === STOCK AND INVOICE === #

    def _consume(self):
        """Move the parts of one visit to the customer and put those to invoice on a quotation.

        In sudo, for the technician's own job: he has neither stock nor sales rights.
        """
        parts = self.sudo().filtered(lambda part: not part.move_id)
        if not parts:
            return
        visit = parts.visit_id.ensure_one()
        for part in parts:
            if part.tracking != "none" and not part.lot_id:
                raise UserError(self.env._("Enter the serial number of %(part)s.", part=part.product_id.display_name))
        parts.filtered("billable")._quote(visit)
        picking = self.env["stock.picking"].sudo().create(parts._picking_values(visit))
        for part in parts:
            part.move_id = self.env["stock.move"].sudo().create(part._move_values(picking))
        picking.action_confirm()
        for part in parts:
            part._pick()
        picking.with_context(cancel_backorder=True)._action_done()
        for part in parts:
            part.cost = part.product_id.with_company(part.company_id).standard_price

    def _picking_values(self, visit):
        warehouses = self.env["stock.warehouse"].sudo()
        warehouse = warehouses.search([("company_id", "=", visit.company_id.id)], limit=1)
        profile = self.env["crm.agent.profile"].sudo()
        profile = profile.search(
            [("user_id", "=", visit.user_id.id), ("company_id", "=", visit.company_id.id)], limit=1
        )
        partner = visit.partner_id.with_company(visit.company_id)
        return {
            "picking_type_id": warehouse.out_type_id.id,
            "partner_id": partner.id,
            "company_id": visit.company_id.id,
            "location_id": (profile.technician_location_id or warehouse.lot_stock_id).id,
            "location_dest_id": partner.property_stock_customer.id,
            "origin": visit.name,
        }

    def _move_values(self, picking):
        return {
            "picking_id": picking.id,
            "company_id": picking.company_id.id,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom": self.product_uom_id.id,
            "sale_line_id": self.sale_line_id.id,
            "partner_id": picking.partner_id.id,
        }

    def _pick(self):
        """Take exactly this quantity, of this serial number, whatever the stock says: the part was used."""
        move = self.move_id
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {
                    "product_id": self.product_id.id,
                    "lot_id": self.lot_id.id,
                    "quantity": self.quantity,
                    "product_uom_id": self.product_uom_id.id,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                    "picking_id": move.picking_id.id,
                }
            )
        ]
        move.picked = True

    def _quote(self, visit):
        """Make one quotation of the parts to invoice; confirmed, it ships nothing: the parts are delivered."""
        if not self:
            return
        order = (
            self.env["sale.order"]
            .sudo()
            .with_company(visit.company_id)
            .create(
                {
                    "partner_id": visit.partner_id.id,
                    "company_id": visit.company_id.id,
                    "origin": visit.name,
                    "user_id": visit.partner_id.user_id.id or visit.commercial_partner_id.user_id.id,
                    "order_line": [
                        Command.create({"product_id": part.product_id.id, "product_uom_qty": part.quantity})
                        for part in self
                    ],
                }
            )
        )
        for part, line in zip(self, order.order_line, strict=True):
            part.sale_line_id = line
        visit.sudo().order_id = order
