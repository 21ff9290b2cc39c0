from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..tools import agreement

STATES = [("in_use", "In Use"), ("returned", "Returned"), ("retired", "No Longer in Use")]


class CrmCustomerAsset(models.Model):
    """A product that a customer owns: what, since when, in warranty until, maintained when. Days are calendar days.

    Made from deliveries (crm_customer_asset_delivery.py) or entered by hand for goods bought elsewhere.
    """

    _name = "crm.customer.asset"
    _description = "Customer's Product"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "next_maintenance, id"
    _rec_names_search = ["product_id", "serial"]
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        help="The address where the product stands.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
        string="Company of the Customer",
    )
    product_id = fields.Many2one("product.product", required=True, index=True, check_company=True, ondelete="restrict")
    lot_id = fields.Many2one(
        "stock.lot",
        "Lot/Serial",
        index="btree_not_null",
        domain="[('product_id', '=', product_id)]",
        ondelete="restrict",
    )
    serial = fields.Char(
        "Serial Number", compute="_compute_serial", store=True, readonly=False, precompute=True, index="trigram"
    )
    quantity = fields.Float(default=1, digits="Product Unit", help="In the unit of the product.")
    location = fields.Char("Where It Stands", help="For example: second floor, kitchen.")
    state = fields.Selection(STATES, required=True, default="in_use", tracking=True, copy=False)

    sale_order_line_id = fields.Many2one(
        "sale.order.line", "Order Line", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    order_id = fields.Many2one(related="sale_order_line_id.order_id", string="Order")
    move_id = fields.Many2one(
        "stock.move", "Delivery Line", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    picking_id = fields.Many2one(related="move_id.picking_id", string="Delivery")
    date_sold = fields.Date("Sold")
    date_delivered = fields.Date("Delivered", tracking=True)
    warranty_months = fields.Integer("Warranty", help="Months from the delivery.")
    warranty_end = fields.Date(
        "Warranty Until",
        compute="_compute_warranty_end",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The last day of the warranty.",
    )
    maintenance_months = fields.Integer("Maintenance Every", help="Months; 0: no regular maintenance.")
    last_maintenance = fields.Date(tracking=True, copy=False)
    next_maintenance = fields.Date(
        compute="_compute_next_maintenance", store=True, readonly=False, precompute=True, index="btree_not_null"
    )
    reminded_for = fields.Date(readonly=True, copy=False, help="The maintenance that a reminder was made for.")
    agreement_id = fields.Many2one("crm.service.agreement", "Covered By", compute="_compute_agreement_id")
    warranty_text = fields.Char("Warranty State", compute="_compute_warranty_text")
    ticket_ids = fields.One2many("crm.ticket", "asset_id", "Tickets", readonly=True)
    ticket_count = fields.Integer("Number of Tickets", compute="_compute_ticket_count")

    _move_lot_uniq = models.UniqueIndex(
        "(move_id, COALESCE(lot_id, 0)) WHERE move_id IS NOT NULL", "This delivery is already recorded."
    )
    _check_months = models.Constraint(
        "CHECK (warranty_months >= 0 AND maintenance_months >= 0 AND quantity >= 0)",
        "Months and quantity must not be negative.",
    )

    # === COMPUTES === #

    @api.depends("product_id", "serial")
    def _compute_display_name(self):
        for asset in self:
            name = asset.product_id.display_name or ""
            asset.display_name = f"{name} ({asset.serial})" if asset.serial else name

    @api.depends("lot_id")
    def _compute_serial(self):
        for asset in self:
            asset.serial = asset.lot_id.sudo().name or asset.serial

    @api.depends("date_delivered", "warranty_months")
    def _compute_warranty_end(self):
        for asset in self:
            asset.warranty_end = agreement.after_months(asset.date_delivered, asset.warranty_months) or False

    @api.depends("date_delivered", "last_maintenance", "maintenance_months")
    def _compute_next_maintenance(self):
        for asset in self:
            since = asset.last_maintenance or asset.date_delivered
            asset.next_maintenance = agreement.after_months(since, asset.maintenance_months) or False

    @api.depends("partner_id", "product_id", "company_id")
    def _compute_agreement_id(self):
        """The agreement valid today; a fixed number of queries for a list."""
        today = fields.Date.context_today(self)
        found = self.env["crm.service.agreement"]._covering(
            {
                asset: (asset.commercial_partner_id, asset.company_id, asset._origin, asset.product_id, today)
                for asset in self
            }
        )
        for asset in self:
            asset.agreement_id = found[asset][0]

    @api.depends("warranty_end")
    @api.depends_context("lang")
    def _compute_warranty_text(self):
        today = fields.Date.context_today(self)
        for asset in self:
            asset.warranty_text = asset._warranty_sentence(today)

    def _warranty_sentence(self, day):
        self.ensure_one()
        if not self.warranty_end:
            return self.env._("No warranty")
        shown = format_date(self.env, self.warranty_end)
        if self.warranty_end >= day:
            return self.env._("In warranty until %(day)s", day=shown)
        return self.env._("Warranty ended on %(day)s", day=shown)

    def _compute_ticket_count(self):
        counts = dict(self.env["crm.ticket"]._read_group([("asset_id", "in", self.ids)], ["asset_id"], ["__count"]))
        for asset in self:
            asset.ticket_count = counts.get(asset._origin, 0)

    @api.onchange("product_id")
    def _onchange_product_id(self):
        product = self.product_id
        self.warranty_months, self.maintenance_months = product.warranty_months, product.maintenance_months
        if self.lot_id.product_id != product:
            self.lot_id = False

    @api.constrains("lot_id", "product_id")
    def _check_lot(self):
        for asset in self:
            if asset.lot_id and asset.lot_id.product_id != asset.product_id:
                raise ValidationError(
                    self.env._(
                        "Serial number %(serial)s belongs to another product than %(product)s.",
                        serial=asset.lot_id.name,
                        product=asset.product_id.display_name,
                    )
                )

    # === WRITING === #

    @api.model_create_multi
    def create(self, vals_list):
        assets = super().create(vals_list)
        if not self._any():
            self.env.registry.clear_cache()
        return assets

    @api.model
    @tools.ormcache()
    def _any(self):
        """Whether there is any customer's product: tickets ask for theirs only then."""
        return bool(self.sudo().search_count([], limit=1))

    def _maintained(self, day):
        """A maintenance was done: the next one counts from here; an older one does not put the date back."""
        for asset in self:
            if not asset.last_maintenance or asset.last_maintenance < day:
                asset.last_maintenance = day

    # === ACTIONS === #

    def action_open_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = [("asset_id", "in", self.ids)]
        action["context"] = {"default_asset_id": self[:1].id, "default_partner_id": self[:1].partner_id.id}
        return action

    def action_new_ticket(self):
        self.ensure_one()
        values = {"asset_id": self.id, "partner_id": self.partner_id.id, "product_id": self.product_id.id}
        return self.env["crm.ticket"]._action_new(self.company_id, values | {"lot_id": self.lot_id.id})
