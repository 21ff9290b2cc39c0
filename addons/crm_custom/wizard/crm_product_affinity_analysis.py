from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_product_affinity import GROUPS
from ..models.crm_scorecard import CLASSES


class CrmProductAffinityAnalysis(models.TransientModel):
    """Find the strongest pairs of products of one customer group now, with a minimum support of one's own."""

    _name = "crm.product.affinity.analysis"
    _description = "Product-to-Product Analysis"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    group_kind = fields.Selection(GROUPS, string="Customer Group", required=True, default="all")
    customer_class = fields.Selection(CLASSES, string="Class")
    industry_id = fields.Many2one("res.partner.industry")
    country_id = fields.Many2one("res.country")
    basis = fields.Selection(
        [("invoice", "Posted invoices"), ("order", "Confirmed orders")],
        string="Baskets",
        required=True,
        default=lambda self: self.env.company.crm_affinity_basis,
    )
    support = fields.Float(
        string="Minimum Support (%)",
        digits=(6, 3),
        default=lambda self: self.env.company.crm_affinity_support,
        help="Percent of the baskets that must hold both products.",
    )
    other_categ = fields.Boolean(string="Different Categories Only", help="Variants of one family hide the rest.")

    @api.constrains("support")
    def _check_support(self):
        if any(not 0 <= wizard.support <= 100 for wizard in self):
            raise UserError(self.env._("The minimum support lies between 0 and 100 %."))

    def _key(self):
        """Number of the chosen group: 0 = all customers, 1 to 3 = class, else the record's id."""
        self.ensure_one()
        return {
            "all": 0,
            "class": "abc".find(self.customer_class or "?") + 1 or None,
            "industry": self.industry_id.id or None,
            "country": self.country_id.id or None,
        }[self.group_kind]

    def action_run(self):
        """Count now and open the pairs, the strongest first."""
        self.ensure_one()
        key = self._key()
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose one of your companies."))
        pairs = self.env["crm.product.affinity"].sudo()
        date = fields.Date.context_today(self)
        pairs._refresh(self.company_id, date, self.group_kind, key, self.support, self.basis)
        domain = [("company_id", "=", self.company_id.id), ("group_kind", "=", self.group_kind)]
        domain += [("group_key", "=", key)] if key is not None else []
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_product_affinity_action")
        filters = {"search_default_other_categ": 1} if self.other_categ else {}
        return action | {"domain": domain, "context": {"search_default_significant": 1, **filters}}
