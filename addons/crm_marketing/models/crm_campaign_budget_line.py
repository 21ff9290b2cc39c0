from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCampaignBudgetLine(models.Model):
    """A part of a campaign's budget: how much, for which cost type, in which month.

    Both are optional: a budget may be one figure. Amounts are in the currency of the
    line's company, positive = money that may be spent.
    """

    _name = "crm.campaign.budget.line"
    _description = "Campaign Budget Line"
    _order = "campaign_id, date, cost_type_id, id"
    _check_company_auto = True

    campaign_id = fields.Many2one("utm.campaign", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char("Description")
    cost_type_id = fields.Many2one("crm.campaign.cost.type", index="btree_not_null", ondelete="restrict")
    date = fields.Date("Month", help="Any day of the month; kept as its first day. Empty: the whole campaign.")
    amount = fields.Monetary(required=True)

    _check_amount = models.Constraint("CHECK (amount >= 0)", "A budget cannot be negative.")

    @api.depends("campaign_id.company_id")
    def _compute_company_id(self):
        """The campaign's company; a campaign shared by companies has a budget in each."""
        for line in self:
            line.company_id = line.campaign_id.company_id or line.company_id or self.env.company

    @api.depends("name", "cost_type_id", "campaign_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name or line.cost_type_id.name or line.campaign_id.title

    @api.constrains("company_id", "campaign_id")
    def _check_campaign_company(self):
        for line in self:
            company = line.campaign_id.company_id
            if company and company != line.company_id:
                raise ValidationError(
                    self.env._(
                        "%(campaign)s belongs to %(company)s: its budget must be in that company.",
                        campaign=line.campaign_id.title,
                        company=company.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._start_of_month(vals)
        campaigns = self.env["utm.campaign"].browse({vals.get("campaign_id") for vals in vals_list} - {None, False})
        before = campaigns._budget_totals()
        lines = super().create(vals_list)
        lines.campaign_id._log_budget_change(before)
        return lines

    def write(self, vals):
        self._start_of_month(vals)
        before = self.campaign_id._budget_totals()
        result = super().write(vals)
        self.campaign_id._log_budget_change(before)
        return result

    def unlink(self):
        campaigns = self.campaign_id
        before = campaigns._budget_totals()
        result = super().unlink()
        campaigns._log_budget_change(before)
        return result

    @api.model
    def _start_of_month(self, vals):
        if vals.get("date"):
            vals["date"] = fields.Date.to_date(vals["date"]).replace(day=1)
