from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

from ..tools import plan
from .utm_campaign import FIGURE_GROUPS


class UtmCampaign(models.Model):
    """Budget control: planned, committed (orders and approved expenses), spent, left.

    Figures are in the currency of the campaign's company (of the user's, for a shared campaign), from that
    company's documents alone. Commitments are judged when they come into being, in one place: the approval of a
    purchase order or of an expense. A vendor bill is a debt that exists already: it is never stopped here.
    """

    _inherit = "utm.campaign"

    committed = fields.Monetary(
        compute="_compute_budget_use",
        compute_sudo=True,
        currency_field="company_currency_id",
        groups=FIGURE_GROUPS,
        help="Purchase orders not billed yet and approved expenses not posted yet, untaxed.",
    )
    budget_available = fields.Monetary(
        compute="_compute_budget_use",
        compute_sudo=True,
        currency_field="company_currency_id",
        groups=FIGURE_GROUPS,
        help="Budget - spent - committed.",
    )

    @api.depends("budget_line_ids.amount", "company_id")
    @api.depends_context("company")
    def _compute_budget_use(self):
        use = self._budget_use([campaign._figures_company().id for campaign in self])
        for campaign in self:
            budget, committed, spent = use.get((campaign._origin.id, campaign._figures_company().id), (0, 0, 0))
            campaign.committed = committed
            campaign.budget_available = budget - committed - spent

    @api.depends("title", "budget_line_ids.amount")
    @api.depends_context("crm_campaign_burn")
    def _compute_display_name(self):
        """In the calendar the name says how much of the budget is burnt."""
        result = super()._compute_display_name()
        if self.env.context.get("crm_campaign_burn") and self.env.user.has_groups(FIGURE_GROUPS):
            for campaign in self:
                if campaign.budget_state != "no_budget":
                    campaign.display_name = self.env._(
                        "%(campaign)s (%(share)s %% spent)", campaign=campaign.title, share=round(campaign.budget_share)
                    )
        return result

    def _budget_use(self, company_ids):
        """Return {(campaign id, company id): (budget, committed, spent)} in one query, whoever asks."""
        if not self.ids:
            return {}
        groups = (
            self.env["crm.campaign.budget.entry"]
            .sudo()
            ._read_group(
                [("campaign_id", "in", self.ids), ("company_id", "in", company_ids)],
                ["campaign_id", "company_id"],
                ["budget:sum", "committed:sum", "spent:sum"],
            )
        )
        return {(campaign.id, company.id): tuple(sums) for campaign, company, *sums in groups}

    def _take_turns(self):
        """Touch the campaigns' rows: of two requests at once the later waits, and Odoo repeats it on what is then."""
        if self.ids:
            self.env.cr.execute(SQL("UPDATE utm_campaign SET active = active WHERE id IN %s", tuple(self.ids)))

    @api.model
    def _judge_commitments(self, company, amounts):
        """Judge {campaign: money to be committed in the company's currency} against the budgets.

        Returns (campaign, 'warn' or 'stop', sentence) for those that are not free.
        """
        company = company.sudo()
        campaigns = self.sudo().concat(*(campaign.sudo() for campaign in amounts))
        use = campaigns._budget_use(company.ids)
        verdicts = []
        for campaign, extra in amounts.items():
            budget, committed, spent = use.get((campaign.id, company.id), (0.0, 0.0, 0.0))
            decision = plan.budget_decision(
                committed + spent, extra, budget, company.crm_campaign_warn_pct, company.crm_campaign_stop_pct
            )
            if decision == plan.FREE:
                continue
            total = spent + committed + extra
            sentence = self.env._(
                "%(campaign)s: %(share)s %% of its budget of %(budget)s "
                "(%(spent)s spent, %(committed)s committed, %(extra)s now).",
                campaign=campaign.title,
                share=formatLang(self.env, 100 * total / budget, digits=1),
                budget=formatLang(self.env, budget, currency_obj=company.currency_id),
                spent=formatLang(self.env, spent, currency_obj=company.currency_id),
                committed=formatLang(self.env, committed, currency_obj=company.currency_id),
                extra=formatLang(self.env, extra, currency_obj=company.currency_id),
            )
            verdicts.append((campaign, decision, sentence))
        return verdicts

    @api.model
    def _commit_budget(self, company, amounts, document):
        """Let a document commit money of campaigns, or refuse it.

        Of two documents at once the later one is judged again with the earlier one's commitment.
        """
        if not amounts:
            return
        self.concat(*amounts)._take_turns()
        verdicts = self._judge_commitments(company, amounts)
        stopped = [sentence for _campaign, decision, sentence in verdicts if decision == plan.STOP]
        if stopped:
            raise UserError(
                self.env._(
                    "%(document)s cannot be approved: the campaign's budget does not allow it.\n%(reasons)s",
                    document=document,
                    reasons="\n".join(stopped),
                )
            )
        for campaign, _decision, sentence in verdicts:
            campaign.sudo().message_post(
                body=self.env._("%(document)s was approved. %(reason)s", document=document, reason=sentence),
                partner_ids=campaign.sudo().user_id.partner_id.ids,
            )

    def action_open_budget(self):
        """Open what is planned, committed and spent by cost type and month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_campaign_budget_entry_action")
        action["domain"] = [("campaign_id", "=", self.id), ("company_id", "=", self._figures_company().id)]
        action["context"] = {"create": False}
        return action
