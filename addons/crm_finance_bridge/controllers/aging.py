import json
import tempfile

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..tools.aging_sheet import write_aging

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK_BYTES = 1 << 16


class AgingController(http.Controller):
    @http.route("/crm_finance_bridge/receivables.xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def receivables_xlsx(self, as_of=None, filters=None, group_by="partner_id", age_by="due", **_kwargs):
        """The receivables that the user may read at a date: a summary, and item by item.

        Written to a file as it is read, so that memory does not grow with the ledger.
        """
        Aging = request.env["crm.aging"]
        target = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the generator below)
        try:
            write_aging(target, **Aging._sheet(as_of, _filters(filters), group_by, age_by))
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
                ("Content-Disposition", content_disposition(f"receivables-{as_of or 'today'}.xlsx")),
            ],
        )

    @http.route("/crm_finance_bridge/receivables.pdf", type="http", auth="user", methods=["GET"])
    def receivables_pdf(self, as_of=None, filters=None, group_by="partner_id", age_by="due", **_kwargs):
        """The summary of the receivables that the user may read, to print."""
        values = request.env["crm.aging"]._printed(as_of, _filters(filters), group_by, age_by)
        content, kind = request.env["ir.actions.report"]._render_qweb_pdf(
            "crm_finance_bridge.action_report_aging", request.env.company.ids, data=values
        )
        return request.make_response(
            content,
            headers=[
                ("Content-Type", f"application/{kind}" if kind == "pdf" else "text/html"),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"receivables-{values['board']['as_of']}.pdf", "inline")),
            ],
        )


def _filters(text):
    """The screen's filters from the address: a JSON object of record ids and keys."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or any(not isinstance(value, int | str) for value in found.values()):
        raise UserError(request.env._("The filters of this address cannot be read."))
    return found


def _stream(target):
    with target:
        while chunk := target.read(CHUNK_BYTES):
            yield chunk
