"""The receivables board: crm.open.item at a date, folded by customer and age in one scan."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.addons.crm_custom.tools.aging import BUCKETS
from odoo.fields import Domain
from odoo.tools import SQL

WEEK_DAYS = 7  # "due in the next seven days": tomorrow until seven days after the date; receipts do not fall due
FIGURES = (*BUCKETS, "due_today", "due_week", "unapplied")


class CrmAging(models.AbstractModel):
    """Figures for the screen and the spreadsheet; nothing is stored.

    Amounts are in the company's currency, + = the customer owes. Companies that keep their books in another
    currency than the current company are left out and named, never added up. Access lists and record rules
    of crm.open.item decide what a user sees.
    """

    _name = "crm.aging"
    _description = "Receivables by Age"

    @api.model
    @api.readonly
    def get_board(self, as_of=None, company_id=None, user_id=None, team_id=None, order="total", offset=0, limit=80):
        """Everything that the screen shows, in one call.

        `order` is a bucket, "total", "overdue" or "name"; `limit` customers from `offset` on; totals are of all.
        """
        Item = self._items(as_of)
        companies = self._companies(company_id)
        found = self._aggregate(Item, companies)
        rows = [
            row
            for row in found
            if (not user_id or row["user_id"] == user_id) and (not team_id or row["team_id"] == team_id)
        ]
        customers = self._fold(rows, companies.currency_id[:1])
        totals = self._totals(customers, companies.currency_id[:1])
        page = self._sorted(customers, order)[offset : offset + limit] if limit else self._sorted(customers, order)
        return {
            "as_of": fields.Date.to_string(Item._as_of()),
            "currency_id": companies.currency_id[:1].id,
            "buckets": Item.fields_get(["bucket"], ["selection"])["bucket"]["selection"],
            "totals": totals,
            "customers": self._named(page),
            "count": len(customers),
            "domain": self._domain(companies, user_id, team_id),
            "companies": [{"id": company.id, "name": company.name} for company in self._companies()],
            "left_out": (self.env.companies - self._companies()).mapped("name"),
            "users": self._options("res.users", found, "user_id"),
            "teams": self._options("crm.team", found, "team_id"),
        }

    # === QUERY === #

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
    def _domain(self, companies, user_id=None, team_id=None):
        domain = Domain("company_id", "in", companies.ids)
        if user_id:
            domain &= Domain("user_id", "=", user_id)
        if team_id:
            domain &= Domain("team_id", "=", team_id)
        return list(domain)

    @api.model
    def _aggregate(self, Item, companies):
        """One row a customer, salesperson and team, with amount and count of each figure.

        SQL because `_read_group` would need one scan for the buckets and one for each of the other figures;
        the query under it is the ORM's own, with access rights and record rules of the user.
        """
        Item.check_access("read")
        query = Item._search(self._domain(companies))
        as_of = Item._as_of()
        conditions = {
            **{bucket: SQL("bucket = %s", bucket) for bucket in BUCKETS},
            "due_today": SQL("residual > 0 AND due_date = %s", as_of),
            "due_week": SQL(
                "residual > 0 AND due_date > %s AND due_date <= %s", as_of, fields.Date.add(as_of, days=WEEK_DAYS)
            ),
            "unapplied": SQL("residual < 0 AND kind IN ('payment', 'entry')"),
        }
        columns = [SQL("partner_id"), SQL("user_id"), SQL("team_id")]
        for condition in conditions.values():
            columns.append(SQL("COALESCE(SUM(residual) FILTER (WHERE %s), 0)", condition))
            columns.append(SQL("COUNT(*) FILTER (WHERE %s)", condition))
        names = ["partner_id", "user_id", "team_id"]
        for figure in FIGURES:
            names += [figure, f"{figure}_count"]
        rows = self.env.execute_query(SQL("%s GROUP BY 1, 2, 3", query.select(*columns)))
        return [dict(zip(names, row, strict=True)) for row in rows]

    # === FOLDING === #

    @api.model
    def _fold(self, rows, currency):
        """Rows of salespeople and teams summed to one a customer, rounded to the cent."""
        customers = defaultdict(lambda: defaultdict(float))
        for row in rows:
            customer = customers[row["partner_id"] or 0]
            for figure in FIGURES:
                customer[figure] += row[figure]
                customer[f"{figure}_count"] += row[f"{figure}_count"]
        folded = []
        for partner_id, sums in customers.items():
            customer = {"partner_id": partner_id}
            for figure in FIGURES:
                customer[figure] = currency.round(sums[figure])
                customer[f"{figure}_count"] = int(sums[f"{figure}_count"])
            customer["total"] = currency.round(sum(customer[bucket] for bucket in BUCKETS))
            customer["overdue"] = currency.round(sum(customer[bucket] for bucket in BUCKETS[1:]))
            folded.append(customer)
        return folded

    @api.model
    def _totals(self, customers, currency):
        """Amount, number of items and number of customers of each figure."""
        totals = {}
        for figure in (*FIGURES, "total", "overdue"):
            buckets = {"total": BUCKETS, "overdue": BUCKETS[1:]}.get(figure, (figure,))
            counts = [sum(customer[f"{bucket}_count"] for bucket in buckets) for customer in customers]
            totals[figure] = {
                "amount": currency.round(sum(customer[figure] for customer in customers)),
                "items": sum(counts),
                "customers": sum(1 for count in counts if count),
            }
        return totals

    @api.model
    def _sorted(self, customers, order):
        if order == "name":
            partners = self.env["res.partner"].browse([row["partner_id"] for row in customers if row["partner_id"]])
            names = {partner.id: (partner.complete_name or "").lower() for partner in partners.sudo()}
            return sorted(customers, key=lambda row: (names.get(row["partner_id"], ""), row["partner_id"]))
        if order not in (*FIGURES, "total", "overdue"):
            order = "total"
        return sorted(customers, key=lambda row: (-row[order], row["partner_id"]))

    @api.model
    def _named(self, customers):
        """Customers with their names; a salesperson may owe a figure to a contact that is not readable."""
        partners = self.env["res.partner"].sudo().browse([row["partner_id"] for row in customers if row["partner_id"]])
        names = {partner.id: partner.complete_name for partner in partners}
        return [{**row, "name": names.get(row["partner_id"]) or self.env._("Without customer")} for row in customers]

    @api.model
    def _options(self, model, rows, name):
        records = self.env[model].sudo().browse({row[name] for row in rows if row[name]})
        return sorted(({"id": record.id, "name": record.name} for record in records), key=lambda option: option["name"])

    # === SPREADSHEET === #

    @api.model
    def _item_rows(self, Item, companies, user_id=None, team_id=None):
        """Open items for the spreadsheet, by customer and due date, in one query.

        SQL joins name tables to what the user may read of crm.open.item.
        """
        Item.check_access("read")
        query = Item._search(self._domain(companies, user_id, team_id))
        columns = (
            "partner_id", "move_id", "kind", "invoice_date", "date", "due_date", "days_overdue", "bucket", "user_id",
            "team_id", "company_id", "currency_id", "residual_currency", "residual",
        )  # fmt: skip
        lang = self.env.lang or "en_US"
        return self.env.execute_query(
            SQL(
                """
                SELECT partner.complete_name, move.name, item.kind, COALESCE(item.invoice_date, item.date),
                       item.due_date, item.days_overdue, item.bucket, person.name,
                       COALESCE(team.name->>%(lang)s, team.name->>'en_US'), company.name,
                       currency.name, item.residual_currency, item.residual
                  FROM (%(items)s) item
             LEFT JOIN res_partner partner ON partner.id = item.partner_id
             LEFT JOIN account_move move ON move.id = item.move_id
             LEFT JOIN res_users users ON users.id = item.user_id
             LEFT JOIN res_partner person ON person.id = users.partner_id
             LEFT JOIN crm_team team ON team.id = item.team_id
             LEFT JOIN res_company company ON company.id = item.company_id
             LEFT JOIN res_currency currency ON currency.id = item.currency_id
                 ORDER BY partner.complete_name, item.partner_id, item.due_date, move.name
                """,
                lang=lang,
                items=query.select(*(SQL.identifier(Item._table, column) for column in columns)),
            )
        )
