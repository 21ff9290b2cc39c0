from odoo import api, fields, models


class MailingMailing(models.Model):
    """A mailing waits for the approval of its campaign; sent, it executes its step of the plan."""

    _inherit = "mailing.mailing"

    campaign_step_ids = fields.One2many("crm.campaign.activity", "mailing_id", "Steps of the Campaign")

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "done":
            self.sudo().campaign_step_ids._set_done(fields.Datetime.now())
        return result

    def action_put_in_queue(self):
        self.campaign_id._check_may_send()
        return super().action_put_in_queue()

    def _action_send_mail(self, res_ids=None):
        self.campaign_id._check_may_send()
        return super()._action_send_mail(res_ids=res_ids)

    @api.model
    def _process_mass_mailing_queue(self):
        """Mailings queued for a campaign that is not approved go back to draft; the others are sent."""
        queued = self.search([("state", "in", ("in_queue", "sending")), ("campaign_id", "!=", False)])
        verdicts = queued.campaign_id._send_verdicts()
        held = queued.filtered(lambda mailing: not verdicts[mailing.campaign_id.id][0])
        if held:
            held.write({"state": "draft"})
            held._message_log_batch({mailing.id: verdicts[mailing.campaign_id.id][1] for mailing in held})
        return super()._process_mass_mailing_queue()
