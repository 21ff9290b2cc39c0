from odoo import http
from odoo.http import request
from odoo.tools import plaintext2html

from ..tools import portal_trail
from .portal import MAX_TEXT, TicketPortal

# Where the document of a page stands on the ticket.
FIELDS = {
    "sale.order": "sale_order_id",
    "account.move": "move_id",
    "stock.picking": "picking_id",
    "product.product": "product_id",
}


class HelpPortal(TicketPortal):
    """A button on every page of the portal: help with what is on the screen, by message or by a call back."""

    def _help_document(self, path):
        """Return (document that the address names, as far as the customer may read it; its address on our site)."""
        step = portal_trail.read(str(path or ""))
        if not step:
            return None, ""
        # What the address says is shown again as a link: only what is a page of the portal.
        address = portal_trail.clean(str(path))
        if not step.model or step.model not in request.env:
            return None, address
        record = request.env[step.model].browse(step.res_id).exists()
        if not record or not record.has_access("read"):
            return None, ""
        return record, address

    def _help_page(self, document, address, form, errors=(), status=200):
        values = self._prepare_portal_layout_values()
        name = document.sudo().display_name if document else ""
        values.update(page_name="help", document=name, page=address, form=form, errors=errors)
        response = request.render("crm_service.portal_help", values)
        response.status_code = status
        return response

    @http.route("/my/help", type="http", auth="user", website=True, methods=["GET"])
    def portal_help(self, page="", **_kw):
        if not request.env.user._is_portal():
            return request.redirect("/my")
        document, address = self._help_document(page)
        if document is not None and document._name == "crm.ticket":
            return request.redirect(f"/my/tickets/{document.id}")
        return self._help_page(document, address, {"phone": request.env.user.partner_id.phone or ""})

    @http.route("/my/help/send", type="http", auth="user", website=True, methods=["POST"])
    def portal_help_send(self, **post):
        """Open a ticket with the document of the page; the agent sees on it what the customer did before."""
        user = request.env.user
        if not user._is_portal():
            return request.redirect("/my")
        document, address = self._help_document(post.get("page"))
        form = {
            "text": (post.get("text") or "").strip()[:MAX_TEXT],
            "phone": " ".join((post.get("phone") or "").split())[:40],
            "call": bool(post.get("call")),
        }
        errors = []
        if not form["text"] and not form["call"]:
            errors.append(request.env._("Please say what you need, or ask for a call."))
        if form["call"] and not any(char.isdigit() for char in form["phone"]):
            errors.append(request.env._("Please enter the number to call."))
        if errors:
            return self._help_page(document, address, form, errors, status=400)
        ticket_sudo = self._help_ticket(document, address, form)
        ticket_sudo._acknowledge()
        return request.redirect(f"/my/tickets/{ticket_sudo.id}?note=asked")

    def _help_ticket(self, document, address, form):
        user = request.env.user
        name = document.sudo().display_name if document else ""
        title = request.env._("Please call me") if form["call"] else request.env._("Help on the portal")
        lines = [form["text"]]
        if form["call"]:
            lines.append(request.env._("Please call: %(phone)s", phone=form["phone"]))
        if address:
            lines.append(request.env._("Page: %(page)s", page=address))
        text = "\n".join(line for line in lines if line)
        company = document.sudo().company_id if document and "company_id" in document._fields else None
        company = company or user.company_id
        values = {
            "name": f"{title}: {name}" if name else title,
            "partner_id": user.partner_id.id,
            "company_id": company.id,
            "team_id": request.env["crm.service.team"].sudo()._default_for(company).id,
            "channel": "portal",
            "priority": "2" if form["call"] else "1",
            "description": plaintext2html(text),
        }
        if document and (field := FIELDS.get(document._name)):
            values[field] = document.id
        if form["call"]:
            values["partner_phone"] = form["phone"]
        tickets = request.env["crm.ticket"].sudo().with_company(company)
        ticket_sudo = tickets.with_context(mail_create_nosubscribe=True, default_user_id=False).create(values)
        self._post_request(ticket_sudo, text, [])
        return ticket_sudo
