from odoo import fields, models

ROLE_RULES = [("always", "Always class A"), ("ranked", "Top share is class A"), ("none", "Not by rank")]


class ResCompany(models.Model):
    """Settings of the customer classes and the scorecard; shares and growth in percent, scores 0 to 100."""

    _inherit = "res.company"

    crm_class_a_share = fields.Float(string="Share of class A", default=20.0, digits=(5, 2), prefetch="crm")
    crm_class_basis = fields.Selection(
        [("revenue", "Untaxed invoiced amount"), ("quantity", "Quantity"), ("margin", "Margin")],
        string="Basis of the ranking",
        default="revenue",
        required=True,
        prefetch="crm",
    )
    crm_class_rule_agent = fields.Selection(
        ROLE_RULES, string="Agents", default="always", required=True, prefetch="crm"
    )
    crm_class_rule_franchisee = fields.Selection(
        ROLE_RULES, string="Franchisees", default="ranked", required=True, prefetch="crm"
    )
    crm_class_rule_distributor = fields.Selection(
        ROLE_RULES, string="Distributors", default="none", required=True, prefetch="crm"
    )
    crm_class_rule_direct = fields.Selection(
        ROLE_RULES, string="Direct customers", default="none", required=True, prefetch="crm"
    )
    crm_class_b_growth = fields.Float(string="Growth for class B", default=10.0, digits=(5, 2), prefetch="crm")
    crm_growth_year = fields.Selection(
        [("rolling", "Twelve months up to the day of the run"), ("fiscal", "Closed fiscal years")],
        string="Full year",
        default="rolling",
        required=True,
        prefetch="crm",
    )
    crm_loyalty_min = fields.Float(string="Loyalty for class B", default=50.0, digits=(5, 2), prefetch="crm")
    crm_cooperation_min = fields.Float(string="Co-operation for class B", default=50.0, digits=(5, 2), prefetch="crm")
    crm_new_days = fields.Integer(string="New customer for", default=180, prefetch="crm")
    crm_fading_days = fields.Integer(string="Being lost after", default=180, prefetch="crm")
    crm_lost_days = fields.Integer(string="Lost after", default=365, prefetch="crm")

    _check_crm_share = models.Constraint(
        "CHECK (crm_class_a_share BETWEEN 0 AND 100)", "The share of class A lies between 0 and 100 %."
    )

    def _crm_class_policy(self):
        """The class settings as a dict that is kept with each month, so that an old class can still be explained."""
        self.ensure_one()
        return {
            "share_pct": self.crm_class_a_share,
            "basis": self.crm_class_basis,
            "growth_pct": self.crm_class_b_growth,
            "loyalty_min": self.crm_loyalty_min,
            "cooperation_min": self.crm_cooperation_min,
            "new_days": self.crm_new_days,
            "fading_days": self.crm_fading_days,
            "lost_days": self.crm_lost_days,
            "role_rules": {
                "agent": self.crm_class_rule_agent,
                "franchisee": self.crm_class_rule_franchisee,
                "distributor": self.crm_class_rule_distributor,
                "direct": self.crm_class_rule_direct,
            },
        }
