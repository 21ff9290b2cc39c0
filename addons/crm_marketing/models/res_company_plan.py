from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_campaign_approval = fields.Selection(
        [("never", "Never"), ("budget", "Above a budget"), ("always", "Always")],
        "Campaign Approval",
        default="never",
        required=True,
        help="When a sales manager must approve a campaign before anything of it is sent.",
    )
    crm_campaign_approval_amount = fields.Monetary(
        "Approval Above", help="Campaigns with a budget above this amount need an approval."
    )
    crm_campaign_stop_pct = fields.Float(
        "Campaign Budget Stop (%)",
        default=0.0,
        help="No purchase order and no expense is approved that takes a campaign above this share of its budget. "
        "0: it is approved with a warning.",
    )

    _check_crm_campaign_stop_pct = models.Constraint(
        "CHECK (crm_campaign_stop_pct >= 0)", "The share of the budget is not negative."
    )

    def _needs_approval(self, budget):
        """Say whether this company approves a campaign with this budget (company currency)."""
        self.ensure_one()
        company = self.sudo()
        if company.crm_campaign_approval == "budget":
            return company.currency_id.compare_amounts(budget, company.crm_campaign_approval_amount) > 0
        return company.crm_campaign_approval == "always"
