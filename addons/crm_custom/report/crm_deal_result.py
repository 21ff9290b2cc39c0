from odoo import fields, models
from odoo.tools import SQL


class CrmDealResult(models.Model):
    """What became of the deals: win rate and days from opportunity to confirmed order, beside the baseline.

    One row per opportunity that was won or lost, and per open one that has a confirmed order already (it counts for
    the days, not for the rate). `win_rate` is 100 or 0, so that its average is the rate in percent; `win_change` and
    `days_change` are a row's distance from the stored baseline, so that their average is the change of the average.
    Without a baseline they are empty. The goal lies `crm_win_goal` percent above the baseline. Day: closing, else the
    first order (UTC). Amounts: expected revenue, company currency.
    """

    _name = "crm.deal.result"
    _description = "Won and Lost Deals"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    date = fields.Date("Closed", readonly=True)
    started = fields.Date("Opportunity since", readonly=True)
    order_date = fields.Date("First order", readonly=True)
    status = fields.Selection([("won", "Won"), ("lost", "Lost"), ("open", "Open with order")], readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    referrer_id = fields.Many2one("res.partner", string="Referred by", readonly=True)
    involved_partner_id = fields.Many2one("res.partner", string="Partner involved", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    lost_reason_id = fields.Many2one("crm.lost.reason", string="Lost reason", readonly=True)
    max_stage_id = fields.Many2one("crm.stage", string="Furthest stage", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    deals = fields.Integer(readonly=True)
    won_amount = fields.Monetary("Won revenue", readonly=True)
    lost_amount = fields.Monetary("Lost revenue", readonly=True)
    win_rate = fields.Float("Win rate (%)", readonly=True, aggregator="avg", digits=(16, 1))
    win_change = fields.Float("Change of the rate", readonly=True, aggregator="avg", digits=(16, 1))
    goal_gap = fields.Float("Distance to the goal", readonly=True, aggregator="avg", digits=(16, 1))
    days_to_order = fields.Float("Days to order", readonly=True, aggregator="avg", digits=(16, 1))
    days_change = fields.Float("Change of the days", readonly=True, aggregator="avg", digits=(16, 1))

    _depends = {
        "crm.lead": [
            "type",
            "won_status",
            "date_closed",
            "expected_revenue",
            "referrer_id",
            "max_stage_id",
            "involved_partner_id",
        ],
        "sale.order": ["state", "date_order", "opportunity_id"],
        "res.company": ["crm_baseline_deals", "crm_baseline_win_rate", "crm_baseline_cycle_days", "crm_win_goal"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            WITH ordered AS (
                SELECT opportunity_id, MIN(date_order) AS first
                  FROM sale_order WHERE state = 'sale' AND opportunity_id IS NOT NULL GROUP BY opportunity_id
            ), deal AS (
                SELECT lead.*, ordered.first, COALESCE(lead.date_conversion, lead.create_date) AS begun,
                       CASE WHEN lead.won_status = 'pending' THEN 'open' ELSE lead.won_status END AS status,
                       CASE lead.won_status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 END AS rate
                  FROM crm_lead lead LEFT JOIN ordered ON ordered.opportunity_id = lead.id
                 WHERE lead.type = 'opportunity'
                   AND (lead.won_status IN ('won', 'lost') OR (ordered.first IS NOT NULL AND lead.active))
            ), timed AS (
                SELECT deal.*, CASE WHEN first IS NOT NULL
                                    THEN GREATEST(EXTRACT(EPOCH FROM first - begun) / 86400.0, 0.0) END AS days
                  FROM deal
            )
            SELECT timed.id, timed.id AS lead_id, timed.status, 1 AS deals, timed.begun::date AS started,
                   COALESCE(timed.date_closed, timed.first, timed.write_date)::date AS date,
                   timed.first::date AS order_date, timed.company_id, timed.team_id, timed.user_id,
                   partner.commercial_partner_id AS partner_id, timed.referrer_id, timed.involved_partner_id,
                   timed.source_id, timed.lost_reason_id, timed.max_stage_id, company.currency_id,
                   CASE WHEN timed.status = 'won' THEN timed.expected_revenue END AS won_amount,
                   CASE WHEN timed.status = 'lost' THEN timed.expected_revenue END AS lost_amount,
                   timed.rate AS win_rate, timed.days AS days_to_order,
                   timed.rate - base.rate AS win_change, timed.rate - base.rate * (1 + base.goal / 100.0) AS goal_gap,
                   timed.days - base.days AS days_change
              FROM timed
              LEFT JOIN res_partner partner ON partner.id = timed.partner_id
              LEFT JOIN res_company company ON company.id = COALESCE(timed.company_id, %(company)s)
              LEFT JOIN LATERAL (
                   SELECT company.crm_baseline_win_rate::float8 AS rate, company.crm_win_goal::float8 AS goal,
                          NULLIF(company.crm_baseline_cycle_days::float8, 0.0) AS days
                    WHERE company.crm_baseline_deals > 0) base ON TRUE
            """,
            company=self.env.company.id,
        )

    def action_open_lead(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }
