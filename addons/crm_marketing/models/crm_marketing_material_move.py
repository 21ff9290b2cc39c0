from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

KINDS = [("received", "Received"), ("used", "Used"), ("returned", "Came back"), ("counted", "Stock count")]
FIXED = frozenset({"version_id", "kind", "quantity", "unit_cost"})


class CrmMarketingMaterialMove(models.Model):
    """A movement of material. `quantity`: + in, - out; `used_up`: units, + used, - came back; `cost`: the same in
    company currency.

    Movements are never changed; a mistake is mended by another one. The unit cost is the version's at that time.
    """

    _name = "crm.marketing.material.move"
    _description = "Movement of Marketing Material"
    _order = "date desc, id desc"
    _rec_name = "version_id"

    version_id = fields.Many2one("crm.marketing.material.version", required=True, ondelete="restrict", index=True)
    material_id = fields.Many2one(related="version_id.material_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="version_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    kind = fields.Selection(KINDS, required=True, default="used")
    quantity = fields.Float(required=True, digits="Product Unit", help="+ comes in, - goes out.")
    used_up = fields.Float(
        "Units Used",
        compute="_compute_used_up",
        store=True,
        digits="Product Unit",
        help="+ used, - came back. Receipts and stock counts are none.",
    )
    unit_cost = fields.Monetary(readonly=True)
    cost = fields.Monetary("Cost Used up", compute="_compute_cost", store=True)
    campaign_id = fields.Many2one("utm.campaign", index="btree_not_null", ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Given to", index="btree_not_null", ondelete="restrict")
    user_id = fields.Many2one("res.users", "By", default=lambda self: self.env.user, readonly=True)
    note = fields.Char()

    _check_sign = models.Constraint(
        "CHECK (kind = 'counted' OR (kind = 'used' AND quantity < 0) OR (kind IN ('received', 'returned')"
        " AND quantity > 0))",
        "What is used goes out (-), what is received or comes back comes in (+).",
    )

    @api.depends("quantity", "kind")
    def _compute_used_up(self):
        for move in self:
            move.used_up = -move.quantity if move.kind in ("used", "returned") else 0.0

    @api.depends("quantity", "unit_cost", "kind")
    def _compute_cost(self):
        for move in self:
            used = move.kind in ("used", "returned")
            move.cost = move.currency_id.round(-move.quantity * move.unit_cost) if used else 0.0

    @api.constrains("campaign_id", "company_id")
    def _check_campaign_company(self):
        for move in self:
            if move.campaign_id.company_id and move.campaign_id.company_id != move.company_id:
                raise ValidationError(self.env._("%s is a campaign of another company.", move.campaign_id.title))

    @api.model_create_multi
    def create(self, vals_list):
        versions = self.env["crm.marketing.material.version"].browse([vals.get("version_id") for vals in vals_list])
        for vals, version in zip(vals_list, versions, strict=True):
            vals["unit_cost"] = version.unit_cost
            if vals.get("kind", "used") == "used":
                vals["quantity"] = -abs(vals.get("quantity") or 0.0)
                if version.state == "obsolete":
                    raise UserError(self.env._("%s is obsolete: take the newest version.", version.display_name))
        moves = super().create(vals_list)
        moves._check_stock()
        return moves

    def write(self, vals):
        if FIXED & vals.keys():
            raise UserError(self.env._("Movements are not changed: enter another one that mends it."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Movements are not deleted: enter another one that mends it."))

    def _check_stock(self):
        """No version goes below zero, also when two users take the last pieces at once."""
        versions = self.version_id
        self.env.flush_all()
        # Written, not only locked: of two transactions the second fails on its older snapshot and is run again.
        self.env.cr.execute(
            SQL(
                "UPDATE crm_marketing_material_version SET write_date = now() AT TIME ZONE 'UTC' WHERE id IN %s",
                tuple(versions.ids),
            )
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT version_id, SUM(quantity) FROM crm_marketing_material_move
                    WHERE version_id IN %s GROUP BY version_id HAVING SUM(quantity) < -0.000001""",
                tuple(versions.ids),
            )
        )
        for version_id, left in rows:
            version = versions.browse(version_id)
            raise UserError(
                self.env._(
                    "%(material)s: %(missing)g more than there is.", material=version.display_name, missing=-left
                )
            )
