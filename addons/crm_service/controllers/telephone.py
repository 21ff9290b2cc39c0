import json

from odoo import fields, http
from odoo.http import request

from ..tools import calls

LIMIT = 120  # events a minute and key; parameter crm_service.telephone_limit
BAD_LIMIT = 20  # wrong keys a minute and address
MAX_BYTES = 10_000


class Telephone(http.Controller):
    """The door for telephone systems: one call event a request, with the API key of an agent.

    POST /crm_service/call
    Authorization: Bearer KEY (or X-Api-Key: KEY)
    {"call_id": "77", "event": "ringing|answered|ended", "number": "+49 30 1234", "extension": "21",
     "direction": "in|out", "time": "2026-03-02T10:00:00Z"}

    Answers JSON: {"call": id, "matches": 1}; 400 with what is wrong, 401 wrong key, 429 too many.
    """

    @http.route("/crm_service/call", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def call(self, **post):
        now = fields.Datetime.now()
        rate = request.env["crm.call.rate"].sudo()
        # A wrong key counts against the address; it is looked up before the costly check of the key.
        address = f"bad {request.httprequest.remote_addr}"
        if rate._hit(address, now, cost=0) >= BAD_LIMIT:
            return self._answer(429, error="too many wrong keys")
        user = request.env["res.users"].sudo()._telephone_user(self._key())
        if not user:
            rate._hit(address, now)
            return self._answer(401, error="wrong key")
        limit = request.env["ir.config_parameter"].sudo().get_param("crm_service.telephone_limit", LIMIT)
        if rate._hit(f"user {user.id}", now) > int(limit):
            return self._answer(429, error="too many calls a minute")
        try:
            event = calls.read(self._data(post), now)
        except calls.BadCall as error:
            return self._answer(400, error=" ".join(map(str, error.args)))
        call = request.env["crm.call.log"].with_user(user)._report(event, user.company_id)
        return self._answer(200, call=call.id, matches=call.match_count)

    def _key(self):
        headers = request.httprequest.headers
        scheme, _space, key = headers.get("Authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else headers.get("X-Api-Key", "").strip()

    def _data(self, post):
        """Return the values of a JSON body or of a form."""
        if request.httprequest.mimetype != "application/json":
            return post
        if (request.httprequest.content_length or 0) > MAX_BYTES:
            raise calls.BadCall("body", "too long")
        try:
            return json.loads(request.httprequest.get_data(cache=False)[:MAX_BYTES])
        except ValueError as error:
            raise calls.BadCall("body", "not JSON") from error

    def _answer(self, status, **values):
        headers = {"Retry-After": "60"} if status == 429 else {}
        return request.make_json_response(values, headers=headers, status=status)
