from odoo import api, fields, models

from .utm_campaign import FIGURE_GROUPS

FIGURES = ("budget", "cost", "collected")


class CrmProgramme(models.Model):
    """A programme groups campaigns with one purpose: a launch, a season, a year of dealer promotions.

    Its figures are the sums of its campaigns' rows (crm.campaign.return) in the programme's company and
    currency, so that a campaign shared by companies counts with that company's part only.
    """

    _name = "crm.programme"
    _description = "Marketing Programme"
    _inherit = ["mail.thread"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Owner", default=lambda self: self.env.user, tracking=True)
    date_start = fields.Date("Start", tracking=True)
    date_end = fields.Date("End", tracking=True)
    purpose = fields.Text(help="What shall be different afterwards, and how it will be seen.")
    campaign_ids = fields.One2many("utm.campaign", "programme_id", "Campaigns", check_company=True)
    campaign_count = fields.Integer("Number of Campaigns", compute="_compute_campaign_count")
    budget = fields.Monetary(compute="_compute_figures", groups=FIGURE_GROUPS)
    spent = fields.Monetary(compute="_compute_figures", groups=FIGURE_GROUPS)
    collected = fields.Monetary("Collected (with tax)", compute="_compute_figures", groups=FIGURE_GROUPS)

    _check_dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A programme cannot end before it starts.",
    )

    @api.depends("campaign_ids")
    def _compute_campaign_count(self):
        for programme in self:
            programme.campaign_count = len(programme.campaign_ids)

    @api.depends("campaign_ids.budget_line_ids.amount", "company_id")
    def _compute_figures(self):
        """One query for all programmes."""
        rows = (
            self.env["crm.campaign.return"]
            .sudo()
            .search_fetch(
                [
                    ("campaign_id", "in", self.sudo().campaign_ids.ids),
                    ("company_id", "in", self.company_id.ids),
                ],
                ["campaign_id", "company_id", *FIGURES],
            )
            if self.ids
            else []
        )
        found = {(row.campaign_id.id, row.company_id.id): row for row in rows}
        for programme in self:
            sums = dict.fromkeys(FIGURES, 0.0)
            for campaign in programme.sudo().campaign_ids:
                row = found.get((campaign.id, programme.company_id.id))
                for name in FIGURES if row else ():
                    sums[name] += row[name]
            programme.budget = sums["budget"]
            programme.spent = sums["cost"]
            programme.collected = sums["collected"]

    def action_open_campaigns(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.utm_campaign_action")
        action["domain"] = [("programme_id", "=", self.id)]
        action["context"] = {"default_programme_id": self.id, "default_company_id": self.company_id.id}
        return action
