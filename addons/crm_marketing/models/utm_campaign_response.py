from odoo import api, fields, models
from odoo.tools import SQL

from .utm_campaign_touch import TOUCH_GROUPS

KINDS = {"reply": ("reply",), "click": ("reply", "click"), "event": ("reply", "click", "event")}
BATCH = 500


class UtmCampaign(models.Model):
    """Who answers a campaign becomes a lead, and how the leads are handled comes back to the campaign."""

    _inherit = "utm.campaign"

    lead_on = fields.Selection(
        [
            ("none", "Nobody by itself"),
            ("reply", "Who answers a mail"),
            ("click", "Who answers or clicks"),
            ("event", "Who answers, clicks or registers for an event"),
        ],
        "Becomes a Lead",
        default="none",
        required=True,
        tracking=True,
        help="Answers without a lead of this campaign become one; the territory decides whose it is. "
        "Web forms make leads anyway.",
    )
    prospect_count = fields.Integer("Prospects", compute="_compute_prospects", groups=TOUCH_GROUPS)
    prospect_waiting = fields.Integer("Prospects Waiting", compute="_compute_prospects", groups=TOUCH_GROUPS)
    prospect_hours = fields.Float(
        "Hours to Answer",
        compute="_compute_prospects",
        groups=TOUCH_GROUPS,
        digits=(16, 1),
        help="From the customer's response to our first answer, on average, of those that are answered.",
    )
    prospect_text = fields.Char("Handling", compute="_compute_prospects", groups=TOUCH_GROUPS)

    def write(self, vals):
        if "lead_on" in vals:
            self._check_plan_access()
        return super().write(vals)

    @api.depends_context("allowed_company_ids", "lang")
    def _compute_prospects(self):
        rows = {}
        if self.ids:
            groups = self.env["crm.response.handling"]._read_group(
                [("campaign_id", "in", self.ids)],
                ["campaign_id"],
                ["prospects:sum", "waits:sum", "answered:sum", "hours_contact:avg"],
            )
            rows = {campaign.id: values for campaign, *values in groups}
        for campaign in self:
            count, waits, answered, hours = rows.get(campaign.id, (0, 0, 0, 0.0))
            campaign.prospect_count = count
            campaign.prospect_waiting = waits
            campaign.prospect_hours = hours or 0.0
            campaign.prospect_text = campaign._prospect_text(count, waits, answered, hours)

    def _prospect_text(self, count, waits, answered, hours):
        if not count:
            return self.env._("no prospect yet")
        if not answered:
            return self.env._("none answered, %(waits)s waiting", waits=waits)
        return self.env._("answered in %(hours).1f hours, %(waits)s waiting", hours=hours, waits=waits)

    def action_open_prospects(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_response_handling_action")
        return action | {"domain": [("campaign_id", "=", self.id)], "context": {}}

    # === PROSPECTS BECOME LEADS === #

    @api.model
    def _cron_response_leads(self):
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=1)
        count = self._process_response_leads()
        cron._commit_progress(1, remaining=int(count == BATCH))

    @api.model
    def _process_response_leads(self):
        """Make leads of those who answered and have none; returns how many. Run twice it makes none twice."""
        self.env.flush_all()
        rows = self.env.execute_query(self._responders())
        touches = self.env["crm.touch"].sudo().browse([row[0] for row in rows])
        leads = (
            self.env["crm.lead"]
            .sudo()
            .with_context(mail_create_nosubscribe=True, default_user_id=False)
            .create([self._prospect_values(touch) for touch in touches])
        )
        for touch, lead in zip(touches, leads, strict=True):
            touch.opportunity_id = lead
        return len(leads)

    @api.model
    def _prospect_values(self, touch):
        person = touch.contact_id or touch.partner_id
        place = person if person.country_id else touch.partner_id
        return {
            "name": f"{touch.campaign_id.title}: {person.name or touch.email}",
            "type": "lead",
            "partner_id": person.id,
            "email_from": person.email or touch.email,
            "country_id": place.country_id.id,
            "state_id": place.state_id.id,
            "zip": place.zip,
            "company_id": touch.company_id.id,
            "campaign_id": touch.campaign_id.id,
            "medium_id": touch.medium_id.id,
            "source_id": touch.source_id.id,
            "user_id": False,
        }

    @api.model
    def _responders(self):
        """The first answer of each customer (or address) to a campaign that makes leads and has none of him."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        excluded = partners._search(partners._crm_no_campaign_domain())
        asked = SQL(" OR ").join(
            SQL("campaign.lead_on = %s AND touch.kind IN %s", choice, kinds) for choice, kinds in KINDS.items()
        )
        return SQL(
            """
            SELECT MIN(touch.id) FROM (
                SELECT touch.id, touch.campaign_id, COALESCE('p' || touch.partner_id, touch.email) AS who,
                       ROW_NUMBER() OVER (PARTITION BY touch.campaign_id,
                                          COALESCE('p' || touch.partner_id, touch.email)
                                          ORDER BY touch.date, touch.id) AS place
                  FROM crm_touch touch JOIN utm_campaign campaign ON campaign.id = touch.campaign_id
                 WHERE touch.valid AND (%(asked)s)
                   AND (touch.partner_id IS NULL OR touch.partner_id NOT IN %(excluded)s)
                   AND NOT EXISTS (
                       SELECT 1 FROM crm_lead lead LEFT JOIN res_partner customer ON customer.id = lead.partner_id
                        WHERE lead.campaign_id = touch.campaign_id
                          AND (lead.id = touch.opportunity_id
                               OR customer.commercial_partner_id = touch.partner_id
                               OR lead.email_normalized = touch.email))) touch
             WHERE touch.place = 1 GROUP BY touch.campaign_id, touch.who ORDER BY 1 LIMIT %(limit)s
            """,
            asked=asked,
            excluded=excluded.subselect(),
            limit=BATCH,
        )
