from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MODELS = {"sale": "sale.order", "purchase": "purchase.order"}


class WorkbookController(http.Controller):
    @http.route("/crm/xlsx/<string:kind>/<int:document_id>", type="http", auth="user", methods=["GET"], readonly=True)
    def document(self, kind, document_id, **_kwargs):
        """A quotation, order or purchase order as a workbook, for those who may read it; 404 for everybody else."""
        if kind not in MODELS or request.env.user.share:
            raise request.not_found()
        # All companies of the user: the link knows nothing of the companies that are switched on.
        model = request.env[MODELS[kind]].with_context(allowed_company_ids=request.env.user.company_ids.ids)
        record = model.browse(document_id).exists()
        if not record or not record.has_access("read"):
            raise request.not_found()
        name = record._crm_xlsx_name()
        content = record._crm_xlsx()
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
