from odoo import api, fields, models
from odoo.tools import SQL

from ..models.sale_order_channel import CHANNELS


class CrmChannelShare(models.Model):
    """Each channel's part of a month's sales, with response time, selling cost and the target.

    Sales from posted invoices less credit notes (crm.product.sale), untaxed, company currency. Shares in percent of
    the month's sales. Response: hours from the enquiry (opportunity, else quotation) to the first answer of the
    quotations answered in the month. Cost: what is entered for the channel and month, and what other addons add
    through `_costs`; none entered is said, not shown as zero. Days: of the month, or gone by in the current one.
    """

    _name = "crm.channel.share"
    _description = "Sales Channels by Month"
    _auto = False
    _rec_name = "channel"
    _order = "month DESC, amount DESC, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", "Company Currency", readonly=True)
    month = fields.Date(readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    amount = fields.Monetary("Sales", readonly=True)
    share = fields.Float("Share (%)", digits=(6, 2), readonly=True, aggregator="avg")
    per_day = fields.Monetary("Sales a Day", readonly=True, aggregator="avg")
    answered = fields.Integer("Quotations Answered", readonly=True)
    response_hours = fields.Float("Response (hours)", digits=(10, 1), readonly=True, aggregator="avg")
    cost = fields.Monetary("Selling Cost", readonly=True)
    cost_state = fields.Selection([("known", "Entered"), ("none", "No cost yet")], "Cost is", readonly=True)
    cost_share = fields.Float("Cost of Sales (%)", digits=(6, 2), readonly=True, aggregator="avg")
    direct_share = fields.Float(
        "Direct and Online (%)",
        digits=(6, 2),
        readonly=True,
        aggregator="avg",
        help="Direct, counter and online sales in percent of the month's.",
    )
    target = fields.Float("Target (%)", digits=(6, 2), readonly=True, aggregator="avg")
    on_target = fields.Selection(
        [("yes", "Reached"), ("no", "Missed"), ("none", "No target set")], "Against Target", readonly=True
    )

    _depends = {
        "crm.product.sale": [],
        "crm.channel.cost": ["amount", "channel", "company_id", "month"],
        "sale.order": ["company_id", "crm_answered_on", "crm_channel", "opportunity_id"],
        "res.company": ["crm_direct_target", "currency_id"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL("WITH sales AS (%s) %s %s", self._sales(), self._select(), self._from())

    @api.model
    def _sales(self) -> SQL:
        """Sales by company, month and channel."""
        return SQL(
            """SELECT company_id, DATE_TRUNC('month', date)::date AS month, channel, SUM(amount) AS amount
                 FROM (%s) sale WHERE company_id IN %s GROUP BY 1, 2, 3""",
            self.env["crm.product.sale"]._table_query,
            tuple(self.env.companies.ids),
        )

    @api.model
    def _responses(self) -> SQL:
        """Quotations answered, and the hours it took, by company, month and channel."""
        return SQL(
            """SELECT sale.company_id, DATE_TRUNC('month', sale.crm_answered_on)::date AS month,
                      sale.crm_channel AS channel, COUNT(*) AS answered,
                      AVG(EXTRACT(EPOCH FROM sale.crm_answered_on - COALESCE(lead.create_date, sale.create_date)))
                          / 3600 AS hours
                 FROM sale_order sale LEFT JOIN crm_lead lead ON lead.id = sale.opportunity_id
                WHERE sale.crm_answered_on IS NOT NULL GROUP BY 1, 2, 3"""
        )

    @api.model
    def _costs(self) -> SQL:
        """Query of (company_id, month, channel, cost); other addons add theirs with UNION ALL."""
        return SQL(
            "SELECT company_id, DATE_TRUNC('month', month)::date AS month, channel, amount FROM crm_channel_cost"
        )

    @api.model
    def _select(self) -> SQL:
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT (frame.company_id * 4000 + (DATE_PART('year', frame.month)::int - 1900) * 12
                       + DATE_PART('month', frame.month)::int) * 8 + frame.number AS id,
                   frame.company_id, company.currency_id, frame.month, frame.channel,
                   COALESCE(sales.amount, 0) AS amount,
                   100 * COALESCE(sales.amount, 0) / NULLIF(frame.total, 0) AS share,
                   COALESCE(sales.amount, 0) / GREATEST(1, LEAST(%(today)s::date + 1,
                       (frame.month + INTERVAL '1 month')::date) - frame.month) AS per_day,
                   COALESCE(response.answered, 0) AS answered, response.hours AS response_hours,
                   cost.cost, CASE WHEN cost.cost IS NULL THEN 'none' ELSE 'known' END AS cost_state,
                   100 * cost.cost / NULLIF(sales.amount, 0) AS cost_share,
                   100 * frame.direct / NULLIF(frame.total, 0) AS direct_share,
                   NULLIF(company.crm_direct_target, 0) AS target,
                   CASE WHEN COALESCE(company.crm_direct_target, 0) = 0 THEN 'none'
                        WHEN 100 * frame.direct >= company.crm_direct_target * frame.total THEN 'yes'
                        ELSE 'no' END AS on_target
            """,
            today=today,
        )

    @api.model
    def _from(self) -> SQL:
        """Every channel in every month with sales: none is left out because nothing was sold through it."""
        channels = SQL(", ").join(SQL("(%s, %s)", number, code) for number, (code, _label) in enumerate(CHANNELS))
        return SQL(
            """
            FROM (SELECT month.*, channel.number, channel.channel
                    FROM (SELECT company_id, month, SUM(amount) AS total,
                                 COALESCE(SUM(amount) FILTER (WHERE channel <> 'indirect'), 0) AS direct
                            FROM sales GROUP BY company_id, month) month
                   CROSS JOIN (VALUES %(channels)s) channel (number, channel)) frame
            JOIN res_company company ON company.id = frame.company_id
            LEFT JOIN sales USING (company_id, month, channel)
            LEFT JOIN (%(responses)s) response USING (company_id, month, channel)
            LEFT JOIN (SELECT company_id, month, channel, SUM(amount) AS cost FROM (%(costs)s) cost
                        GROUP BY company_id, month, channel) cost USING (company_id, month, channel)
            """,
            channels=channels,
            responses=self._responses(),
            costs=self._costs(),
        )

    @api.depends("channel", "month")
    def _compute_display_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{labels.get(row.channel)} {row.month:%Y-%m}" if row.month else ""

    def action_open_sales(self):
        """Open the invoice lines behind the row."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_product_sale_action")
        stop = fields.Date.end_of(self.month, "month")
        return action | {
            "name": self.display_name,
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("channel", "=", self.channel),
                ("date", ">=", self.month),
                ("date", "<=", stop),
            ],
            "context": {},
            "views": [(False, "list"), (False, "pivot")],
        }
