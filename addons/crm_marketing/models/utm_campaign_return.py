from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ..tools import roi
from .utm_campaign import FIGURE_GROUPS

FIGURES = ("cost", "ordered", "invoiced", "credited", "collected")


class UtmCampaignReturn(models.Model):
    """What a campaign cost and what it brought, from posted entries (report/crm_campaign_return.py).

    Figures are in the currency of the campaign's company; for a shared campaign, in that of the user's
    current company and of its entries alone. They are read in sudo with that explicit company, so that a
    marketer sees them without accounting rights; the entries open by each user's own rights.
    Core's `invoiced_amount` is not used: it counts vendor bills and adds companies' currencies.
    """

    _inherit = "utm.campaign"

    spent = fields.Monetary(
        compute="_compute_return",
        currency_field="company_currency_id",
        groups=FIGURE_GROUPS,
        help="Posted vendor bill lines and expenses, less credits, without recoverable tax.",
    )
    ordered = fields.Monetary(
        compute="_compute_return", currency_field="company_currency_id", groups=FIGURE_GROUPS, help="With tax."
    )
    invoiced = fields.Monetary(
        compute="_compute_return", currency_field="company_currency_id", groups=FIGURE_GROUPS, help="With tax."
    )
    credited = fields.Monetary(
        "Credit Notes",
        compute="_compute_return",
        currency_field="company_currency_id",
        groups=FIGURE_GROUPS,
        help="With tax.",
    )
    collected = fields.Monetary(
        compute="_compute_return",
        currency_field="company_currency_id",
        groups=FIGURE_GROUPS,
        help="Customers' payments that settled invoices of this campaign, less refunds paid out; with tax.",
    )
    return_rate = fields.Float(
        "Return",
        compute="_compute_return",
        groups=FIGURE_GROUPS,
        help="(Collected - cost) / cost; 0 % = the money came back.",
    )
    output_input = fields.Float(
        "Output / Input", compute="_compute_return", groups=FIGURE_GROUPS, help="Collected / cost; 1 = it came back."
    )
    return_state = fields.Selection(
        selection=lambda self: self.env["crm.campaign.return"]._fields["return_state"]._description_selection(self.env),
        string="Standing",
        compute="_compute_return",
        groups=FIGURE_GROUPS,
    )
    return_reason = fields.Char("Why", compute="_compute_return", groups=FIGURE_GROUPS)
    payback_date = fields.Date(
        compute="_compute_return",
        groups=FIGURE_GROUPS,
        help="From this day on the money collected has covered the cost, to this day.",
    )
    budget_share = fields.Float(
        "Budget Spent (%)", compute="_compute_return", groups=FIGURE_GROUPS, help="Spent / budget, in percent."
    )
    budget_left = fields.Monetary(compute="_compute_return", currency_field="company_currency_id", groups=FIGURE_GROUPS)
    budget_state = fields.Selection(
        selection=lambda self: self.env["crm.campaign.return"]._fields["budget_state"]._description_selection(self.env),
        compute="_compute_return",
        groups=FIGURE_GROUPS,
    )
    company_count = fields.Integer(
        "Companies with Entries", compute="_compute_return", groups=FIGURE_GROUPS, help="Among your companies."
    )
    delivered_count = fields.Integer(
        "Mails Delivered", compute="_compute_responses", compute_sudo=True, groups=FIGURE_GROUPS
    )
    response_count = fields.Integer(
        "Responders",
        compute="_compute_responses",
        compute_sudo=True,
        groups=FIGURE_GROUPS,
        help="Different people who clicked, replied, became a lead or ordered; one person counts once.",
    )
    response_rate = fields.Float(
        "Response Rate (%)",
        compute="_compute_responses",
        compute_sudo=True,
        groups=FIGURE_GROUPS,
        help="Responders / mails delivered.",
    )

    # === FIGURES === #

    @api.depends("company_id", "budget_line_ids.amount")
    @api.depends_context("company", "allowed_company_ids")
    def _compute_return(self):
        rows = self._return_rows()
        for campaign in self:
            company = campaign._figures_company()
            row = rows.get((campaign.id, company.id), {})
            for figure in FIGURES:
                campaign[{"cost": "spent"}.get(figure, figure)] = row.get(figure, 0.0)
            budget, cost, collected = (row.get(name, 0.0) for name in ("budget", "cost", "collected"))
            campaign.return_rate = roi.campaign_return(collected, cost) or 0.0
            campaign.output_input = roi.output_input(collected, cost) or 0.0
            campaign.return_state = roi.return_state(collected, cost)
            campaign.return_reason = campaign._return_reason(company, collected, cost)
            campaign.payback_date = row.get("payback_date", False)
            campaign.budget_share = roi.budget_share(cost, budget) or 0.0
            campaign.budget_left = budget - cost
            campaign.budget_state = roi.budget_state(cost, budget, company.sudo().crm_campaign_warn_pct)
            campaign.company_count = sum(1 for campaign_id, _company in rows if campaign_id == campaign.id)

    def _return_rows(self):
        """Return {(campaign id, company id): figures} in one query, for the user's companies only."""
        if not self.ids:
            return {}
        companies = self.env.companies | self.company_id
        rows = (
            self.env["crm.campaign.return"]
            .sudo()
            .search_fetch([("campaign_id", "in", self.ids), ("company_id", "in", companies.ids)])
        )
        names = ("budget", *FIGURES, "payback_date")
        return {(row.campaign_id.id, row.company_id.id): {name: row[name] for name in names} for row in rows}

    def _return_reason(self, company, collected, cost):
        """The return in one sentence, with its inputs."""
        value = roi.campaign_return(collected, cost)
        currency = company.sudo().currency_id
        money = {
            "collected": formatLang(self.env, collected, currency_obj=currency),
            "cost": formatLang(self.env, cost, currency_obj=currency),
        }
        if value is None:
            return self.env._("No cost is posted yet, so there is no return; %(collected)s collected.", **money)
        return self.env._(
            "(%(collected)s collected - %(cost)s cost) / cost = %(value)s %%",
            value=formatLang(self.env, 100 * value, digits=1),
            **money,
        )

    def _compute_responses(self):
        rows = {}
        if self.ids:
            for model, names in self._response_sources().items():
                self.env[model].flush_model(names)
            rows = {row[0]: row[1:] for row in self.env.execute_query(self._responses_query())}
        for campaign in self:
            delivered, responders = rows.get(campaign.id, (0, 0))
            campaign.delivered_count = delivered
            campaign.response_count = responders
            campaign.response_rate = roi.response_rate(responders, delivered) or 0.0

    def _response_sources(self):
        return {
            "mailing.trace": ["campaign_id", "email", "is_test_trace", "trace_status", "reply_datetime",
                              "links_click_datetime"],
            "crm.lead": ["campaign_id", "email_normalized", "partner_id"],
            "sale.order": ["campaign_id", "partner_id", "state"],
            "res.partner": ["email_normalized", "commercial_partner_id"],
        }  # fmt: skip

    def _responses_query(self):
        """Return SQL of (campaign, mails delivered, different responders).

        One person may click, become a lead and order: people are told apart by their mail address,
        without one by their customer, without that by the lead.
        """
        return SQL(
            """
            SELECT campaign_id, SUM(delivered)::int, COUNT(DISTINCT responder)::int
              FROM (SELECT campaign_id,
                           CASE WHEN trace_status IN ('sent', 'open', 'reply') THEN 1 ELSE 0 END AS delivered,
                           CASE WHEN reply_datetime IS NOT NULL OR links_click_datetime IS NOT NULL
                                THEN LOWER(email) END AS responder
                      FROM mailing_trace
                     WHERE campaign_id IN %(ids)s AND is_test_trace IS NOT TRUE
                     UNION ALL
                    SELECT lead.campaign_id, 0,
                           COALESCE(lead.email_normalized, partner.email_normalized,
                                    'partner:' || partner.commercial_partner_id, 'lead:' || lead.id)
                      FROM crm_lead lead
                      LEFT JOIN res_partner partner ON partner.id = lead.partner_id
                     WHERE lead.campaign_id IN %(ids)s
                     UNION ALL
                    SELECT so.campaign_id, 0,
                           COALESCE(partner.email_normalized, 'partner:' || partner.commercial_partner_id)
                      FROM sale_order so
                      JOIN res_partner partner ON partner.id = so.partner_id
                     WHERE so.campaign_id IN %(ids)s AND so.state = 'sale') answer
             GROUP BY campaign_id
            """,
            ids=tuple(self.ids),
        )

    # === DRILL-DOWN === #

    def _action_entries(self, kind=None, company=None):
        """Open the entries behind a figure of this campaign."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_campaign_entry_action")
        company = company or self._figures_company()
        domain = [("campaign_id", "=", self.id), ("company_id", "=", company.id)]
        action["domain"] = domain + ([("kind", "=", kind)] if kind else [])
        action["context"] = {"create": False}
        if kind:
            labels = dict(self.env["crm.campaign.entry"]._fields["kind"]._description_selection(self.env))
            action["display_name"] = action["name"] = f"{self.title}: {labels[kind]}"
            action["views"] = [(False, "list"), (False, "pivot"), (False, "graph")]
        return action

    def action_open_figure(self):
        """Open the entries of the figure named in the context (`crm_campaign_figure`)."""
        return self._action_entries(self.env.context.get("crm_campaign_figure"))

    def action_open_costs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_campaign_cost_action")
        action["domain"] = [("campaign_id", "=", self.id), ("company_id", "=", self._figures_company().id)]
        action["context"] = {"create": False}
        return action

    def action_open_returns(self):
        """Open this campaign's row of each company."""
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_campaign_return_action")
        action["domain"] = [("campaign_id", "in", self.ids)]
        action["context"] = {}
        return action
