from odoo import api, models
from odoo.tools import formatLang, plaintext2html


class UtmCampaignAlert(models.Model):
    """Tell the owner once when a campaign has spent the warning share of its budget."""

    _inherit = "utm.campaign"

    @api.model
    def _cron_budget_alerts(self):
        self._process_budget_alerts()

    @api.model
    def _process_budget_alerts(self):
        """Give each owner an activity for each budget that has reached its warning share, once.

        Runs twice without a second activity: the companies warned for are kept on the campaign. Where a
        budget is raised (or a bill refunded) so that spending falls below the share, the memory is cleared
        and a later rise warns again. Returns the campaigns warned now.
        """
        rows = self.env["crm.campaign.return"].sudo().search_fetch([("campaign_active", "=", True), ("budget", ">", 0)])
        hot = rows.filtered(lambda row: row.budget_state in ("warn", "over") and row.company_id.crm_campaign_warn_pct)
        for row in rows - hot:
            if row.company_id in row.campaign_id.budget_warned_company_ids:
                row.campaign_id.budget_warned_company_ids -= row.company_id
        warned = self.browse()
        for row in hot:
            if row.company_id not in row.campaign_id.budget_warned_company_ids:
                row.campaign_id._warn_owner(row)
                warned |= row.campaign_id
        return warned.sudo(self.env.su)

    def _warn_owner(self, row):
        """Plan the activity and remember it, in one transaction."""
        self.ensure_one()
        campaign = self.with_context(lang=self.user_id.lang or self.env.lang)
        campaign.activity_schedule(
            "crm_marketing.mail_activity_type_budget",
            user_id=self.user_id.id,
            summary=campaign.env._("%(share)s %% of the budget is spent", share=round(100 * row.budget_share)),
            note=plaintext2html(
                campaign.env._(
                    "%(company)s: %(cost)s of %(budget)s are spent on %(campaign)s.",
                    company=row.company_id.name,
                    cost=formatLang(campaign.env, row.cost, currency_obj=row.currency_id),
                    budget=formatLang(campaign.env, row.budget, currency_obj=row.currency_id),
                    campaign=campaign.title,
                )
            ),
        )
        self.budget_warned_company_ids += row.company_id
