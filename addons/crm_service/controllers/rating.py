from odoo import http
from odoo.addons.rating.controllers.main import Rating
from odoo.http import request
from odoo.tools.misc import get_lang


def rate_names():
    """Return the five steps of a rating in the visitor's language."""
    return {
        1: request.env._("Very unhappy"),
        2: request.env._("Unhappy"),
        3: request.env._("Neutral"),
        4: request.env._("Happy"),
        5: request.env._("Very happy"),
    }


class TicketRating(Rating):
    """Odoo's public rating page with all five steps, for tickets."""

    @http.route()
    def action_open_rating(self, token, rate, **kwargs):
        """Show the page; the customer confirms the rating with a button, so that no mail scanner can rate."""
        rating, record = self._get_rating_and_record(token)
        if record._name != "crm.ticket":
            return super().action_open_rating(token, rate, **kwargs)
        names = rate_names()
        if rate not in names:
            return request.not_found()
        user = request.env.user
        if not user._is_public() and user.partner_id.commercial_partner_id != rating.partner_id.commercial_partner_id:
            return request.render(
                "rating.rating_external_page_invalid_partner",
                {
                    "model_name": request.env["ir.model"]._get(rating.res_model).display_name,
                    "name": record.display_name,
                    "web_base_url": rating.get_base_url(),
                },
            )
        request.update_context(lang=rating.partner_id.lang or get_lang(request.env).code)
        return request.render(
            "crm_service.rating_page",
            {"rating": rating, "token": token, "rate_names": rate_names(), "rate": rate},
        )

    @http.route()
    def action_submit_rating(self, token, rate=0, **kwargs):
        rating, record = self._get_rating_and_record(token)
        if record._name != "crm.ticket" or request.httprequest.method != "POST":
            return super().action_submit_rating(token, rate=rate, **kwargs)
        names = rate_names()
        value = int(rate) if str(rate).isdigit() else 0
        if value not in names:
            return request.not_found()
        request.update_context(lang=rating.partner_id.lang or get_lang(request.env).code)
        record.rating_apply(value, rating=rating, feedback=kwargs.get("feedback"), subtype_xmlid=None)
        return request.render(
            "rating.rating_external_page_view", {"web_base_url": rating.get_base_url(), "rating": rating}
        )
