from odoo import fields, models
from odoo.tools import SQL


class CrmPromotionResult(models.Model):
    """Spend and result of advertising, publicity, promotion ... by customer group: one row a campaign, cost type and
    group (role and industry).

    Spend: posted cost of the type, shared by the customers whom the campaign reached (valid touches), group by group;
    of a campaign that reached nobody known it stands in no group ('Nobody known reached'). Result: money collected
    from the group through the campaign, shared by the types in proportion to their cost; without cost it has no type.
    Both sum to the campaign's own figures. Company currency.
    """

    _name = "crm.promotion.result"
    _description = "Spend and Result by Customer Group"
    _auto = False
    _order = "campaign_id, id"
    _rec_name = "campaign_id"
    _depends = {
        "crm.campaign.entry": ["amount", "campaign_id", "company_id", "kind", "partner_id"],
        "crm.campaign.cost": ["amount", "campaign_id", "company_id", "cost_type_id"],
        "crm.touch": ["campaign_id", "company_id", "partner_id", "valid"],
        "res.partner": ["customer_role", "industry_id"],
    }

    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    cost_type_id = fields.Many2one("crm.campaign.cost.type", readonly=True)
    customer_role = fields.Selection(
        lambda self: self.env["res.partner"]._fields["customer_role"]._description_selection(self.env),
        readonly=True,
    )
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    group_state = fields.Selection(
        [("known", "Known customers"), ("none", "Nobody known reached")], "Customers", readonly=True
    )
    spend = fields.Monetary(readonly=True)
    result = fields.Monetary("Collected (with tax)", readonly=True)
    ratio = fields.Float("Result / Spend", readonly=True, aggregator="avg", help="Collected / spend; empty: no spend.")

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT ROW_NUMBER() OVER (ORDER BY company_id, campaign_id, cost_type_id NULLS FIRST,
                                      customer_role NULLS FIRST, industry_id NULLS FIRST, group_state) AS id,
                   total.*, company.currency_id, total.result / NULLIF(GREATEST(total.spend, 0), 0) AS ratio
              FROM (SELECT campaign_id, company_id, cost_type_id, customer_role, industry_id, group_state,
                           SUM(spend) AS spend, SUM(result) AS result
                      FROM (%s UNION ALL %s) part
                     GROUP BY campaign_id, company_id, cost_type_id, customer_role, industry_id, group_state) total
              JOIN res_company company ON company.id = total.company_id
            """,
            self._part_spend(),
            self._part_result(),
        )

    def _costs(self):
        """(campaign, company, type, amount, share of the campaign's cost)."""
        return SQL(
            """
            SELECT campaign_id, company_id, cost_type_id, SUM(amount) AS amount,
                   SUM(amount) / NULLIF(SUM(SUM(amount)) OVER (PARTITION BY campaign_id, company_id), 0) AS share
              FROM (%s) cost
             GROUP BY campaign_id, company_id, cost_type_id
            """,
            self.env["crm.campaign.cost"]._table_query,
        )

    def _part_spend(self):
        return SQL(
            """
            SELECT cost.campaign_id, cost.company_id, cost.cost_type_id, grp.customer_role, grp.industry_id,
                   CASE WHEN grp.share IS NULL THEN 'none' ELSE 'known' END AS group_state,
                   cost.amount * COALESCE(grp.share, 1) AS spend, 0::numeric AS result
              FROM (%s) cost
              LEFT JOIN (SELECT campaign_id, company_id, customer_role, industry_id,
                                COUNT(*) / SUM(COUNT(*)) OVER (PARTITION BY campaign_id, company_id) AS share
                           FROM (SELECT DISTINCT touch.campaign_id,
                                        COALESCE(touch.company_id, campaign.company_id, %s) AS company_id,
                                        partner.id, partner.customer_role, partner.industry_id
                                   FROM crm_touch touch
                                   JOIN utm_campaign campaign ON campaign.id = touch.campaign_id
                                   JOIN res_partner partner ON partner.id = touch.partner_id
                                  WHERE touch.valid) reached
                          GROUP BY campaign_id, company_id, customer_role, industry_id) grp
                ON grp.campaign_id = cost.campaign_id AND grp.company_id = cost.company_id
            """,
            self._costs(),
            self.env.company.id,
        )

    def _part_result(self):
        return SQL(
            """
            SELECT money.campaign_id, money.company_id, cost.cost_type_id, partner.customer_role, partner.industry_id,
                   'known', 0, money.amount * COALESCE(cost.share, 1)
              FROM (SELECT campaign_id, company_id, partner_id, SUM(amount) AS amount
                      FROM (%s) source WHERE campaign_id IS NOT NULL
                     GROUP BY campaign_id, company_id, partner_id) money
              LEFT JOIN (%s) cost ON cost.campaign_id = money.campaign_id AND cost.company_id = money.company_id
              LEFT JOIN res_partner partner ON partner.id = money.partner_id
            """,
            self.env["crm.campaign.entry"]._money(),
            self._costs(),
        )

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "ratio:avg":
            return SQL(
                "SUM(%s) / NULLIF(GREATEST(SUM(%s), 0), 0)",
                self._field_to_sql(self._table, "result", query),
                self._field_to_sql(self._table, "spend", query),
            )
        return super()._read_group_select(aggregate_spec, query)
