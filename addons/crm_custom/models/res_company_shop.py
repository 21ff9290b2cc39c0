from odoo import fields, models


class ResCompany(models.Model):
    """Settings of suggestions, channels and the portal shop; shares and support in percent."""

    _inherit = "res.company"

    crm_affinity_basis = fields.Selection(
        [("invoice", "Posted invoices"), ("order", "Confirmed orders")],
        string="Baskets",
        default="invoice",
        required=True,
        prefetch="crm",
    )
    crm_affinity_support = fields.Float(
        string="Minimum support",
        default=1.0,
        digits=(6, 3),
        help="Percent of the baskets that must hold both products.",
        prefetch="crm",
    )
    crm_affinity_count = fields.Integer(
        string="Minimum baskets", default=5, help="A pair in fewer baskets proves nothing.", prefetch="crm"
    )
    crm_affinity_months = fields.Integer(string="Months looked back", default=24, help="0 = all.", prefetch="crm")
    crm_affinity_run = fields.Date(string="Pairs refreshed on", readonly=True, copy=False, prefetch="crm")
    crm_loyalty_change = fields.Float(
        string="Change that counts",
        default=20.0,
        digits=(5, 2),
        help="Percent by which twelve months must differ from the twelve before to count as growing or weakening.",
        prefetch="crm",
    )
    crm_golive_date = fields.Date(
        string="Cross-selling since",
        help="Sales before and after this day are compared in equal spans.",
        prefetch="crm",
    )
    crm_direct_target = fields.Float(
        string="Target share of direct and online sales",
        digits=(5, 2),
        help="Percent of the sales; 0 = no target.",
        prefetch="crm",
    )
    crm_portal_confirm = fields.Boolean(
        string="Portal orders are confirmed at once",
        help="Otherwise they arrive as quotations that a salesperson confirms.",
        prefetch="crm",
    )

    _check_crm_affinity_support = models.Constraint(
        "CHECK (crm_affinity_support >= 0 AND crm_affinity_support <= 100)",
        "The minimum support lies between 0 and 100 %.",
    )
    _check_crm_affinity_count = models.Constraint(
        "CHECK (crm_affinity_count >= 1 AND crm_affinity_months >= 0)",
        "The minimum number of baskets is at least 1, the months are not negative.",
    )
    _check_crm_direct_target = models.Constraint(
        "CHECK (crm_direct_target >= 0 AND crm_direct_target <= 100)", "The target share lies between 0 and 100 %."
    )
