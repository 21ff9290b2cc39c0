from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.rhythm import MIN_ORDERS

COMPANIES = 4096
"""An id is partner * COMPANIES + company."""


class CrmOrderRhythm(models.Model):
    """How often a customer orders, and when the next order is due: one row per company and commercial partner.

    An order day is a day (in the user's time zone) with a confirmed order; before a customer's first order, and for
    customers without orders, a posted invoice counts as one. The gap in days is the one set on the customer, else
    the average or the middle of its own gaps, from three order days on (tools/rhythm.py says the same in Python).
    """

    _name = "crm.order.rhythm"
    _description = "Order Rhythm"
    _auto = False
    _rec_name = "partner_id"
    _order = "next_date, id"

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    orders = fields.Integer(string="Order days", readonly=True)
    first_date = fields.Date(string="First order", readonly=True)
    last_date = fields.Date(string="Last order", readonly=True)
    cycle = fields.Integer(string="Set cycle", readonly=True, aggregator=None, help="Days, set on the customer.")
    gap = fields.Float(string="Usual gap", digits=(10, 1), readonly=True, aggregator="avg", help="Days between orders.")
    next_date = fields.Date(string="Next order due", readonly=True)

    _depends = {
        "account.move": ["commercial_partner_id", "company_id", "invoice_date", "move_type", "state"],
        "res.company": ["crm_rhythm_method"],
        "res.partner": ["commercial_partner_id", "crm_order_cycle", "user_id"],
        "sale.order": ["company_id", "date_order", "partner_id", "state"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT rhythm.partner_id * %(companies)s::bigint + rhythm.company_id AS id,
                rhythm.company_id, rhythm.partner_id, partner.user_id, rhythm.orders, rhythm.first_date,
                rhythm.last_date, NULLIF(partner.crm_order_cycle, 0) AS cycle, usual.gap,
                CASE WHEN usual.gap IS NOT NULL
                    THEN rhythm.last_date + GREATEST(1, FLOOR(usual.gap)::int) END AS next_date
            FROM (%(gaps)s) rhythm
            JOIN res_company company ON company.id = rhythm.company_id
            JOIN res_partner partner ON partner.id = rhythm.partner_id
            CROSS JOIN LATERAL (SELECT COALESCE(
                NULLIF(partner.crm_order_cycle, 0),
                CASE WHEN rhythm.orders < %(minimum)s THEN NULL
                    WHEN company.crm_rhythm_method = 'median' THEN rhythm.median
                    ELSE (rhythm.last_date - rhythm.first_date)::numeric / (rhythm.orders - 1) END
            ) AS gap) usual
            """,
            gaps=self._gaps(),
            minimum=MIN_ORDERS,
            companies=COMPANIES,
        )

    @api.model
    def _gaps(self) -> SQL:
        """Order days of each customer in each company, summed up; the median costs a sort and is the last resort."""
        median = SQL("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY gap)::numeric")
        if not self.env["res.company"].sudo().search_count([("crm_rhythm_method", "=", "median")], limit=1):
            median = SQL("NULL::numeric")
        return SQL(
            """
            SELECT company_id, partner_id, COUNT(*)::int AS orders, MIN(day) AS first_date, MAX(day) AS last_date,
                %(median)s AS median
            FROM (
                SELECT company_id, partner_id, day,
                    day - LAG(day) OVER (PARTITION BY company_id, partner_id ORDER BY day) AS gap
                FROM (%(days)s) order_day
            ) gaps
            GROUP BY company_id, partner_id
            """,
            median=median,
            days=self._order_days(),
        )

    @api.model
    def _placed(self) -> SQL:
        """(company_id, partner_id, day) of every confirmed order."""
        return SQL(
            """
            SELECT so.company_id, partner.commercial_partner_id AS partner_id,
                (so.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS day
            FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
            WHERE so.state = 'sale' AND so.company_id IN %s
            """,
            self.env.tz.zone,
            tuple(self.env.companies.ids),
        )

    @api.model
    def _order_days(self) -> SQL:
        """(company_id, partner_id, day), each day once."""
        orders = self._placed()
        return SQL(
            """
            SELECT company_id, partner_id, day FROM (%(orders)s) placed
            UNION
            %(invoices)s
            """,
            orders=orders,
            invoices=self._invoices_before(orders),
        )

    @api.model
    def _invoices_before(self, orders: SQL) -> SQL:
        """(company_id, partner_id, day) of the invoices that stand for orders: those before the first order."""
        return SQL(
            """
            SELECT move.company_id, move.commercial_partner_id AS partner_id, move.invoice_date AS day
            FROM account_move move
            LEFT JOIN (SELECT company_id, partner_id, MIN(day) AS day FROM (%s) placed GROUP BY 1, 2) first_placed
                ON first_placed.company_id = move.company_id
                AND first_placed.partner_id = move.commercial_partner_id
            WHERE move.move_type = 'out_invoice' AND move.state = 'posted' AND move.company_id IN %s
                AND move.commercial_partner_id IS NOT NULL
                AND (first_placed.day IS NULL OR move.invoice_date < first_placed.day)
            """,
            orders,
            tuple(self.env.companies.ids),
        )

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
