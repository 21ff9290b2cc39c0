"""The receivables board: crm.open.item at a date, folded by customer, salesperson ... and age in one scan."""

from odoo import api, fields, models
from odoo.addons.crm_custom.tools.aging import BUCKETS
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import concentration

WEEK_DAYS = 7  # "due in the next seven days": tomorrow until seven days after the date; receipts do not fall due
FIGURES = (
    *BUCKETS,
    *("total", "overdue", "current", "due_today", "due_week"),
    *("unapplied", "disputed", "promised", "undisputed", "late_gross", "document"),
)
DIMENSIONS = ("partner_id", "user_id", "team_id", "territory_id", "customer_class", "currency_id")
MODELS = {
    "user_id": "res.users",
    "team_id": "crm.team",
    "territory_id": "crm.territory",
    "currency_id": "res.currency",
}
FLAGS = ("over_limit", "too_old", "concentrated")


class CrmAging(models.AbstractModel):
    """Figures for the screen, the spreadsheet and the printed report; nothing is stored.

    Amounts are in the company's currency, + = the customer owes. Companies that keep their books in another
    currency than the current company are left out and named, never added up. Access lists and record rules
    of crm.open.item decide what a user sees.
    """

    _name = "crm.aging"
    _description = "Receivables by Age"

    @api.model
    @api.readonly
    def get_board(
        self, as_of=None, filters=None, group_by="partner_id", age_by="due", order="total", offset=0, limit=80
    ):
        """Everything that the screen shows, in one call.

        filters: company_id, one of DIMENSIONS -> its value, flag (one of FLAGS: the customers so marked).
        age_by: "due" or "invoice", the date that the buckets count from; overdue is by due date always.
        order: a figure or "name"; `limit` rows from `offset` on (0 = all); totals are of all rows.
        """
        filters = {name: value for name, value in (filters or {}).items() if value}
        self._check_options(group_by, age_by, filters)
        companies = self._companies(filters.get("company_id"))
        currency = companies.currency_id[:1]
        rows = self._aggregate(as_of, companies, filters, group_by, age_by)
        customers = self._judged(self._fold(rows, 0), rows, companies)
        flags = self._flag_totals(customers, currency)
        flag = filters.get("flag")
        if flag:
            customers = {key: row for key, row in customers.items() if row["flags"].get(flag)}
            rows = [row for row in rows if (row[0] or 0) in customers]
        groups = customers if group_by == "partner_id" else self._shared(self._fold(rows, 2))
        page = self._sorted(groups, group_by, order)
        return {
            "as_of": fields.Date.to_string(self._items(as_of)._as_of()),
            "age_by": age_by,
            "group_by": group_by,
            "currency_id": currency.id,
            "buckets": self._buckets(age_by),
            "totals": self._totals(customers, currency),
            "flags": flags,
            "concentration": self._concentration(customers),
            "rows": self._shown(page[offset : offset + limit] if limit else page, group_by, currency),
            "count": len(groups),
            "domain": list(self._domain(companies, filters, customers if flag else None)),
            "companies": [{"id": company.id, "name": company.name} for company in self._companies()],
            "left_out": (self.env.companies - self._companies()).mapped("name"),
        }

    # === QUERY === #

    @api.model
    def _check_options(self, group_by, age_by, filters):
        unknown = set(filters) - {*DIMENSIONS, "company_id", "flag"}
        if group_by not in DIMENSIONS or age_by not in ("due", "invoice") or unknown:
            raise UserError(self.env._("Receivables cannot be grouped or filtered like this."))

    @api.model
    def _items(self, as_of=None):
        return self.env["crm.open.item"].with_context(as_of=fields.Date.to_date(as_of))

    @api.model
    def _companies(self, company_id=None):
        """Active companies with the current company's currency, or the one chosen."""
        companies = self.env.companies
        if company_id:
            return companies.filtered(lambda company: company.id == company_id) or self.env.company
        return companies.filtered(lambda company: company.currency_id == self.env.company.currency_id)

    @api.model
    def _buckets(self, age_by):
        name = "invoice_bucket" if age_by == "invoice" else "bucket"
        return self.env["crm.open.item"].fields_get([name], ["selection"])[name]["selection"]

    @api.model
    def _domain(self, companies, filters, customers=None):
        """The items behind the board; `customers`: only of these (a flag is none of the items' own columns)."""
        domain = Domain("company_id", "in", companies.ids)
        for name in DIMENSIONS:
            if filters.get(name):
                domain &= Domain(name, "=", filters[name])
        if customers is not None:
            domain &= Domain("partner_id", "in", [key for key in customers if key])
        return domain

    @api.model
    def _aggregate(self, as_of, companies, filters, group_by, age_by):
        """One row a customer, company and group: customer, company, group, oldest days overdue, an amount a figure,
        a count a figure.

        SQL because `_read_group` would need one scan for the buckets and one for each of the other figures; the query
        under it is the ORM's own, with access rights and record rules of the user. Only the columns that are asked
        for are read: salesperson, team and currency cost a join with all journal items.
        """
        Item = self._items(as_of)
        Item.check_access("read")
        bucket = "invoice_bucket" if age_by == "invoice" else "bucket"
        columns = {"partner_id", "company_id", "due_date", "residual", "residual_currency", "days_overdue"}
        columns |= {"promised", "disputed", bucket, group_by}
        scan = Item._search(self._domain(companies, filters)).select(
            *(SQL.identifier(Item._table, column) for column in sorted(columns))
        )
        amounts, counts = self._sql_figures(Item._as_of(), SQL.identifier(bucket))
        return self.env.execute_query(
            SQL(
                """
                SELECT partner_id, company_id, %(key)s::text, MAX(days_overdue) FILTER (WHERE residual > 0),
                       ARRAY[%(amounts)s]::float[], ARRAY[%(counts)s]::int[]
                  FROM (%(scan)s) item GROUP BY 1, 2, 3
                """,
                scan=scan,
                key=SQL.identifier(group_by),
                amounts=amounts,
                counts=counts,
            )
        )

    @api.model
    def _sql_figures(self, as_of, bucket):
        """The lists of amounts and counts, in the order of FIGURES."""
        week = fields.Date.add(as_of, days=WEEK_DAYS)
        late = SQL("days_overdue > 0")
        parts = {
            **{key: (SQL("residual"), SQL("%s = %s", bucket, key)) for key in BUCKETS},
            "total": (SQL("residual"), SQL("TRUE")),
            "overdue": (SQL("residual"), late),
            "current": (SQL("residual"), SQL("days_overdue <= 0")),
            "due_today": (SQL("residual"), SQL("residual > 0 AND due_date = %s", as_of)),
            "due_week": (SQL("residual"), SQL("residual > 0 AND due_date > %s AND due_date <= %s", as_of, week)),
            "unapplied": (SQL("residual"), SQL("residual < 0")),
            "disputed": (SQL("disputed"), SQL("disputed != 0")),
            "promised": (SQL("promised"), SQL("promised != 0")),
            "undisputed": (SQL("residual - disputed"), SQL("%s AND residual != disputed", late)),
            "late_gross": (SQL("residual"), SQL("residual > 0 AND %s", late)),
            "document": (SQL("residual_currency"), SQL("TRUE")),
        }
        amounts = [SQL("COALESCE(SUM(%s) FILTER (WHERE %s), 0)", *parts[figure]) for figure in FIGURES]
        counts = [SQL("COUNT(*) FILTER (WHERE %s)", parts[figure][1]) for figure in FIGURES]
        return SQL(", ").join(amounts), SQL(", ").join(counts)

    # === FOLDING === #

    @api.model
    def _fold(self, rows, column):
        """{key: {"key", "oldest", "amounts", "counts"}}: rows summed by one of their columns; 0 = none."""
        folded = {}
        for row in rows:
            key = row[column] or 0
            group = folded.get(key)
            if group is None:
                folded[key] = {"key": key, "oldest": row[3] or 0, "amounts": row[4], "counts": row[5]}
            else:
                group["oldest"] = max(group["oldest"], row[3] or 0)
                group["amounts"] = [a + b for a, b in zip(group["amounts"], row[4], strict=True)]
                group["counts"] = [a + b for a, b in zip(group["counts"], row[5], strict=True)]
        return folded

    @api.model
    def _shared(self, groups):
        """Groups with their share of what is owed."""
        total = FIGURES.index("total")
        found = concentration.shares({key: group["amounts"][total] for key, group in groups.items()})
        for key, group in groups.items():
            group["share"] = found[key]
            group["flags"] = {}
        return groups

    @api.model
    def _totals(self, customers, currency):
        """Amount, number of items and number of customers of each figure."""
        amounts = list(zip(*(customer["amounts"] for customer in customers.values()), strict=True))
        counts = list(zip(*(customer["counts"] for customer in customers.values()), strict=True))
        totals = {}
        for index, figure in enumerate(FIGURES):
            found = counts[index] if counts else ()
            totals[figure] = {
                "amount": currency.round(sum(amounts[index])) if amounts else 0.0,
                "items": sum(found),
                "customers": len(found) - found.count(0),
            }
        return totals

    @api.model
    def _sorted(self, groups, group_by, order):
        rows = list(groups.values())
        if order == "name":
            names = self._names(groups, group_by)
            return sorted(rows, key=lambda row: (names.get(row["key"], "").lower(), str(row["key"])))
        index = FIGURES.index(order if order in FIGURES else "total")
        return sorted(rows, key=lambda row: (-row["amounts"][index], str(row["key"])))
