from odoo import fields, models
from odoo.tools import SQL

from .crm_campaign_entry import KINDS


class CrmCampaignReturn(models.Model):
    """All campaigns in one table: one row per campaign and company, figures in that company's currency.

    Sums of crm.campaign.entry, so that every figure opens to its entries. Return and output/input
    are those of tools/roi.py (a test compares the two): empty while no cost is posted, with a state
    that says so. A grouped row shows the return of the group's sums, not the mean of its returns.
    """

    _name = "crm.campaign.return"
    _description = "Campaign Return"
    _auto = False
    _order = "date_start desc, id desc"
    _rec_name = "campaign_id"
    _depends = {
        "crm.campaign.entry": ["kind", "amount", "campaign_id", "company_id", "date"],
        "utm.campaign": ["active", "company_id", "date_end", "date_start", "is_auto_campaign", "stage_id", "user_id"],
        "res.company": ["crm_campaign_warn_pct", "currency_id"],
    }

    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Owner", readonly=True)
    stage_id = fields.Many2one("utm.stage", readonly=True)
    date_start = fields.Date("Start", readonly=True)
    date_end = fields.Date("End", readonly=True)
    is_auto_campaign = fields.Boolean("Made Automatically", readonly=True)
    campaign_active = fields.Boolean("Active", readonly=True)
    budget = fields.Monetary(readonly=True)
    cost = fields.Monetary("Spent", readonly=True)
    ordered = fields.Monetary("Ordered (with tax)", readonly=True, help="As customers pay it: with tax.")
    invoiced = fields.Monetary("Invoiced (with tax)", readonly=True, help="As customers pay it: with tax.")
    credited = fields.Monetary("Credit Notes (with tax)", readonly=True, help="As customers pay it: with tax.")
    collected = fields.Monetary("Collected (with tax)", readonly=True, help="As customers pay it: with tax.")
    budget_share = fields.Float("Budget Spent", readonly=True, aggregator="avg", help="Spent / budget; 1 = all of it.")
    return_rate = fields.Float(
        "Return", readonly=True, aggregator="avg", help="(Collected - cost) / cost; 0 = the money came back."
    )
    output_input = fields.Float(
        "Output / Input", readonly=True, aggregator="avg", help="Collected / cost; 1 = the money came back."
    )
    return_state = fields.Selection(
        [
            ("no_cost", "No cost yet"),
            ("nothing_collected", "Nothing collected yet"),
            ("below_cost", "Below cost"),
            ("paid_back", "Paid back"),
        ],
        string="Standing",
        readonly=True,
    )
    budget_state = fields.Selection(
        [("no_budget", "No budget"), ("within", "Within"), ("warn", "Nearly spent"), ("over", "Overspent")],
        readonly=True,
    )
    payback_date = fields.Date(
        readonly=True, help="From this day on the money collected has covered the cost, to this day."
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("%s FROM (%s) total %s", self._select(), self._totals(), self._joins())

    def _select(self) -> SQL:
        return SQL(
            """
            SELECT total.campaign_id::bigint * %(factor)s + total.company_id AS id,
                   total.campaign_id, total.company_id, company.currency_id,
                   campaign.user_id, campaign.stage_id, campaign.date_start, campaign.date_end,
                   COALESCE(campaign.is_auto_campaign, FALSE) AS is_auto_campaign,
                   campaign.active AS campaign_active,
                   %(measures)s,
                   total.cost / NULLIF(total.budget, 0) AS budget_share,
                   CASE WHEN total.cost > 0 THEN (total.collected - total.cost) / total.cost END AS return_rate,
                   CASE WHEN total.cost > 0 THEN total.collected / total.cost END AS output_input,
                   CASE WHEN total.cost <= 0 THEN 'no_cost'
                        WHEN total.collected <= 0 THEN 'nothing_collected'
                        WHEN total.collected < total.cost THEN 'below_cost'
                        ELSE 'paid_back' END AS return_state,
                   CASE WHEN total.budget <= 0 THEN 'no_budget'
                        WHEN total.cost > total.budget THEN 'over'
                        WHEN company.crm_campaign_warn_pct > 0
                             AND 100 * total.cost >= total.budget * company.crm_campaign_warn_pct::numeric THEN 'warn'
                        ELSE 'within' END AS budget_state,
                   total.payback_date
            """,
            factor=self._id_factor(),
            measures=SQL(", ").join(SQL.identifier("total", kind) for kind in KINDS),
        )

    def _id_factor(self):
        """A power of ten above every company id: keeps ids unique, and the same from one query to the next."""
        last = self.env["res.company"].sudo().search([], order="id desc", limit=1).id
        return 10 ** len(str(last))

    def _totals(self) -> SQL:
        """One row per campaign and company: sums, and the payback date, which is looked up only if it is asked for.

        The money of invoices is read from crm.campaign.money, where that is filled; what changed since, live.
        """
        money = self.env["crm.campaign.money"]
        kept = money._is_kept()
        entries = self.env["crm.campaign.entry"].with_context(crm_dirty_known=kept)
        return SQL(
            """
            WITH %(dirty)s crm_billed AS MATERIALIZED (%(billed)s),
                 crm_entry AS MATERIALIZED (%(entries)s)
            SELECT entry.*, payback.payback_date
              FROM (SELECT campaign_id, company_id, %(measures)s FROM crm_entry GROUP BY campaign_id, company_id) entry
              LEFT JOIN (%(payback)s) payback
                ON payback.campaign_id = entry.campaign_id AND payback.company_id = entry.company_id
            """,
            measures=SQL(", ").join(
                SQL("COALESCE(SUM(amount) FILTER (WHERE kind = %s), 0) AS %s", kind, SQL.identifier(kind))
                for kind in KINDS
            ),
            dirty=SQL("crm_dirty AS MATERIALIZED (%s),", money._dirty()) if kept else SQL(),
            entries=self._entries(entries, kept),
            payback=self._payback(kept),
            billed=entries._invoice_weights(),
        )

    def _payback(self, kept) -> SQL:
        """(campaign, company, payback date). Read from inside out:

        entry    campaign 7, company 1, 3 May: cost 100, collected 0;  9 May: cost 0, collected 120
        running  cumulated to the day's end:   cost 100, collected 0;         cost 100, collected 120
                 not covered on 3 May, the next day with an entry is 9 May;   covered
        payback  the day after the last day not covered = 9 May
        Entries of one day are peers: all have the sums of the day's end, the last of them has the next day.
        The same rule, in Python, is tools/roi.py:payback_date.
        """
        return SQL(
            """
            SELECT campaign_id, company_id,
                   NULLIF(COALESCE(
                       MAX(next_date) FILTER (WHERE cost_so_far <= 0 OR collected_so_far < cost_so_far),
                       MIN(date)), 'infinity') AS payback_date
              FROM (SELECT campaign_id, company_id, date,
                           COALESCE(LEAD(date) OVER days, 'infinity') AS next_date,
                           SUM(cost) OVER days AS cost_so_far,
                           SUM(collected) OVER days AS collected_so_far
                      FROM (SELECT campaign_id, company_id, date,
                                   CASE WHEN kind = 'cost' THEN amount ELSE 0 END AS cost,
                                   CASE WHEN kind = 'collected' THEN amount ELSE 0 END AS collected
                              FROM crm_entry WHERE date IS NOT NULL %(kept)s) entry
                    WINDOW days AS (PARTITION BY campaign_id, company_id ORDER BY date)) running
             GROUP BY campaign_id, company_id
            """,
            kept=SQL(
                """UNION ALL SELECT campaign_id, company_id, date, 0, amount FROM crm_campaign_money
                    WHERE kind = 'collected' AND %s""",
                self.env["crm.campaign.money"]._clean(),
            )
            if kept
            else SQL(),
        )

    def _entries(self, entry, kept) -> SQL:
        """Sums of the entries, those of money by day, and a zero for each campaign: without entries it is there too.

        Kept money is without its days here: `_payback` alone needs them.
        """
        return SQL(
            """
            %s
             UNION ALL
            SELECT id, COALESCE(company_id, %s), 'budget', NULL::date, 0 FROM utm_campaign
            %s
            """,
            SQL(" UNION ALL ").join(
                SQL(
                    """SELECT campaign_id, company_id, kind,
                              CASE WHEN kind IN ('cost', 'collected') THEN date END AS date, SUM(amount) AS amount
                         FROM (%s) part (id, kind, campaign_id, company_id, date, partner_id, cost_type_id, name,
                                         amount, res_model, res_id)
                        GROUP BY 1, 2, 3, 4""",
                    part,
                )
                for part in entry.with_context(crm_billed_known=True)._entry_parts()
            ),
            self.env.company.id,
            SQL(
                """UNION ALL SELECT campaign_id, company_id, kind, NULL, SUM(amount) FROM crm_campaign_money
                    WHERE %s GROUP BY campaign_id, company_id, kind""",
                self.env["crm.campaign.money"]._clean(),
            )
            if kept
            else SQL(),
        )

    def _joins(self) -> SQL:
        return SQL(
            """
            JOIN utm_campaign campaign ON campaign.id = total.campaign_id
            JOIN res_company company ON company.id = total.company_id
            """
        )

    def _read_group_select(self, aggregate_spec, query):
        """Ratios of a group are ratios of its sums."""
        ratios = {
            "return_rate:avg": SQL(
                "(SUM(%(collected)s) - SUM(%(cost)s)) / NULLIF(GREATEST(SUM(%(cost)s), 0), 0)", **self._sums(query)
            ),
            "output_input:avg": SQL("SUM(%(collected)s) / NULLIF(GREATEST(SUM(%(cost)s), 0), 0)", **self._sums(query)),
            "budget_share:avg": SQL("SUM(%(cost)s) / NULLIF(SUM(%(budget)s), 0)", **self._sums(query)),
        }
        return ratios.get(aggregate_spec) or super()._read_group_select(aggregate_spec, query)

    def _sums(self, query):
        return {name: self._field_to_sql(self._table, name, query) for name in ("budget", "cost", "collected")}

    def action_open_campaign(self):
        self.ensure_one()
        return self.campaign_id._get_records_action()

    def action_open_entries(self):
        """Open the entries behind this row."""
        self.ensure_one()
        return self.campaign_id._action_entries(company=self.company_id)
