from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PrivacyPortal(CustomerPortal):
    """A signed-in customer takes the own data home, or asks to be forgotten."""

    @http.route("/my/consents/data", type="http", auth="user", website=True, methods=["POST"])
    def crm_my_data(self, **_kwargs):
        """The own contact's data as a workbook; the request is noted."""
        partner = request.env.user.partner_id.sudo()
        asked = request.env["crm.privacy.request"].sudo()._ask(partner, "export", "portal")
        asked._export()
        content = asked.attachment_id.raw
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(asked.attachment_id.name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    @http.route("/my/consents/forget", type="http", auth="user", website=True, methods=["POST"])
    def crm_forget_me(self, **_kwargs):
        """Ask to be forgotten: a manager decides."""
        request.env["crm.privacy.request"].sudo()._ask(request.env.user.partner_id.sudo(), "erase", "portal")
        return request.redirect("/my/consents?asked=1")
