from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import receivable_kpi

INVOICES = ("out_invoice", "out_refund", "out_receipt")
# A figure that cannot be said is stored as 0. By the inputs: the rows in which it can.
SAID = {
    **dict.fromkeys(("dso:avg", "bpdso:avg", "add:avg"), "%(state)s = 'ok'"),
    "countback:avg": "(%(countback)s <> 0 OR %(ar_end)s <= 0)",
    "cei:avg": "%(ar_begin)s + %(sales)s > %(ar_current)s",
}
STATES = [("ok", "Measured"), ("no_sales", "No sales in the window")]


class CrmReceivableKpi(models.Model):
    """How fast one company's receivables turn into money, at a month end; with the inputs, so that it can be redone.

    Company currency, tax included, + = owed to the company. One row a company and month end, taken once: entries
    posted into a past month later show as a difference to the ledger. tools/receivable_kpi.py has the formulas.
    """

    _name = "crm.receivable.kpi"
    _description = "Receivables, Month End"
    _order = "date desc, company_id"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Month End", required=True)
    source = fields.Selection(
        [("measured", "At month end"), ("rebuilt", "Rebuilt")],
        required=True,
        help="Rebuilt: taken more than a month later, from the entries as they were posted by then.",
    )
    window_days = fields.Integer("Window (Days)", aggregator=None)
    ar_begin = fields.Monetary("Receivables at Start", aggregator=None)
    ar_end = fields.Monetary("Receivables")
    ar_current = fields.Monetary("Not Due")
    overdue = fields.Monetary()
    over_90 = fields.Monetary("Over 90 Days", help="Past due by more than the third age limit of the settings.")
    sales = fields.Monetary("Sales of the Window", aggregator=None, help="Invoices less credit notes, tax included.")
    state = fields.Selection(STATES, required=True, default="ok")
    dso = fields.Float("DSO", digits=(16, 1), aggregator="avg", help="Days: receivables / sales x window.")
    countback = fields.Float(
        "Count-back DSO",
        digits=(16, 1),
        aggregator="avg",
        help="Days of sales, newest month first, that the receivables are worth. 0 without receivables or where two "
        "years of sales do not suffice.",
    )
    bpdso = fields.Float("Best-Possible DSO", digits=(16, 1), aggregator="avg", help="Days: not due / sales x window.")
    add = fields.Float("Average Days Delinquent", digits=(16, 1), aggregator="avg", help="DSO less best-possible DSO.")
    cei = fields.Float(
        "Collection Effectiveness (%)",
        digits=(16, 1),
        aggregator="avg",
        help="(Start + sales - receivables) / (start + sales - not due) x 100; 100 = all that was due is collected.",
    )
    has_cei = fields.Boolean("Something to Collect", compute="_compute_has_cei")
    ar_ledger = fields.Monetary("Receivables by the Ledger Now", readonly=True, aggregator=None)
    ledger_date = fields.Datetime("Compared On", readonly=True)
    difference = fields.Monetary(
        compute="_compute_difference", help="Posted into the past since the month end was taken."
    )
    snapshot_ids = fields.One2many("crm.aging.snapshot", "kpi_id", "Receivables by Customer and Age")

    _company_date_uniq = models.UniqueIndex("(company_id, date)", "This month end is already taken.")

    @api.depends("ar_begin", "sales", "ar_current")
    def _compute_has_cei(self):
        for kpi in self:
            kpi.has_cei = kpi.currency_id.compare_amounts(kpi.ar_begin + kpi.sales, kpi.ar_current) > 0

    @api.depends("ar_ledger", "ar_end", "ledger_date")
    def _compute_difference(self):
        for kpi in self:
            kpi.difference = kpi.ar_ledger - kpi.ar_end if kpi.ledger_date else 0.0

    def _read_group_select(self, aggregate_spec, query):
        """Averages leave out the months in which the figure cannot be said."""
        average = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec not in SAID:
            return average
        names = ("state", "countback", "ar_begin", "ar_end", "ar_current", "sales")
        fields_sql = {name: self._field_to_sql(self._table, name, query) for name in names}
        return SQL("%s FILTER (WHERE %s)", average, SQL(SAID[aggregate_spec], **fields_sql))

    # === INPUTS === #

    @api.model
    def _inputs(self, companies, as_of, days, user_id=None, team_id=None):
        """The inputs of the figures at a date, of all customers of companies with one currency; sees everything.

        The window begins with the companies' first receivable entry where that is later (METHODS 6: inception date).
        """
        start = fields.Date.subtract(as_of, days=days)
        end, current, late, old = self._balances(companies, as_of, user_id, team_id)
        begin = self._balances(companies, start, user_id, team_id)[0]
        first = None if begin else self._first_entry(companies, as_of)
        if first and first > start:
            # Days without books have no sales. What was taken over on the first day was owed at the start.
            start = fields.Date.subtract(first, days=1)
            sold = self._sales(companies, first, start, user_id, team_id)[0]
            begin = companies.currency_id[:1].round(self._balances(companies, first, user_id, team_id)[0] - sold)
        sales, months = self._sales(companies, as_of, start, user_id, team_id)
        inputs = receivable_kpi.Inputs(begin, end, current, sales, (as_of - start).days, months)
        return inputs, {"start": start, "overdue": late, "over_90": old}

    @api.model
    def _first_entry(self, companies, as_of):
        """The date of the first posted receivable journal item up to a date, or None."""
        [[first]] = self.env.execute_query(
            SQL(
                """
                SELECT MIN(line.date)
                  FROM account_move_line line
                  JOIN account_account account
                    ON account.id = line.account_id AND account.account_type = 'asset_receivable'
                 WHERE line.parent_state = 'posted' AND line.company_id IN %s AND line.date <= %s
                """,
                tuple(companies.ids),
                as_of,
            )
        )
        return first

    @api.model
    def _balances(self, companies, as_of, user_id=None, team_id=None):
        """(open, not due, overdue, past the third age limit) at a date."""
        Item = self.env["crm.open.item"].sudo().with_context(as_of=as_of, allowed_company_ids=companies.ids)
        domain = [("company_id", "in", companies.ids)]
        domain += [("user_id", "=", user_id)] if user_id else []
        domain += [("team_id", "=", team_id)] if team_id else []
        query = Item._search(domain).select(
            SQL("COALESCE(SUM(residual), 0)"),
            SQL("COALESCE(SUM(residual) FILTER (WHERE days_overdue <= 0), 0)"),
            SQL("COALESCE(SUM(residual) FILTER (WHERE days_overdue > 0), 0)"),
            SQL("COALESCE(SUM(residual) FILTER (WHERE bucket IN ('91_180', 'over_180')), 0)"),
        )
        [row] = self.env.execute_query(query)
        return row

    @api.model
    def _sales(self, companies, as_of, start, user_id=None, team_id=None):
        """(sales after `start` up to the date, ((days of the month, its sales), ...) newest month first).

        What the customers' invoices, credit notes and receipts posted to receivable accounts, by accounting date.
        """
        first = fields.Date.subtract(as_of.replace(day=1), months=receivable_kpi.MONTHS_BACK - 1)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DATE_TRUNC('month', line.date)::date, SUM(line.balance),
                       COALESCE(SUM(line.balance) FILTER (WHERE line.date > %(start)s), 0)
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id AND move.move_type IN %(types)s
                  JOIN account_account account
                    ON account.id = line.account_id AND account.account_type = 'asset_receivable'
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
             LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
                 WHERE line.parent_state = 'posted' AND line.company_id IN %(companies)s
                   AND line.date > %(first)s AND line.date <= %(as_of)s %(people)s
                 GROUP BY 1
                """,
                start=start,
                types=INVOICES,
                companies=tuple(companies.ids),
                first=min(fields.Date.subtract(first, days=1), start),
                as_of=as_of,
                people=SQL(
                    "%s %s",
                    SQL("AND COALESCE(move.invoice_user_id, customer.user_id) = %s", user_id) if user_id else SQL(),
                    SQL("AND move.team_id = %s", team_id) if team_id else SQL(),
                ),
            )
        )
        by_month = {month: sales for month, sales, _window in rows}
        months, last = [], as_of
        while last >= first:
            month = last.replace(day=1)
            months.append((last.day, by_month.get(month, 0.0)))
            last = fields.Date.subtract(month, days=1)
        return sum(window for _month, _sales, window in rows), tuple(months)

    # === VALUES === #

    @api.model
    def _values(self, company, day):
        """Field values of a month end, of the company alone."""
        self._flush_sources()
        inputs, more = self._inputs(company, day, company.crm_kpi_days)
        found = receivable_kpi.figures(inputs)
        return {
            "window_days": inputs.days,
            "ar_begin": inputs.begin,
            "ar_end": inputs.end,
            "ar_current": inputs.current,
            "overdue": more["overdue"],
            "over_90": more["over_90"],
            "sales": inputs.sales,
            "state": "no_sales" if found["dso"] is None else "ok",
            **{name: value or 0.0 for name, value in found.items()},
        }

    @api.model
    def _flush_sources(self):
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id", "user_id"])

    # === ACTIONS === #

    def action_compare(self):
        """Read the ledger anew: what has been posted into the past since the month end was taken."""
        for kpi in self:
            ledger = self._balances(kpi.company_id, kpi.date)[0]
            kpi.sudo().write({"ar_ledger": ledger, "ledger_date": fields.Datetime.now()})

    def action_open_items(self):
        """The open items at the month end, as the ledger knows them now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_open_item_action")
        return {
            **action,
            "name": self.env._("Open at %(date)s", date=fields.Date.to_string(self.date)),
            "domain": [("company_id", "=", self.company_id.id)],
            "context": {"as_of": fields.Date.to_string(self.date)},
        }

    def action_open_snapshot(self):
        """What was taken, by customer and age."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_aging_snapshot_action")
        return {**action, "domain": [("kpi_id", "=", self.id)], "context": {}}
