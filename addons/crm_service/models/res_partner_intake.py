from odoo import fields, models


class ResPartner(models.Model):
    """From the customer's page: a new ticket, a chat, the calls."""

    _inherit = "res.partner"

    crm_call_count = fields.Integer("Calls", compute="_compute_crm_call_count")

    def _compute_crm_call_count(self):
        calls = self.env["crm.call.log"]
        self.crm_call_count = 0
        if not calls.has_access("read"):
            return
        family = self.commercial_partner_id
        groups = (
            calls._read_group(
                [("partner_id", "child_of", family.ids)], ["partner_id.commercial_partner_id"], ["__count"]
            )
            if family.ids
            else []
        )
        counts = dict(groups)
        for partner in self:
            partner.crm_call_count = counts.get(partner.commercial_partner_id, 0)

    def action_new_crm_ticket(self):
        """Take down a request of this customer; of the call, where his page opened by one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_quick_action")
        action["context"] = {"default_partner_id": self.id}
        call = self.env["crm.call.log"].browse(self.env.context.get("crm_call_log_id") or []).exists()
        if call:
            action["context"].update(
                default_call_log_id=call.id, default_phone=call.number, default_company_id=call.company_id.id
            )
        return action

    def action_crm_chat(self):
        self.ensure_one()
        return self.env["discuss.channel"]._crm_open_chat(self.display_name, self)._get_access_action()

    def action_open_crm_calls(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_call_log_action")
        action["domain"] = [("partner_id", "child_of", self.commercial_partner_id.ids)]
        return action
