from odoo import api, fields, models

KINDS = [
    ("brochure", "Brochure"),
    ("sample", "Sample"),
    ("gift", "Gift"),
    ("display", "Display or poster"),
    ("digital", "Digital file"),
    ("other", "Other"),
]


class CrmMarketingMaterial(models.Model):
    """What campaigns hand out: brochures, samples, gifts. Each printing is a version with its own stock and unit cost.

    The stock is the sum of the movements (`crm.marketing.material.move`), never typed. What a campaign used up is
    shown at unit cost beside its posted cost and is not part of it: the printer's bill already is.
    """

    _name = "crm.marketing.material"
    _description = "Marketing Material"
    _inherit = ["mail.thread", "image.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(KINDS, required=True, default="brochure")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Owner", default=lambda self: self.env.user, index="btree_not_null", tracking=True
    )
    product_ids = fields.Many2many("product.template", string="Products", help="That the material is about.")
    description = fields.Text(translate=True)
    version_ids = fields.One2many("crm.marketing.material.version", "material_id", "Versions")
    version_id = fields.Many2one(
        "crm.marketing.material.version", "Newest Version", compute="_compute_stock", help="The newest one in use."
    )
    unit_cost = fields.Monetary(compute="_compute_stock", help="Of the newest version in use.")
    quantity = fields.Float("In Stock", compute="_compute_stock", digits="Product Unit")
    consumed = fields.Float("Used up", compute="_compute_stock", digits="Product Unit")
    minimum = fields.Float("Reorder at", digits="Product Unit", help="0 = no warning.")
    is_short = fields.Boolean("Short", compute="_compute_stock", search="_search_is_short")

    @api.depends("version_ids.move_ids.quantity", "version_ids.state", "version_ids.unit_cost", "minimum")
    def _compute_stock(self):
        totals = self._totals()
        for material in self:
            usable = material.version_ids.filtered(lambda version: version.state == "current")
            newest = usable.sorted(lambda version: (version.date or fields.Date.today(), version.id))[-1:]
            stock, consumed = totals.get(material._origin.id, (0.0, 0.0))
            material.version_id = newest
            material.unit_cost = newest.unit_cost
            material.quantity = stock
            material.consumed = consumed
            material.is_short = bool(material.minimum) and stock <= material.minimum

    def _totals(self):
        """{material id: (stock of the versions in use, used up by campaigns and customers)}."""
        moves = self.env["crm.marketing.material.move"]
        stock = moves._read_group(
            [("material_id", "in", self.ids), ("version_id.state", "=", "current")], ["material_id"], ["quantity:sum"]
        )
        used = moves._read_group(
            [("material_id", "in", self.ids), ("kind", "=", "used")], ["material_id"], ["quantity:sum"]
        )
        used = {material.id: -quantity for material, quantity in used}
        result = {material.id: (quantity, used.get(material.id, 0.0)) for material, quantity in stock}
        return {**{key: (0.0, value) for key, value in used.items()}, **result}

    def _search_is_short(self, operator, value):
        if operator != "in":
            return NotImplemented
        warned = self.search([("minimum", ">", 0)])
        return [("id", "in", warned.filtered("is_short").ids)] if True in value else [("id", "not in", warned.ids)]

    def action_open_moves(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_marketing_material_move_action")
        return {**action, "domain": [("material_id", "in", self.ids)], "context": {}}
