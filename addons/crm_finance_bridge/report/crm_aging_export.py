"""The receivables board as spreadsheet and printed report."""

from odoo import api, models
from odoo.addons.crm_custom.tools.aging import BUCKETS
from odoo.tools import SQL

from ..tools.aging_sheet import Column

FETCH_ROWS = 2000
PRINTED_ROWS = 1000  # wkhtmltopdf is slow beyond; what follows is summed in a last row
EXTRAS = ("overdue", "disputed", "promised", "unapplied")


class CrmAging(models.AbstractModel):
    _inherit = "crm.aging"

    # === SPREADSHEET === #

    @api.model
    def _sheet(self, as_of=None, filters=None, group_by="partner_id", age_by="due"):
        """The arguments of tools/aging_sheet:write_aging; the items are a generator that reads as it is written."""
        board = self.get_board(as_of, filters, group_by, age_by, order="name", limit=0)
        companies = self._companies((filters or {}).get("company_id"))
        labels = dict(board["buckets"])
        return {
            "title": self.env._("Receivables as of %s", board["as_of"]),
            "subtitle": self._subtitle(board, companies),
            "labels": {
                "by_customer": self.env._("Summary"),
                "open_items": self.env._("Open items"),
                "customer": self._heading(group_by),
                "total": self.env._("Total"),
            },
            "customers": (
                [labels[bucket] for bucket in BUCKETS],
                ((row["name"], *(row[name] for name in (*BUCKETS, *EXTRAS))) for row in board["rows"]),
            ),
            "extras": [self._extra_labels()[name] for name in EXTRAS],
            "columns": self._sheet_columns(),
            "items": self._item_rows(board, age_by, labels),
        }

    @api.model
    def _extra_labels(self):
        return {
            "overdue": self.env._("Overdue"),
            "disputed": self.env._("Disputed"),
            "promised": self.env._("Promised"),
            "unapplied": self.env._("Unapplied Receipts"),
        }

    @api.model
    def _heading(self, group_by):
        return {
            "partner_id": self.env._("Customer"),
            "user_id": self.env._("Salesperson"),
            "team_id": self.env._("Sales Team"),
            "territory_id": self.env._("Territory"),
            "customer_class": self.env._("Class"),
            "currency_id": self.env._("Currency"),
        }[group_by]

    @api.model
    def _subtitle(self, board, companies):
        age = self.env._("by invoice date") if board["age_by"] == "invoice" else self.env._("by due date")
        return f"{', '.join(companies.mapped('name'))} ({companies.currency_id[:1].name}), {age}"

    @api.model
    def _sheet_columns(self):
        return [
            Column(self.env._("Customer"), 36),
            Column(self.env._("Document"), 18),
            Column(self.env._("Kind")),
            Column(self.env._("Date"), 12, "date"),
            Column(self.env._("Due Date"), 12, "date"),
            Column(self.env._("Days Overdue"), 10, "integer"),
            Column(self.env._("Age")),
            Column(self.env._("Salesperson"), 20),
            Column(self.env._("Sales Team"), 20),
            Column(self.env._("Territory"), 20),
            Column(self.env._("Company"), 24),
            Column(self.env._("Currency"), 9),
            Column(self.env._("Open in Currency"), 16, "money"),
            Column(self.env._("Promised"), 14, "money", total=True),
            Column(self.env._("Disputed"), 14, "money", total=True),
            Column(self.env._("Open Amount"), 16, "money", total=True),
        ]

    @api.model
    def _item_rows(self, board, age_by, labels):
        """Yield the open items by customer and due date, a few thousand in memory at a time.

        A cursor of the server holds the result. SQL joins name tables to what the user may read of crm.open.item.
        """
        Item = self._items(board["as_of"])
        Item.check_access("read")
        kinds = dict(Item.fields_get(["kind"], ["selection"])["kind"]["selection"])
        query = self._sql_item_rows(Item, board["domain"], "invoice_bucket" if age_by == "invoice" else "bucket")
        self.env.flush_query(query)
        cr = self.env.cr
        cr.execute(SQL("DECLARE crm_aging_items NO SCROLL CURSOR FOR %s", query))
        while True:
            cr.execute(SQL("FETCH %s FROM crm_aging_items", FETCH_ROWS))
            rows = cr.fetchall()
            for row in rows:
                yield (*row[:2], kinds.get(row[2], row[2]), *row[3:6], labels.get(row[6], row[6]), *row[7:])
            if len(rows) < FETCH_ROWS:
                break
        cr.execute(SQL("CLOSE crm_aging_items"))

    @api.model
    def _sql_item_rows(self, Item, domain, bucket):
        columns = (
            "partner_id", "move_id", "kind", "invoice_date", "date", "due_date", "days_overdue", "user_id", "team_id",
            "territory_id", "company_id", "currency_id", "residual_currency", "promised", "disputed", "residual",
            bucket,
        )  # fmt: skip
        return SQL(
            """
            SELECT partner.complete_name, move.name, item.kind, COALESCE(item.invoice_date, item.date),
                   item.due_date, item.days_overdue, item.%(bucket)s, person.name,
                   COALESCE(team.name->>%(lang)s, team.name->>'en_US'),
                   COALESCE(territory.name->>%(lang)s, territory.name->>'en_US'), company.name,
                   currency.name, item.residual_currency, item.promised, item.disputed, item.residual
              FROM (%(items)s) item
         LEFT JOIN res_partner partner ON partner.id = item.partner_id
         LEFT JOIN account_move move ON move.id = item.move_id
         LEFT JOIN res_users users ON users.id = item.user_id
         LEFT JOIN res_partner person ON person.id = users.partner_id
         LEFT JOIN crm_team team ON team.id = item.team_id
         LEFT JOIN crm_territory territory ON territory.id = item.territory_id
         LEFT JOIN res_company company ON company.id = item.company_id
         LEFT JOIN res_currency currency ON currency.id = item.currency_id
             ORDER BY partner.complete_name, item.partner_id, item.due_date, move.name
            """,
            bucket=SQL.identifier(bucket),
            lang=self.env.lang or "en_US",
            items=Item._search(domain).select(*(SQL.identifier(Item._table, column) for column in columns)),
        )

    # === PRINT === #

    @api.model
    def _printed(self, as_of=None, filters=None, group_by="partner_id", age_by="due"):
        """What the printed report shows: the largest rows, the others in one row, the totals."""
        board = self.get_board(as_of, filters, group_by, age_by, limit=PRINTED_ROWS)
        companies = self._companies((filters or {}).get("company_id"))
        totals = board["totals"]
        extras = [name for name in ("overdue", "disputed", "promised") if name == "overdue" or totals[name]["items"]]
        labels = self._extra_labels()
        figures = (*BUCKETS, *extras, "total")
        others = None
        if board["count"] > len(board["rows"]):
            others = {name: totals[name]["amount"] - sum(row[name] for row in board["rows"]) for name in figures}
        return {
            "board": board,
            "figures": figures,
            "headings": [
                *dict(board["buckets"]).values(),
                *(labels[name] for name in extras),
                self.env._("Total"),
            ],
            "heading": self._heading(group_by),
            "others": others,
            "others_count": board["count"] - len(board["rows"]),
            "subtitle": self._subtitle(board, companies),
            "currency": companies.currency_id[:1],
        }
