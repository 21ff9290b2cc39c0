from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import commission as rules


class CrmCommissionRule(models.Model):
    """A line of a plan's rate table: the first that fits decides. Empty criteria fit everything."""

    _name = "crm.commission.rule"
    _description = "Commission Rate"
    _order = "plan_id, sequence, id"
    _check_company_auto = True

    plan_id = fields.Many2one("crm.commission.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(compute="_compute_name", store=True, readonly=False, precompute=True)
    product_id = fields.Many2one("product.product", ondelete="cascade", index="btree_not_null")
    product_categ_id = fields.Many2one("product.category", "Product Category", ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", ondelete="cascade", index="btree_not_null", domain="[('parent_id', '=', False)]"
    )
    territory_id = fields.Many2one("crm.territory", ondelete="cascade", check_company=True)
    discount_from = fields.Float("Discount from (%)", digits=(5, 2))
    discount_to = fields.Float("Discount below (%)", digits=(5, 2), help="0 = without upper limit")
    kind = fields.Selection(
        [("rate", "Rate"), ("tier", "By Tiers"), ("none", "No Commission")], "Pays", required=True, default="rate"
    )
    rate = fields.Float("Rate (%)", digits=(6, 3))

    _check_values = models.Constraint(
        "CHECK (rate BETWEEN 0 AND 100 AND discount_from >= 0 AND discount_to >= 0)",
        "Rates lie between 0 and 100 %, discounts are not negative.",
    )

    @api.depends("product_id", "product_categ_id", "partner_id", "territory_id", "discount_from", "discount_to")
    def _compute_name(self):
        for rule in self:
            parts = [rule.product_id, rule.product_categ_id, rule.partner_id, rule.territory_id]
            names = [part.display_name for part in parts if part]
            band = {"low": f"{rule.discount_from:g}", "high": f"{rule.discount_to:g}"}
            if rule.discount_from and rule.discount_to:
                names.append(self.env._("Discount %(low)s to %(high)s %%", **band))
            elif rule.discount_from:
                names.append(self.env._("Discount from %(low)s %%", **band))
            elif rule.discount_to:
                names.append(self.env._("Discount below %(high)s %%", **band))
            rule.name = ", ".join(names) or self.env._("All other sales")

    @api.constrains("discount_from", "discount_to")
    def _check_discounts(self):
        for rule in self:
            if rule.discount_to and rule.discount_to <= rule.discount_from:
                raise ValidationError(self.env._("%(name)s: the discount band is empty.", name=rule.name))

    def _compiled(self):
        """The rules for tools/commission.py, categories and territories with their parts."""
        return [rule._compiled_one() for rule in self.sorted(lambda rule: (rule.sequence, rule.id))]

    def _compiled_one(self):
        self.ensure_one()
        return rules.Rule(
            self.id,
            frozenset(self.product_id.ids) if self.product_id else None,
            self._with_parts(self.product_categ_id),
            self.partner_id.commercial_partner_id.id or None,
            self._with_parts(self.territory_id),
            self.discount_from or None,
            self.discount_to or None,
            self.kind,
            self.rate,
        )

    @api.model
    def _with_parts(self, record):
        if not record:
            return None
        return frozenset(record.with_context(active_test=False).search([("id", "child_of", record.id)])._ids)
