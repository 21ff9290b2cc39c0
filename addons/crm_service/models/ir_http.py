import logging

import psycopg2
from odoo import models
from odoo.http import request

from ..tools import portal_trail

_logger = logging.getLogger(__name__)


class IrHttp(models.AbstractModel):
    """Write down the pages and actions of portal users; of nobody else, and nothing but the portal."""

    _inherit = "ir.http"

    @classmethod
    def _post_dispatch(cls, response):
        result = super()._post_dispatch(response)
        cls._crm_note_visit(response)
        return result

    @classmethod
    def _crm_note_visit(cls, response):
        # First what costs nothing: most requests are no pages of the portal.
        http = request.httprequest
        status = getattr(response, "status_code", 200)
        if "/my" not in http.path or status >= 400 or (http.method == "GET" and status != 200):
            return
        if not request.env.uid or request.env.cr.readonly or not portal_trail.read(http.path):
            return
        user = request.env.user
        if not user._is_portal():
            return
        try:
            with request.env.cr.savepoint():
                download = bool(http.args.get("report_type") in ("pdf", "text") or http.args.get("download"))
                request.env["crm.portal.visit"]._note(user, http.path, http.method, download)
        except psycopg2.OperationalError:
            raise  # another transaction was first: Odoo tries again
        except Exception:
            # A page is never lost for its line in a log.
            _logger.warning("The visit of %s could not be written down", http.path, exc_info=True)
