from odoo import api, fields, models
from odoo.fields import Domain

KINDS = [("product", "Product"), ("price", "Price"), ("competitor", "Competitor"), ("argument", "Argument")]


class CrmKnowledgeEntry(models.Model):
    """The encyclopedia: what salespeople need to know of products, prices and competitors while they write an offer."""

    _name = "crm.knowledge.entry"
    _description = "Encyclopedia Entry"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "kind, name, id"

    name = fields.Char("Title", required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(KINDS, required=True, default="product", tracking=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    body = fields.Html("Text", translate=True)
    keywords = fields.Char(translate=True, help="Words that people search for and that are not in the title or text.")
    product_ids = fields.Many2many("product.template", string="Products")
    categ_ids = fields.Many2many("product.category", string="Product Categories")
    competitor_id = fields.Many2one(
        "res.partner",
        domain=[("relation_type", "=", "competitor")],
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    user_id = fields.Many2one("res.users", "Author", default=lambda self: self.env.user, index="btree_not_null")
    valid_from = fields.Date()
    valid_until = fields.Date(tracking=True)
    is_valid = fields.Boolean("Valid Today", compute="_compute_is_valid", search="_search_is_valid")

    about_order = fields.Boolean(
        "On What Is Offered", compute="_compute_about_order", search="_search_about_order", compute_sudo=False
    )

    _check_dates = models.Constraint(
        "CHECK (valid_until IS NULL OR valid_from IS NULL OR valid_until >= valid_from)",
        "An entry cannot end before it starts.",
    )

    @api.depends("valid_from", "valid_until")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for entry in self:
            entry.is_valid = (entry.valid_from or today) <= today <= (entry.valid_until or today)

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        valid = (Domain("valid_from", "=", False) | Domain("valid_from", "<=", today)) & (
            Domain("valid_until", "=", False) | Domain("valid_until", ">=", today)
        )
        return valid if True in value else ~valid

    @api.depends_context("crm_knowledge_order_id")
    def _compute_about_order(self):
        found = self.filtered_domain(self._about_order_domain())
        for entry in self:
            entry.about_order = entry in found

    def _search_about_order(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._about_order_domain()
        return domain if True in value else ~domain

    @api.model
    def _about_order_domain(self):
        """Entries on the products that the quotation in the context offers, or on their categories."""
        order = self.env["sale.order"].browse(self.env.context.get("crm_knowledge_order_id") or [])
        products = order.order_line.product_template_id
        categories = self.env["product.category"].search([("id", "parent_of", products.categ_id.ids)])
        return Domain("product_ids", "in", products.ids) | Domain("categ_ids", "in", categories.ids)
