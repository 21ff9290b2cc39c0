from odoo import fields, http
from odoo.http import request
from odoo.tools import consteq, hmac

from ..tools import web_form

MAX_BYTES = 64 * 1024
# Hidden from people; a machine that fills in every field fills in this one.
HONEYPOT = "website"


class WebFormPage(http.Controller):
    """Public pages of web forms. What is answered never depends on whether an address is known."""

    def _form(self, token):
        """The published form in sudo and its own company; whatever else is asked for is not there."""
        domain = [("access_token", "=", token[:64]), ("is_published", "=", True)]
        form = request.env["crm.web.form"].sudo().search(domain, limit=1)
        if not form:
            raise request.not_found()
        return form.with_company(form.company_id).with_context(allowed_company_ids=form.company_id.ids)

    def _seal(self, form, opened):
        return hmac(request.env(su=True), "crm_web_form_page", (form.id, str(opened)))

    def _page(self, form, values=None, errors=None, message=None, status=200):
        opened = int(fields.Datetime.now().timestamp())
        text = request.env["crm.consent.text"].sudo()._newest().get("marketing")
        response = request.render(
            "crm_marketing.web_form_page",
            {
                "form": form,
                "asked": form._asked(),
                "limits": web_form.LIMITS,
                "values": values if values is not None else self._known_values(),
                "errors": errors or {},
                "message": message,
                "consent_text": text.body if text else "",
                "countries": request.env["res.country"].sudo().search([]) if form.ask_zip else (),
                "honeypot": HONEYPOT,
                "opened": opened,
                "seal": self._seal(form, opened),
                "no_header": False,
            },
        )
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _known_values(self):
        """What a customer who is signed in need not type."""
        if request.env.user._is_public():
            return {}
        partner = request.env.user.partner_id
        return {"name": partner.name, "email": partner.email or "", "phone": partner.phone or ""}

    @http.route("/crm/form/<string:token>", type="http", auth="public", methods=["GET"], website=True, sitemap=False)
    def web_form(self, token, **_kwargs):
        return self._page(self._form(token))

    @http.route(
        "/crm/form/<string:token>/send",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        max_content_length=MAX_BYTES,
    )
    def web_form_send(self, token, **post):
        form = self._form(token)
        now = fields.Datetime.now()
        entries = form.env["crm.web.form.entry"]
        address = request.httprequest.remote_addr
        values, errors = web_form.clean(post, form._asked(), ("name", "email"))
        if entries._is_limited(form, address, now):
            return self._page(form, values, message="limit", status=429)
        age = self._age(form, post, now)
        if age == "old":
            return self._page(form, values, message="old", status=400)
        machine = bool(post.get(HONEYPOT)) or age == "machine"
        if not machine:
            errors |= self._country(form, post, values)
            if errors:
                return self._page(form, values, errors, status=400)
            values["agreed"] = form.ask_consent and post.get("agreed") == "1"
        user = request.env.user
        entries._submit(
            form,
            values,
            now,
            address=address,
            proof=self._proof(now),
            person=None if user._is_public() else user.partner_id.sudo(),
            tracking=self._tracking(),
            machine=machine,
        )
        return request.render("crm_marketing.web_form_thanks", {"form": form})

    def _age(self, form, post, now):
        """What the age of the page says; a page without our seal is as good as an old one."""
        opened = str(post.get("opened") or "")
        if not (opened.isascii() and opened.isdigit() and len(opened) < 12):
            return "old"
        if not consteq(self._seal(form, opened), str(post.get("seal") or "")):
            return "old"
        return web_form.page_age(int(opened), now.timestamp())

    def _country(self, form, post, values):
        """Look the country up by its code; anything else is wrong."""
        code = post.get("country") if form.ask_zip else None
        if not code:
            return {}
        country = request.env["res.country"].sudo().search([("code", "=", str(code)[:2].upper())], limit=1)
        values["country_id"] = country.id
        return {} if country and len(str(code)) == 2 else {"country": "wrong"}

    def _tracking(self):
        """Campaign and source of the link by which the visitor came: existing ones only, a visitor makes none."""
        found = {}
        for name, cookie, model in (
            ("campaign_id", "odoo_utm_campaign", "utm.campaign"),
            ("source_id", "odoo_utm_source", "utm.source"),
        ):
            value = (request.cookies.get(cookie) or "").strip()[:200]
            if value:
                found[name] = request.env[model].sudo().search([("name", "=", value)], limit=1).id
        return found

    def _proof(self, now):
        browser = web_form.clean({"message": request.httprequest.user_agent.string or ""}, ("message",), ())[0]
        return f"{now} UTC, {request.httprequest.remote_addr}, {browser['message'][:200]}"
