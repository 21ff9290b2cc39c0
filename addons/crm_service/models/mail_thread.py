import logging

from odoo import api, models

from ..tools.gateway import is_automatic

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """A robot's mail opens no ticket; on an existing ticket it is kept but moves nothing (see `crm.ticket`)."""
        if any(route[0] == "crm.ticket" for route in routes or ()) and is_automatic(message):
            kept = [route for route in routes if route[0] != "crm.ticket" or route[1]]
            if len(kept) < len(routes):
                _logger.info("Automatic mail %s opens no ticket", message_dict.get("message_id"))
            return super(MailThread, self.with_context(crm_ticket_automatic=True))._message_route_process(
                message, message_dict, kept
            )
        return super()._message_route_process(message, message_dict, routes)
