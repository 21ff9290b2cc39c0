"""The receivables board: crm.open.item at a date, folded by customer, salesperson ... and age in one scan."""

import heapq
from collections import Counter
from operator import itemgetter

from odoo import api, fields, models
from odoo.addons.crm_custom.tools.aging import BUCKETS
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import aging_cells as cells

FIGURES = (*BUCKETS, *cells.NAMES)
DIMENSIONS = ("partner_id", "user_id", "team_id", "territory_id", "customer_class", "currency_id")
MODELS = {
    "user_id": "res.users",
    "team_id": "crm.team",
    "territory_id": "crm.territory",
    "currency_id": "res.currency",
}
EVERYTHING = "account.group_account_readonly,account.group_account_invoice,sales_team.group_sale_salesman_all_leads"
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
        Flags and shares are of all that is owed, whatever the filters leave to be seen; shares are False, like the
        concentration, for those who see a part only.
        """
        filters = {name: value for name, value in (filters or {}).items() if value}
        self._check_options(group_by, age_by, filters)
        companies = self._companies(filters.get("company_id"))
        currency = companies.currency_id[:1]
        rows, everybody = self._rows(as_of, companies, filters, group_by, age_by)
        customers = self._judged(self._shared(self._fold(rows, 0), everybody, 0), everybody, as_of, companies)
        flags = self._flag_totals(customers, currency)
        flag = filters.get("flag")
        if flag:
            customers = {key: row for key, row in customers.items() if row["flags"].get(flag)}
            rows = [row for row in rows if (row[0] or 0) in customers]
        groups = customers if group_by == "partner_id" else self._shared(self._fold(rows, 2), everybody, 2)
        page = self._page(groups, group_by, order, offset, limit)
        return {
            "as_of": fields.Date.to_string(self._items(as_of)._as_of()),
            "age_by": age_by,
            "group_by": group_by,
            "currency_id": currency.id,
            "buckets": self._buckets(age_by, companies),
            "totals": self._totals(customers, currency),
            "flags": flags,
            "concentration": self._concentration(everybody),
            "rows": self._shown(page, group_by, currency),
            "count": len(groups),
            "domain": list(self._domain(companies, filters, customers if flag else None)),
            "companies": [{"id": company.id, "name": company.name} for company in self._companies()],
            "left_out": (self.env.companies - self._companies()).mapped("name"),
        }

    @api.model
    def _get_day(self):
        """Totals of today without the table: {date, totals, buckets with headings, domain of the items}."""
        companies = self._companies()
        domain = self._domain(companies, {})
        rows = self._aggregate(None, domain, "partner_id", "due")
        return {
            "date": self._items()._as_of(),
            "totals": self._totals(self._fold(rows, 0), companies.currency_id[:1]),
            "buckets": self._buckets("due", companies),
            "domain": list(domain),
        }

    # === QUERY === #

    @api.model
    def _check_options(self, group_by, age_by, filters):
        unknown = set(filters) - {*DIMENSIONS, "company_id", "flag"}
        if group_by not in DIMENSIONS or age_by not in ("due", "invoice") or unknown:
            raise UserError(self.env._("Receivables cannot be grouped or filtered like this."))

    @api.model
    def _items(self, as_of=None):
        try:
            day = fields.Date.to_date(as_of)
        except ValueError as error:
            raise UserError(self.env._("The date %(date)s cannot be read.", date=as_of)) from error
        return self.env["crm.open.item"].with_context(as_of=day)

    @api.model
    def _companies(self, company_id=None):
        """Active companies with the current company's currency, or the one chosen."""
        companies = self.env.companies
        if company_id:
            return companies.filtered(lambda company: company.id == company_id) or self.env.company
        return companies.filtered(lambda company: company.currency_id == self.env.company.currency_id)

    @api.model
    def _buckets(self, age_by, companies):
        """[(bucket, heading)] with the limits of the current company, of the one chosen if that is another."""
        name = "invoice_bucket" if age_by == "invoice" else "bucket"
        company = self.env.company if self.env.company in companies else companies[:1]
        return self.env["crm.open.item"].with_company(company).fields_get([name], ["selection"])[name]["selection"]

    @api.model
    def _domain(self, companies, filters, customers=None):
        """The items behind the board; `customers`: only of these (a flag is none of the items' own columns)."""
        domain = Domain("company_id", "in", companies.ids) & self._chosen(filters)
        if customers is not None:
            domain &= Domain("partner_id", "in", [key for key in customers if key])
        return domain

    @api.model
    def _chosen(self, filters):
        """What the filters leave of the companies' items."""
        return Domain.AND(Domain(name, "=", filters[name]) for name in DIMENSIONS if filters.get(name))

    @api.model
    def _rows(self, as_of, companies, filters, group_by, age_by):
        """(rows to show, rows to judge by: all of the companies, None for those who see a part only), in one scan."""
        if not (self.env.su or self.env.user.has_groups(EVERYTHING)):
            return self._aggregate(as_of, self._domain(companies, filters), group_by, age_by), None
        everybody, chosen = self._domain(companies, {}), self._chosen(filters)
        if chosen.is_true():
            rows = self._aggregate(as_of, everybody, group_by, age_by)
            return rows, rows
        found = self._aggregate(as_of, everybody, group_by, age_by, chosen)
        return [row[:-1] for row in found if row[-1]], [row[:-1] for row in found]

    @api.model
    def _aggregate(self, as_of, domain, group_by, age_by, chosen=None):
        """One row a customer, company, group and cell (tools/aging_cells.py): customer, company, group, cell, oldest
        days overdue, items, open, disputed, promised, open in the document's currency (where that is one currency).
        With `chosen` (a domain) rows are apart by whether it holds, which is said last.

        SQL because `_read_group` would need one scan for the buckets and one for each of the other figures; the query
        under it is the ORM's own, with access rights and record rules of the user. Only the columns that are asked
        for are read: salesperson, team and currency cost a join with all journal items.
        """
        Item = self._items(as_of)
        Item.check_access("read")
        bucket = "invoice_bucket" if age_by == "invoice" else "bucket"
        columns = {"partner_id", "company_id", "residual", "days_overdue", "promised", "disputed", bucket, group_by}
        if group_by == "currency_id":
            columns.add("residual_currency")
        terms = [SQL.identifier(Item._table, column) for column in sorted(columns)]
        if chosen is not None:
            condition = Item._search(chosen, bypass_access=True).where_clause
            terms.append(SQL("COALESCE(%s, FALSE) AS chosen", condition))
        scan = Item._search(domain).select(*terms)
        return self.env.execute_query(
            SQL(
                """
                SELECT partner_id, company_id, %(key)s, %(cell)s, MAX(days_overdue), COUNT(*), SUM(residual)::float,
                       COALESCE(SUM(disputed) FILTER (WHERE disputed != 0), 0)::float,
                       COALESCE(SUM(promised) FILTER (WHERE promised != 0), 0)::float, %(document)s::float%(chosen)s
                  FROM (%(scan)s) item GROUP BY 1, 2, 3, 4%(chosen)s
                """,
                scan=scan,
                chosen=SQL() if chosen is None else SQL(", chosen"),
                document=SQL("SUM(residual_currency)" if group_by == "currency_id" else "0"),
                key=SQL("NULL") if group_by == "partner_id" else SQL("%s::text", SQL.identifier(group_by)),
                cell=self._sql_cell(SQL.identifier(bucket)),
            )
        )

    @api.model
    def _sql_cell(self, bucket):
        """The number of an item's cell."""
        return SQL(
            """
            (ARRAY_POSITION(%(buckets)s, %(bucket)s) - 1) * %(span)s
            + CASE WHEN days_overdue > 0 THEN %(late)s WHEN days_overdue = 0 THEN %(today)s
                   WHEN days_overdue >= -%(week_days)s THEN %(week)s ELSE %(later)s END
            + CASE WHEN residual > 0 THEN %(owed)s WHEN residual < 0 THEN %(credit)s ELSE 0 END
            + CASE WHEN disputed != 0 THEN %(disputed)s ELSE 0 END
            + CASE WHEN promised != 0 THEN %(promised)s ELSE 0 END
            + CASE WHEN disputed != residual THEN %(undisputed)s ELSE 0 END
            """,
            buckets=list(BUCKETS),
            bucket=bucket,
            span=cells.SPAN,
            week_days=cells.WEEK_DAYS,
            late=cells.LATE,
            today=cells.TODAY,
            week=cells.WEEK,
            later=cells.LATER,
            owed=cells.OWED,
            credit=cells.CREDIT,
            disputed=cells.DISPUTED,
            promised=cells.PROMISED,
            undisputed=cells.UNDISPUTED,
        )

    # === FOLDING === #

    @api.model
    def _fold(self, rows, column):
        """{key: {"key", "oldest", "total", "counted" (bits of figures), "rows"}} by one of their columns; 0 = none."""
        grouped = {}
        for row in rows:
            grouped.setdefault(row[column] or 0, []).append(row)
        return {key: self._group(key, own) for key, own in grouped.items()}

    @api.model
    def _group(self, key, rows):
        oldest, total, counted = None, 0.0, 0
        for row in rows:
            cell, days = row[cells.CELL], row[cells.OLDEST]
            if cell & cells.OWED and (oldest is None or days > oldest):
                oldest = days
            total += row[cells.OPEN]
            counted |= cells.mask(cell)
        return {"key": key, "oldest": oldest, "total": total, "counted": counted, "rows": rows, "flags": {}}

    @api.model
    def _totals(self, customers, currency):
        """Amount, number of items and number of customers of each figure."""
        amounts, items = cells.figures(row for customer in customers.values() for row in customer["rows"])
        marked = Counter(customer["counted"] for customer in customers.values())
        return {
            figure: {
                "amount": currency.round(amounts[index]),
                "items": items[index],
                "customers": sum(number for bits, number in marked.items() if bits >> index & 1),
            }
            for index, figure in enumerate(FIGURES)
        }

    @api.model
    def _page(self, groups, group_by, order, offset, limit):
        """`limit` groups from `offset` on in this order, all without limit; equal ones by key."""
        rows = groups.values()
        if order == "name":
            names = self._names(groups, group_by)
            found = [((names.get(row["key"], "").lower(), str(row["key"])), row) for row in rows]
        elif order in FIGURES and order != "total":
            index = FIGURES.index(order)
            found = [((-cells.amount(row["rows"], index), str(row["key"])), row) for row in rows]
        else:
            found = [((-row["total"], str(row["key"])), row) for row in rows]
        if limit:
            found = heapq.nsmallest(offset + limit, found, key=itemgetter(0))[offset:]
        else:
            found.sort(key=itemgetter(0))
        return [row for _key, row in found]
