from odoo import api, models

BATCH = 500  # deliveries that are filled in at once


class CrmCustomerAsset(models.Model):
    """Customers' products from validated deliveries: one for each serial number, else one for each delivered line."""

    _inherit = "crm.customer.asset"

    @api.model
    def _from_moves(self, moves):
        """Record what these finished moves brought to customers and took back from them; returns the new records.

        In sudo: the warehouse delivers, service keeps the record. Every move is recorded once.
        """
        flagged = moves.sudo().filtered(lambda move: move.state == "done" and move.product_id.service_asset)
        out = flagged.filtered(lambda m: m.location_dest_usage == "customer" and m.location_usage != "customer")
        created = self._record_deliveries(out) if out else self.sudo().browse()
        if back := flagged.filtered(lambda m: m.location_usage == "customer" and m.location_dest_usage != "customer"):
            self._take_back(back, self._assets_of_returns(back))
        return created

    @api.model
    def _record_deliveries(self, moves):
        assets = self.sudo()
        known = {
            (asset.move_id.id, asset.lot_id.id)
            for asset in assets.with_context(active_test=False).search([("move_id", "in", moves.ids)])
        }
        values = [
            move._crm_asset_values(lot, quantity)
            for move in moves
            for lot, quantity in move._crm_quantities_by_lot().items()
            if quantity > 0 and (move.id, lot.id) not in known
        ]
        quiet = assets.with_context(tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True)
        return quiet.create([vals for vals in values if vals["partner_id"]])

    # === RETURNS === #

    @api.model
    def _assets_of_returns(self, moves):
        """Return the products in use that these returns may have brought back."""
        return self.sudo().search(
            [
                ("state", "=", "in_use"),
                ("product_id", "in", moves.product_id.ids),
                "|",
                ("move_id", "in", moves.origin_returned_move_id.ids),
                ("lot_id", "in", moves.move_line_ids.lot_id.ids),
            ],
            order="date_delivered, id",
        )

    @api.model
    def _take_back(self, moves, assets):
        """Take what came back off the customers' products, of the returned delivery first; none left: returned."""
        for move in moves:
            origin = move.origin_returned_move_id
            for lot, quantity in move._crm_quantities_by_lot().items():
                fitting = assets.filtered(
                    lambda asset, lot=lot, origin=origin, move=move: (
                        asset.state == "in_use"
                        and asset.product_id == move.product_id
                        and asset.lot_id == lot
                        and (lot or asset.move_id == origin)
                        and (not asset.move_id or asset.move_id.date <= move.date)
                    )
                )
                fitting._reduce(quantity, origin)

    def _reduce(self, quantity, origin):
        for asset in self.sorted(lambda item: item.move_id != origin):
            taken = min(asset.quantity, quantity)
            if taken <= 0:
                return
            rest = asset.quantity - taken
            empty = asset.product_id.uom_id.is_zero(rest)
            asset.write({"state": "returned"} if empty else {"quantity": rest})
            quantity -= taken

    # === BACK-FILL === #

    @api.model
    def _backfill(self, products):
        """Record the deliveries of these products that were made before they were marked; safe to repeat."""
        self.check_access("create")
        Move = self.env["stock.move"].sudo()
        products = products.filtered("service_asset")
        company = [("company_id", "in", self.env.companies.ids), ("product_id", "in", products.ids)]
        domain = [*company, ("state", "=", "done"), ("location_dest_usage", "=", "customer")]
        recorded = self.sudo()._search([("move_id", "!=", False)]).subselect("move_id")
        created = self.sudo().browse()
        moves = Move.search([*domain, ("id", "not in", recorded)], order="date, id")
        for start in range(0, len(moves), BATCH):
            created |= self._record_deliveries(moves[start : start + BATCH])
        back = Move.search([*company, ("state", "=", "done"), ("location_usage", "=", "customer")], order="date, id")
        self._take_back(back, created)
        return created.sudo(False)
