from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..tools import lifetime_value as clv

SAMPLE = 5000  # customers that the parameters are fitted on
BATCH = 1000
COLUMNS = (
    "partner_id", "state", "purchases", "first_date", "last_date", "alive", "expected_purchases", "mean_margin",
    "realised", "expected", "total",
)  # fmt: skip


class CrmLifetimeModel(models.Model):
    """The buying model of one company, fitted to its own invoices, and the run that values its customers.

    Purchases are days with an invoice; amounts are margins (untaxed sales less cost of goods, unknown cost as none)
    in company currency; times in days. Method: BG/NBD and Gamma-Gamma, under 200 customers a simple estimate,
    `tools/lifetime_value.py`.
    """

    _name = "crm.lifetime.model"
    _description = "Lifetime Value Model"
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(string="Computed for", readonly=True, help="Last day whose invoices count.")
    state = fields.Selection(
        [("ok", "Fitted"), ("simple", "Simple estimate"), ("no_data", "Not enough data")],
        default="no_data",
        readonly=True,
    )
    customer_count = fields.Integer(string="Customers", readonly=True)
    repeat_count = fields.Integer(string="Repeat buyers", readonly=True)
    months = fields.Integer(readonly=True, help="Months ahead that the expected value covers.")
    yearly_rate = fields.Float(string="Discount % a year", digits=(5, 2), readonly=True)
    rate = fields.Float(
        string="Repeat purchases a day", digits=(16, 6), readonly=True, aggregator=None, help="Of the simple estimate."
    )
    r = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    alpha = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    a = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    b = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    p = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    q = fields.Float(digits=(16, 6), readonly=True, aggregator=None)
    v = fields.Float(digits=(16, 6), readonly=True, aggregator=None)

    _company_unique = models.UniqueIndex("(company_id)", "A company has one lifetime value model.")

    @api.model
    def _history(self, company, stop):
        """Query of (partner_id, x, first day, last day, realised margin, mean margin of the repeat purchases).

        Realised: margin of all invoices less credit notes, in proportion to what has been paid of them today.
        """
        metric = self.env["crm.metric"]
        return SQL(
            """WITH day AS (
                SELECT partner_id, day, SUM(sales - COALESCE(cost, 0)) AS margin,
                       BOOL_OR(move_type <> 'out_refund') AS bought
                  FROM (%(lines)s) line GROUP BY partner_id, day),
               dated AS (
                SELECT *, MIN(day) FILTER (WHERE bought) OVER (PARTITION BY partner_id) AS first FROM day),
               paid AS (
                SELECT move.commercial_partner_id AS partner_id,
                       1 - SUM(move.amount_residual_signed) / NULLIF(SUM(move.amount_total_signed), 0) AS share
                  FROM account_move move WHERE %(sales)s GROUP BY move.commercial_partner_id)
               SELECT dated.partner_id, COUNT(*) FILTER (WHERE bought) - 1 AS x, MIN(first) AS first,
                      MAX(day) FILTER (WHERE bought) AS last,
                      SUM(margin) * GREATEST(0, LEAST(1, COALESCE(MIN(paid.share), 1))) AS realised,
                      SUM(margin) FILTER (WHERE day > first)
                      / NULLIF(COUNT(*) FILTER (WHERE bought AND day > first), 0) AS mean
                 FROM dated
                 JOIN res_partner partner ON partner.id = dated.partner_id AND partner.active
                 LEFT JOIN paid ON paid.partner_id = dated.partner_id
                WHERE first IS NOT NULL GROUP BY dated.partner_id ORDER BY dated.partner_id""",
            lines=metric._margin_lines(company, None, stop),
            sales=metric._sales_where(company, None, stop),
        )

    @api.model
    def _run(self, company, date=None):
        """Fit the model of the company and value all of its customers; replaces the values of the run before."""
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        self = self.sudo()
        model = self.search([("company_id", "=", company.id)]) or self.create({"company_id": company.id})
        self.env.flush_all()
        rows = self.env.execute_query(self._history(company, date + timedelta(days=1)))
        customers = [
            (x, (last - first).days, max((date - first).days, 1), float(mean or 0))
            for _partner, x, first, last, _realised, mean in rows
        ]
        buying, spending = self._fit(customers)
        rate = None if buying else clv.common_rate(customer[:3] for customer in customers)
        values = {
            "date": date,
            "state": "ok" if buying else "simple" if rate else "no_data",
            "rate": rate or 0,
            "customer_count": len(customers),
            "repeat_count": sum(1 for x, *_rest in customers if x),
            "months": company.crm_clv_months,
            "yearly_rate": company.crm_clv_rate,
        }
        values |= {name: getattr(buying, name, 0) for name in ("r", "alpha", "a", "b")}
        model.write(values | {name: getattr(spending, name, 0) for name in ("p", "q", "v")})
        model._check_holdout(date)
        model.flush_recordset()
        model._store(rows, customers, buying, spending)
        return model

    @api.model
    def _fit(self, customers):
        """(BG/NBD, Gamma-Gamma) on an even sample of the customers; None where there are not enough data."""
        sample = customers[:: max(1, len(customers) // SAMPLE)]
        buying = clv.fit_bgnbd([customer[:3] for customer in sample])
        spending = clv.fit_gamma_gamma([(x, mean) for x, _t, _watched, mean in sample])
        return buying, spending

    def _store(self, rows, customers, buying, spending):
        """Write the values in batches, drop former customers, rank."""
        known = [mean for x, _t, _watched, mean in customers if x]
        common = sum(known) / len(known) if known else 0.0
        places = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        updates = SQL(", ").join(SQL("%s = EXCLUDED.%s", SQL.identifier(n), SQL.identifier(n)) for n in COLUMNS[1:])
        for batch in split_every(BATCH, zip(rows, customers, strict=True)):
            lines = [self._line(row, customer, buying, spending, common) for row, customer in batch]
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_lifetime_value (company_id, model_id, date, create_uid, create_date, %(places)s)
                       SELECT %(company)s, %(model)s, %(date)s, %(uid)s, NOW() AT TIME ZONE 'UTC', line.*
                         FROM (VALUES %(lines)s) line
                           ON CONFLICT (partner_id, company_id) DO UPDATE
                          SET model_id = EXCLUDED.model_id, date = EXCLUDED.date, %(updates)s""",
                    places=places,
                    company=self.company_id.id,
                    model=self.id,
                    date=self.date,
                    uid=self.env.uid,
                    lines=SQL(", ").join(SQL("%s", line) for line in lines),
                    updates=updates,
                )
            )
        self._rank([row[0] for row in rows])
        self.env["crm.lifetime.value"].invalidate_model()

    def _line(self, row, customer, buying, spending, common):
        """The values of COLUMNS for one customer."""
        partner, x, first, last, realised, _mean = row
        realised = float(realised or 0)
        if self.state == "no_data":
            return partner, "no_data", x + 1, first, last, 0.0, 0.0, customer[3], realised, 0.0, realised
        if not spending and not x:
            customer = (*customer[:3], common)
        if buying:
            figures = clv.value_of(buying, spending, customer, self.months, self.yearly_rate)
        else:
            mean = clv.expected_amount(spending, x, customer[3]) if spending else customer[3]
            figures = clv.simple_value_of(self.rate, (*customer[:3], mean), self.months, self.yearly_rate)
        count, alive, amount, expected = figures
        total = realised + expected
        return (
            partner, self.state, x + 1, first, last, 100 * alive, count, amount, realised, expected, total,
        )  # fmt: skip

    def _rank(self, partners):
        self.env.cr.execute(
            SQL(
                "DELETE FROM crm_lifetime_value WHERE company_id = %s AND partner_id <> ALL(%s)",
                self.company_id.id,
                partners,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lifetime_value value SET rank = ranked.place
                     FROM (SELECT id, RANK() OVER (ORDER BY total DESC) AS place FROM crm_lifetime_value
                            WHERE company_id = %s) ranked
                    WHERE ranked.id = value.id""",
                self.company_id.id,
            )
        )

    @api.model
    def _cron_run(self):
        """Weekly, company by company."""
        companies = self.env["res.company"].sudo().search([])
        for company in self.env["crm.cron.turn"]._each("crm.lifetime.model", companies):
            self._run(company)

    @api.model
    def action_compute_now(self):
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise UserError(self.env._("Only a sales administrator computes lifetime values."))
        for company in self.env.companies:
            self._run(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
