from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import profit
from .crm_profit_query import ACCOUNTANTS

RATES = {"margin_rate": ("marginal", "sales"), "return_rate": ("total", "cost_to_serve")}


class CrmCustomerProfit(models.Model):
    """Profit of a customer in a month at a company, in three levels; each figure opens the entries behind it.

    Marginal = sales - cost of goods. Total = marginal - cost to serve. Net = total - cost of credit - bad debt -
    share of overhead. Company currency; costs are negative, `cost_to_serve` is positive. Return = total profit in
    percent of the cost to serve; 0 and no state where nothing was spent. Rows without customer: costs that cannot be
    given to one.
    """

    _name = "crm.customer.profit"
    _inherit = ["crm.fact", "crm.profit.query"]
    _description = "Profit of a Customer"
    _auto = False
    _rec_name = "partner_id"
    _order = "date desc, total, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    customer_class = fields.Selection(
        lambda self: self.env["crm.scorecard"]._fields["customer_class"]._description_selection(self.env),
        "Class",
        readonly=True,
    )
    date = fields.Date("Month", readonly=True, help="First day of the month.")
    revenue = fields.Monetary("Sales at List Price", readonly=True)
    discount = fields.Monetary("Discounts", readonly=True)
    returned = fields.Monetary("Credit Notes", readonly=True)
    sales = fields.Monetary("Net Sales", readonly=True)
    goods = fields.Monetary("Cost of Goods", readonly=True)
    unknown = fields.Monetary("Sales without Known Cost", readonly=True)
    marginal = fields.Monetary("Marginal Profit", readonly=True, help="Net sales less cost of goods.")
    freight = fields.Monetary("Deliveries", readonly=True)
    service = fields.Monetary(readonly=True)
    contact = fields.Monetary("Contacts and Visits", readonly=True)
    commission = fields.Monetary(readonly=True, groups=ACCOUNTANTS)
    campaign = fields.Monetary("Campaigns", readonly=True)
    expense = fields.Monetary("Expenses for the Customer", readonly=True)
    cost_to_serve = fields.Monetary(
        readonly=True, help="Deliveries, service, contacts, commission, campaigns, expenses."
    )
    total = fields.Monetary("Total Profit", readonly=True, help="Marginal profit less cost to serve.")
    credit = fields.Monetary(
        "Cost of Credit", readonly=True, help="Interest from the due date to the day an invoice was settled, or today."
    )
    bad_debt = fields.Monetary(readonly=True)
    overhead = fields.Monetary("Share of Overhead", readonly=True)
    net = fields.Monetary(
        "Net Profit", readonly=True, help="Total profit less cost of credit, bad debt and share of overhead."
    )
    marketing = fields.Monetary("Marketing Cost", readonly=True, help="Contacts and visits, commission, campaigns.")
    administration = fields.Monetary("Administration Cost", readonly=True, help="All other costs but the goods.")
    margin_rate = fields.Float("Margin %", readonly=True, aggregator="avg", digits=(16, 1))
    return_rate = fields.Float(
        "Return on Cost to Serve %", readonly=True, aggregator="avg", digits=(16, 1), help="Total profit of the cost."
    )

    year_loss = fields.Boolean(
        "Loss over the Year",
        compute="_compute_year_loss",
        search="_search_year_loss",
        help="What the customer brought in the whole calendar year of the month, its total profit, is below zero.",
    )

    _depends = {"crm.profit.entry": ["amount", "company_id", "date", "part", "partner_id", "unknown"]}

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT (COALESCE(piece.partner_id, 0)::bigint * 1024 + %(number)s) * %(factor)s + piece.company_id AS id,
                   piece.*, company.currency_id, customer.user_id, card.customer_class, %(rates)s
              FROM (%(summed)s) piece
              JOIN res_company company ON company.id = piece.company_id
              LEFT JOIN res_partner customer ON customer.id = piece.partner_id
              LEFT JOIN crm_scorecard card
                ON card.company_id = piece.company_id AND card.partner_id = piece.partner_id AND card.is_latest
            """,
            number=self._month_number(SQL("piece.date")),
            factor=self._id_factor(),
            rates=self._rates(lambda name: SQL.identifier("piece", name)),
            summed=self._summed(),
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Rows by id are read by their customers, which stand in the id."""
        domain = Domain(domain).optimize_full(self)
        factor = 1024 * self._id_factor()
        partners = {number // factor for number in self._asked_ids(domain, "id")}
        if partners and all(partners):
            domain &= Domain("partner_id", "in", partners)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _summed(self):
        """One row a company, customer and month: each part, the levels and what they are made of."""

        def total(parts, sign=1):
            summed = SQL("COALESCE(SUM(amount) FILTER (WHERE part IN %s), 0)", tuple(parts))
            return summed if sign > 0 else SQL("-%s", summed)

        columns = {part: total((part,)) for part in profit.PARTS}
        columns |= {level: total(profit.up_to(level)) for level in profit.LEVELS}
        columns |= {
            "sales": total(profit.PURCHASES),
            "cost_to_serve": total(profit.of("total"), -1),
            "marketing": total(profit.MARKETING, -1),
            "administration": total(profit.ADMINISTRATION, -1),
            "unknown": SQL("COALESCE(SUM(unknown), 0)"),
        }
        return SQL(
            """SELECT company_id, partner_id, DATE_TRUNC('month', date)::date AS date, %s
                 FROM (%s) entry GROUP BY company_id, partner_id, DATE_TRUNC('month', date)::date""",
            SQL(", ").join(SQL("%s AS %s", sql, SQL.identifier(name)) for name, sql in columns.items()),
            self.env["crm.profit.entry"]._entries(),
        )

    @api.model
    def _rates(self, column):
        return SQL(", ").join(
            SQL(
                "COALESCE(100.0 * %s / NULLIF(GREATEST(%s, 0), 0), 0)::float AS %s",
                column(above),
                column(below),
                SQL.identifier(name),
            )
            for name, (above, below) in RATES.items()
        )

    def _read_group_select(self, aggregate_spec, query):
        """The rate of a group is one of its sums, not a mean of its rows' rates."""
        name = aggregate_spec.partition(":")[0]
        if name not in RATES or not aggregate_spec.endswith(":avg"):
            return super()._read_group_select(aggregate_spec, query)
        above, below = (self._field_to_sql(self._table, part, query) for part in RATES[name])
        return SQL("COALESCE(100.0 * SUM(%s) / NULLIF(GREATEST(SUM(%s), 0), 0), 0)", above, below)

    # === LOSSES === #

    @api.model
    def _year_losses(self, domain=Domain.TRUE):
        """{(company, first day of the year): ids of the customers whose total profit of that year is below zero}."""
        found = defaultdict(list)
        for company, year, partner in self._read_group(
            Domain(domain) & Domain("partner_id", "!=", False),
            ["company_id", "date:year", "partner_id"],
            having=[("total:sum", "<", 0)],
        ):
            found[company, year].append(partner.id)
        return found

    @api.depends("company_id", "date", "partner_id")
    def _compute_year_loss(self):
        found = self._year_losses([("partner_id", "in", self.partner_id.ids)])
        for row in self:
            row.year_loss = row.partner_id.id in found.get((row.company_id, row.date.replace(month=1)), ())

    def _search_year_loss(self, operator, value):
        """All months of the customers with a loss in the year: their sum over the year is the loss."""
        if operator != "in":
            return NotImplemented
        domain = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date", ">=", year)
            & Domain("date", "<=", fields.Date.end_of(year, "year"))
            & Domain("partner_id", "in", partners)
            for (company, year), partners in self._year_losses().items()
        )
        return domain if True in value else ~domain

    # === ACTIONS === #

    def action_open_entries(self):
        """The pieces of the month's profit."""
        self.ensure_one()
        return self.env["crm.profit.entry"]._month_action(self)
