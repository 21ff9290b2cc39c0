from odoo import api, fields, models
from odoo.tools import SQL


class CrmResponseTime(models.Model):
    """How fast the chain answers: one row per quotation or order (id = the order's).

    Request: creation of the opportunity, else of the quotation. Hours from request to the first quotation of the
    request, from quotation to confirmation, from confirmation to the last shipment; days from confirmation to
    shipment. Orders of which goods are still to leave have no shipment yet. Times of the clock, not of work.
    `seconds_entry` is the time from opening the entry screen to saving (crm_entry_seconds).

    Columns named Median show the median of a group, in lists, pivots and graphs; over all rows, not of medians.
    """

    _name = "crm.response.time"
    _inherit = ["crm.fact"]
    _description = "Response Times"
    _auto = False
    _rec_name = "order_id"
    _order = "date desc, id desc"
    _medians = {"median_days_ship": "days_ship", "median_seconds_entry": "seconds_entry"}

    date = fields.Datetime("Order Date", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    partner_user_id = fields.Many2one("res.users", "Customer's Salesperson", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    entry_user_id = fields.Many2one("res.users", "Entered By", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    opportunity_id = fields.Many2one("crm.lead", readonly=True)
    state = fields.Selection(
        [("draft", "Quotation"), ("sent", "Quotation Sent"), ("sale", "Sales Order"), ("cancel", "Cancelled")],
        readonly=True,
    )
    date_request = fields.Datetime("Request", readonly=True)
    date_quoted = fields.Datetime("Quoted", readonly=True)
    date_confirmed = fields.Datetime("Confirmed", readonly=True)
    date_shipped = fields.Datetime("Shipped", readonly=True)
    hours_quote = fields.Float("Hours to Quotation", readonly=True, aggregator="avg", digits=(16, 1))
    hours_confirm = fields.Float("Hours to Confirmation", readonly=True, aggregator="avg", digits=(16, 1))
    hours_ship = fields.Float("Hours to Shipment", readonly=True, aggregator="avg", digits=(16, 1))
    days_ship = fields.Float("Days to Shipment", readonly=True, aggregator="avg", digits=(16, 1))
    median_days_ship = fields.Float("Median Days to Shipment", readonly=True, aggregator="avg", digits=(16, 1))
    baseline_days = fields.Float(readonly=True, aggregator="avg", digits=(16, 1))
    line_count = fields.Integer("Lines", readonly=True)
    seconds_entry = fields.Integer("Entry Seconds", readonly=True, aggregator="avg")
    median_seconds_entry = fields.Float("Median Entry Seconds", readonly=True, aggregator="avg", digits=(16, 0))
    within_minute = fields.Float(
        "Entered Within a Minute %", readonly=True, aggregator="avg", help="Of the orders whose entry was timed."
    )

    _depends = {
        "crm.lead": [],
        "res.company": ["crm_ship_baseline"],
        "res.partner": ["commercial_partner_id", "user_id"],
        "sale.order": [
            "company_id", "crm_entry_seconds", "date_order", "opportunity_id", "partner_id", "state", "team_id",
            "user_id",
        ],
        "sale.order.line": ["display_type", "order_id"],
        "stock.move": ["date", "location_dest_id", "location_id", "sale_line_id", "state"],
        "stock.location": ["usage"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT timed.*,
                   %(quote)s AS hours_quote, %(confirm)s AS hours_confirm, %(ship)s AS hours_ship,
                   %(ship)s / 24 AS days_ship, %(ship)s / 24 AS median_days_ship,
                   timed.seconds_entry AS median_seconds_entry,
                   CASE WHEN timed.seconds_entry IS NULL THEN NULL
                        WHEN timed.seconds_entry <= 60 THEN 100.0 ELSE 0.0 END AS within_minute
              FROM (%(orders)s) timed
            """,
            quote=self._hours("timed.date_quoted", "timed.date_request"),
            confirm=self._hours("timed.date_confirmed", "timed.date_quoted"),
            ship=self._hours("timed.date_shipped", "timed.date_confirmed"),
            orders=self._orders(),
        )

    @api.model
    def _hours(self, later, earlier):
        """Hours between two columns, never below zero; nothing where the later is not there yet."""
        names = [SQL.identifier(*name.split(".")) for name in (later, earlier)]
        return SQL(
            """CASE WHEN %(later)s IS NOT NULL
                    THEN GREATEST(EXTRACT(EPOCH FROM (%(later)s - %(earlier)s)) / 3600, 0)::float8 END""",
            later=names[0],
            earlier=names[1],
        )

    @api.model
    def _orders(self):
        """Orders and quotations with their dates; of a request with several quotations the first one answers it."""
        return SQL(
            """
            SELECT sale.id, sale.id AS order_id, sale.date_order AS date,
                   partner.commercial_partner_id AS partner_id, customer.user_id AS partner_user_id, sale.user_id,
                   sale.create_uid AS entry_user_id, sale.team_id, sale.company_id, sale.opportunity_id, sale.state,
                   LEAST(lead.create_date, sale.create_date) AS date_request,
                   LEAST(first.create_date, sale.create_date) AS date_quoted,
                   CASE WHEN sale.state = 'sale' THEN sale.date_order END AS date_confirmed,
                   CASE WHEN sale.state = 'sale' AND ship.pending IS NOT TRUE THEN ship.last_date END AS date_shipped,
                   NULLIF(company.crm_ship_baseline, 0)::float8 AS baseline_days,
                   NULLIF(sale.crm_entry_seconds, 0) AS seconds_entry,
                   lines.number AS line_count
              FROM sale_order sale
              JOIN res_company company ON company.id = sale.company_id
              JOIN res_partner partner ON partner.id = sale.partner_id
              LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
              LEFT JOIN crm_lead lead ON lead.id = sale.opportunity_id
              LEFT JOIN LATERAL (
                  SELECT MIN(other.create_date) AS create_date FROM sale_order other
                   WHERE other.opportunity_id = sale.opportunity_id) first ON TRUE
              LEFT JOIN LATERAL (
                  SELECT COUNT(*) AS number FROM sale_order_line line
                   WHERE line.order_id = sale.id AND line.display_type IS NULL) lines ON TRUE
              LEFT JOIN LATERAL (
                  SELECT MAX(move.date) FILTER (WHERE move.state = 'done') AS last_date,
                         BOOL_OR(move.state NOT IN ('done', 'cancel')) AS pending
                    FROM sale_order_line line
                    JOIN stock_move move ON move.sale_line_id = line.id
                    JOIN stock_location source ON source.id = move.location_id AND source.usage <> 'customer'
                    JOIN stock_location target ON target.id = move.location_dest_id
                   WHERE line.order_id = sale.id
                     AND (target.usage = 'customer' OR move.state NOT IN ('done', 'cancel'))) ship ON TRUE
            """
        )

    def _read_group_select(self, aggregate_spec, query):
        """The average of a Median column is the median of the group."""
        name, _sep, function = aggregate_spec.partition(":")
        if function == "avg" and name in self._medians:
            return SQL(
                "percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)",
                self._field_to_sql(self._table, self._medians[name], query),
            )
        return super()._read_group_select(aggregate_spec, query)

    def action_open_document(self):
        self.ensure_one()
        return self._open_form(self.order_id)
