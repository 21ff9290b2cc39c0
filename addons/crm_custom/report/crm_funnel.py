from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_stage_history import STATUSES


class CrmFunnel(models.Model):
    """Funnel by furthest stage: one row per opportunity and stage that it has reached.

    A deal has reached its furthest stage and every earlier stage of its team, also those it leapt over or has since
    gone back from. `conversion` is 100 where the deal went on to a later stage, else 0: its average over any period,
    team or salesperson is the conversion from stage to stage in percent. Deals still open count as not gone on; the
    filter "Closed" leaves them out. Amounts: expected revenue, company currency. Period: the day the opportunity
    began (UTC).
    """

    _name = "crm.funnel"
    _description = "Sales Funnel"
    _auto = False
    _order = "started desc, id"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    stage_id = fields.Many2one("crm.stage", string="Stage reached", readonly=True)
    is_furthest = fields.Boolean("Furthest stage", readonly=True)
    status = fields.Selection(STATUSES, readonly=True)
    started = fields.Date("Opportunity since", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    deals = fields.Integer(readonly=True)
    amount = fields.Monetary("Value", readonly=True)
    conversion = fields.Float("Went on (%)", readonly=True, aggregator="avg", digits=(16, 1))
    days = fields.Float("Days in stage", readonly=True, aggregator="avg", digits=(16, 1))

    _depends = {
        "crm.lead": ["type", "stage_id", "max_stage_id", "won_status", "active", "expected_revenue", "team_id"],
        "crm.stage": ["sequence", "is_won", "team_ids"],
    }

    @property
    def _table_query(self):
        teams = self.env["crm.stage"]._fields["team_ids"]
        return SQL(
            """
            WITH spent AS (
                SELECT lead_id, stage_id,
                       SUM(EXTRACT(EPOCH FROM COALESCE("left", NOW() AT TIME ZONE 'UTC') - entered)) / 86400.0 AS days
                  FROM crm_stage_history WHERE status = 'open' GROUP BY lead_id, stage_id
            )
            SELECT lead.id::bigint * 8192 + stage.id AS id, lead.id AS lead_id, stage.id AS stage_id,
                   stage.id = top.id AS is_furthest, %(status)s AS status,
                   COALESCE(lead.date_conversion, lead.create_date)::date AS started,
                   lead.company_id, lead.team_id, lead.user_id, partner.commercial_partner_id AS partner_id,
                   lead.source_id, company.currency_id, 1 AS deals, lead.expected_revenue AS amount, spent.days,
                   CASE WHEN stage.is_won THEN NULL WHEN stage.id = top.id THEN 0.0 ELSE 100.0 END AS conversion
              FROM crm_lead lead
              JOIN crm_stage top ON top.id = COALESCE(lead.max_stage_id, lead.stage_id)
              JOIN crm_stage stage
                ON stage.id = top.id
                OR (NOT COALESCE(stage.is_won, FALSE)
                    AND (COALESCE(top.is_won, FALSE) OR (stage.sequence, stage.id) < (top.sequence, top.id))
                    AND (NOT EXISTS (SELECT 1 FROM %(rel)s rel WHERE rel.%(stage)s = stage.id)
                         OR EXISTS (SELECT 1 FROM %(rel)s rel
                                     WHERE rel.%(stage)s = stage.id AND rel.%(team)s = lead.team_id)))
              LEFT JOIN res_partner partner ON partner.id = lead.partner_id
              LEFT JOIN res_company company ON company.id = COALESCE(lead.company_id, %(company)s)
              LEFT JOIN spent ON spent.lead_id = lead.id AND spent.stage_id = stage.id
             WHERE lead.type = 'opportunity'
            """,
            status=self.env["crm.stage.history"]._sql_status(),
            rel=SQL.identifier(teams.relation),
            stage=SQL.identifier(teams.column1),
            team=SQL.identifier(teams.column2),
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
