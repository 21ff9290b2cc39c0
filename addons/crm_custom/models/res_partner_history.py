from odoo import Command, api, fields, models


class ResPartner(models.Model):
    """Change history: what Odoo tracks (name, address, e-mail, phone, company, salesperson, VAT), and what it does not.

    Tracked values are Odoo's own (mail.tracking.value); `crm.partner.change` reads them as a log.
    """

    _inherit = "res.partner"

    function = fields.Char(tracking=True)
    website = fields.Char(tracking=True)
    active = fields.Boolean(tracking=True)

    def _crm_log_change(self, field_name, old, new):
        """Write a change of something that is no column of the partner to its history."""
        field = self.env["ir.model.fields"].sudo()._get(self._name, field_name)
        for partner in self:
            partner._message_log(
                tracking_value_ids=[
                    Command.create({"field_id": field.id, "old_value_char": old or "", "new_value_char": new or ""})
                ]
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_log_contact(self):
        """A contact that is deleted takes its own history along; its company remembers that it was there."""
        for contact in self:
            if contact.parent_id and contact.parent_id not in self:
                contact.parent_id._crm_log_change("child_ids", contact.name, "")

    def action_crm_changes(self):
        """Who changed what on the customer and its contacts."""
        customer = self.commercial_partner_id
        return self._crm_action(
            self.env._("Changes"), "crm.partner.change", [("customer_id", "=", customer.id)], ("list",)
        )
