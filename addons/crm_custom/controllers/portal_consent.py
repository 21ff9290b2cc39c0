from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.http import request
from werkzeug.exceptions import Forbidden

ANSWERS = {"yes": True, "no": False}
HISTORY = 50


class ConsentPortal(CustomerPortal):
    """A customer sees and changes what the company may use the own addresses for. In force at once, and logged."""

    def _consent_sets(self):
        """(selections of purposes, of channels) in the customer's language."""
        fields = request.env["crm.consent"]._fields
        return tuple(fields[name]._description_selection(request.env) for name in ("purpose", "channel"))

    @http.route("/my/consents", type="http", auth="user", website=True, methods=["GET"])
    def crm_consents(self, **_kwargs):
        partner = request.env.user.partner_id.sudo()
        consents = request.env["crm.consent"].sudo()
        purposes, channels = self._consent_sets()
        texts = request.env["crm.consent.text"].sudo()._newest()
        values = self._prepare_portal_layout_values() | {
            "page_name": "crm_consent",
            "purposes": purposes,
            "channels": channels,
            "texts": texts,
            "addresses": {channel: partner._crm_consent_address(channel) for channel, _label in channels},
            "current": {key[1:]: row for key, row in consents._current(partner).items()},
            "history": consents.search([("partner_id", "=", partner.id)], limit=HISTORY),
            "saved": request.session.pop("crm_consent_saved", None),
        }
        return request.render("crm_custom.portal_my_consents", values)

    @http.route("/my/consents", type="http", auth="user", website=True, methods=["POST"])
    def crm_consents_save(self, partner_id=None, **answers):
        """Only the own contact's: whoever names another one is refused."""
        partner = request.env.user.partner_id
        if partner_id and str(partner_id) != str(partner.id):
            raise Forbidden
        purposes, channels = self._consent_sets()
        asked = {
            (purpose, channel): ANSWERS[answers[f"{purpose}-{channel}"]]
            for purpose, _label in purposes
            for channel, _name in channels
            if answers.get(f"{purpose}-{channel}") in ANSWERS
        }
        web = request.httprequest
        rows = (
            request.env["crm.consent"]
            .sudo()
            ._decide(
                partner.sudo(),
                asked,
                source="portal",
                user_id=request.env.uid,
                proof=f"{web.remote_addr} {web.user_agent.string or ''}"[:250],
            )
        )
        request.session["crm_consent_saved"] = len(rows)
        return request.redirect("/my/consents")
