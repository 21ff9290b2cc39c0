from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCollisionRequest(models.TransientModel):
    """Ask the owner of a customer, and the owner's manager, for the hand-over."""

    _name = "crm.collision.request"
    _description = "Request a Hand-over"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    owner_id = fields.Many2one("res.users", compute="_compute_owner", compute_sudo=True)
    manager_id = fields.Many2one("res.users", compute="_compute_owner", compute_sudo=True)
    last_contact = fields.Datetime(compute="_compute_last_contact")
    reason = fields.Text(required=True)

    @api.depends("partner_id")
    def _compute_owner(self):
        for wizard in self:
            customer = wizard.partner_id.commercial_partner_id
            wizard.owner_id = customer.user_id
            wizard.manager_id = customer._crm_collision_manager() if customer else False

    @api.depends("partner_id")
    def _compute_last_contact(self):
        contacts = self.partner_id._crm_last_contacts() if self.partner_id else {}
        for wizard in self:
            wizard.last_contact = contacts.get(wizard.partner_id.commercial_partner_id.id) or False

    def action_request(self):
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer."))
        request = self.env["crm.collision"]._request(self.partner_id, self.reason)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(owner)s and the manager were asked for %(customer)s.",
                    owner=request.owner_id.name,
                    customer=request.partner_id.display_name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
