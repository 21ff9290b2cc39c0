import tempfile

from odoo import http
from odoo.addons.crm_custom.tools.aging import BUCKETS
from odoo.http import content_disposition, request

from ..tools.aging_sheet import Column, write_aging

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK_BYTES = 1 << 16


class AgingController(http.Controller):
    @http.route("/crm_finance_bridge/receivables.xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def receivables_xlsx(self, as_of=None, company_id=None, user_id=None, team_id=None, **_kwargs):
        """The receivables that the user may read at a date, by customer and item by item."""
        Aging = request.env["crm.aging"]
        chosen = {
            "user_id": _number(user_id),
            "team_id": _number(team_id),
        }
        companies = Aging._companies(_number(company_id))
        Item = Aging._items(as_of)
        board = Aging.get_board(as_of, company_id=_number(company_id), order="name", limit=0, **chosen)
        target = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the generator below)
        try:
            write_aging(target, **self._content(Aging, Item, companies, board, chosen))
        except BaseException:
            target.close()
            raise
        size = target.tell()
        target.seek(0)
        return request.make_response(
            _stream(target),
            headers=[
                ("Content-Type", XLSX),
                ("Content-Length", size),
                ("Content-Disposition", content_disposition(f"receivables-{board['as_of']}.xlsx")),
            ],
        )

    def _content(self, Aging, Item, companies, board, chosen):
        env = request.env
        labels = dict(board["buckets"])
        kinds = dict(Item.fields_get(["kind"], ["selection"])["kind"]["selection"])
        columns = [
            Column(env._("Customer"), 36),
            Column(env._("Document"), 18),
            Column(env._("Kind")),
            Column(env._("Date"), 12, "date"),
            Column(env._("Due Date"), 12, "date"),
            Column(env._("Days Overdue"), 10, "integer"),
            Column(env._("Age")),
            Column(env._("Salesperson"), 20),
            Column(env._("Sales Team"), 20),
            Column(env._("Company"), 24),
            Column(env._("Currency"), 9),
            Column(env._("Open in Currency"), 16, "money"),
            Column(env._("Open Amount"), 16, "money", total=True),
        ]
        items = (
            (*row[:2], kinds.get(row[2], row[2]), *row[3:6], labels.get(row[6], row[6]), *row[7:])
            for row in Aging._item_rows(Item, companies, **chosen)
        )
        return {
            "title": env._("Receivables as of %s", board["as_of"]),
            "subtitle": f"{', '.join(companies.mapped('name'))} ({companies.currency_id[:1].name})",
            "labels": {
                "by_customer": env._("By customer"),
                "open_items": env._("Open items"),
                "customer": env._("Customer"),
                "total": env._("Total"),
            },
            "customers": (
                [labels[bucket] for bucket in BUCKETS],
                ((row["name"], *(row[bucket] for bucket in BUCKETS)) for row in board["customers"]),
            ),
            "columns": columns,
            "items": items,
        }


def _number(value):
    """A record id from the address, or None."""
    return int(value) if value and value.isdigit() else None


def _stream(target):
    with target:
        while chunk := target.read(CHUNK_BYTES):
            yield chunk
