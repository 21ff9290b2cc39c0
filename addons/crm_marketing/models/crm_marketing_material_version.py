from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmMarketingMaterialVersion(models.Model):
    """One printing or edition: its file, unit cost and stock. An obsolete edition is not handed out any more."""

    _name = "crm.marketing.material.version"
    _description = "Version of a Marketing Material"
    _order = "date desc, id desc"

    material_id = fields.Many2one("crm.marketing.material", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="material_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char("Version", required=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    state = fields.Selection([("current", "In use"), ("obsolete", "Obsolete")], required=True, default="current")
    file = fields.Binary(attachment=True)
    file_name = fields.Char()
    unit_cost = fields.Monetary(required=True, default=0.0, help="In company currency, for one piece.")
    move_ids = fields.One2many("crm.marketing.material.move", "version_id", "Movements")
    quantity = fields.Float("In Stock", compute="_compute_quantity", digits="Product Unit")

    _check_cost = models.Constraint("CHECK (unit_cost >= 0)", "A unit cost cannot be negative.")
    _name_unique = models.UniqueIndex("(material_id, name)", "This material has a version of that name already.")

    @api.depends("move_ids.quantity")
    def _compute_quantity(self):
        groups = self.env["crm.marketing.material.move"]._read_group(
            [("version_id", "in", self.ids)], ["version_id"], ["quantity:sum"]
        )
        stock = {version.id: quantity for version, quantity in groups}
        for version in self:
            version.quantity = stock.get(version._origin.id, 0.0)

    @api.depends("material_id.name", "name")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.material_id.name or ''} {version.name or ''}".strip()

    @api.ondelete(at_uninstall=False)
    def _unlink_without_moves(self):
        if used := self.filtered("move_ids")[:1]:
            raise UserError(
                self.env._("%s has movements: mark it as obsolete instead of deleting it.", used.display_name)
            )
