from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.exceptions import UserError
from odoo.http import request

SHOWN = 20


class NoticePortal(CustomerPortal):
    """Notices of the company to the signed-in customer: read, and accepted where that is asked for."""

    def _notice_domain(self):
        customer = request.env.user.partner_id.commercial_partner_id
        return [("partner_id", "=", customer.id), ("notice_id.state", "=", "published")]

    def _notice_receipt(self, receipt_id):
        """The customer's own receipt of a published notice, or 404; foreign ids look like ids that do not exist."""
        domain = [*self._notice_domain(), ("id", "=", receipt_id)]
        receipt = request.env["crm.customer.notice.receipt"].sudo().search(domain, limit=1)
        if not receipt:
            raise request.not_found()
        return receipt

    @http.route(["/my/notices", "/my/notices/page/<int:page>"], type="http", auth="user", website=True, methods=["GET"])
    def crm_notices(self, page=1, **_kwargs):
        receipts = request.env["crm.customer.notice.receipt"].sudo()
        domain = self._notice_domain()
        pages = pager(url="/my/notices", total=receipts.search_count(domain), page=page, step=SHOWN)
        values = self._prepare_portal_layout_values() | {
            "page_name": "crm_notice",
            "receipts": receipts.search(domain, limit=SHOWN, offset=pages["offset"], order="id desc"),
            "pager": pages,
            "default_url": "/my/notices",
        }
        return request.render("crm_marketing.portal_my_notices", values)

    @http.route("/my/notices/<int:receipt_id>", type="http", auth="user", website=True, methods=["GET"])
    def crm_notice(self, receipt_id, **_kwargs):
        receipt = self._notice_receipt(receipt_id)
        if request.env.user._is_portal():
            receipt._note_read(request.env.user.partner_id)
        values = self._prepare_portal_layout_values() | {
            "page_name": "crm_notice",
            "receipt": receipt,
            "notice": receipt.notice_id,
            "message": request.session.pop("crm_notice_message", None),
        }
        return request.render("crm_marketing.portal_my_notice", values)

    @http.route("/my/notices/<int:receipt_id>/accept", type="http", auth="user", website=True, methods=["POST"])
    def crm_notice_accept(self, receipt_id, **_kwargs):
        receipt = self._notice_receipt(receipt_id)
        try:
            receipt._note_accepted(request.env.user.partner_id)
        except UserError as error:
            request.session["crm_notice_message"] = str(error)
        return request.redirect(f"/my/notices/{receipt.id}")
