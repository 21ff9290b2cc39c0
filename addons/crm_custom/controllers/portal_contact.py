from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.http import request


class ContactPortal(CustomerPortal):
    """Customers keep their own contact data; what is sensitive waits for approval."""

    def _create_or_update_address(self, partner_sudo, *args, **form_data):
        """Apply the rest as usual, with the sensitive fields as they are."""
        waiting = {}
        if partner_sudo and request.env.user._is_portal():
            waiting = partner_sudo._crm_sensitive_changes(form_data)
            form_data |= {name: partner_sudo._crm_portal_value(name) for name in waiting}
        partner_sudo, feedback = super()._create_or_update_address(partner_sudo, *args, **form_data)
        if waiting and "redirectUrl" in feedback:
            request.env["crm.partner.request"].sudo()._ask(partner_sudo, request.env.user, waiting)
        return partner_sudo, feedback

    def _prepare_my_account_rendering_values(self, *args, **kwargs):
        values = super()._prepare_my_account_rendering_values(*args, **kwargs)
        mine = [("user_id", "=", request.env.uid), ("state", "=", "waiting")]
        return values | {"crm_requests": request.env["crm.partner.request"].sudo().search(mine)}
